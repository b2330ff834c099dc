using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Host.Commands;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Host.Tests.Commands;

/// <summary>The command that verifies the audit, as an operator runs it.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private const string File =
        """
        { "accounts": [ { "id": "north", "name": "North" } ],
          "users": [ { "userName": "pat", "memberships": [ { "account": "north", "role": "Administrator" } ] },
                     { "userName": "sam", "memberships": [ { "account": "north", "role": "Administrator" } ] } ] }
        """;

    private readonly Scratch scratch = new();

    private string[] Configuration => ["--Hub:DataDirectory", scratch.At("data"), "--Hub:Issuer", "https://hub.example"];

    public async Task InitializeAsync() => Assert.Equal(0, await CommandLine.RunAsync(["apply", scratch.Write("hub.json", File), .. Configuration]));

    public Task DisposeAsync()
    {
        scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_audit_as_the_hub_wrote_it_is_whole_and_its_head_is_told()
    {
        var (code, text) = await VerifyAsync();
        Assert.Equal(0, code);
        Assert.Contains("The audit is whole", text, StringComparison.Ordinal);
        Assert.Matches(@"Head: \d+:[0-9a-f]{64}", text);
        Assert.Contains("Keep the head in another place", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_somebody_was_erased_it_is_still_whole()
    {
        await using (var services = await CoreServices.OpenAsync(Configuration))
        {
            var store = services.GetRequiredService<IHubStore>();
            await store.WriteAsync(new Actor.Hub("test"), async transaction =>
            {
                var sam = await Users.FindByNameAsync(transaction, "sam");
                return await UserLifecycle.DeleteAsync(transaction, (await Memberships.OfUserAsync(transaction, sam!.Id)).Single().Id);
            });
        }

        var (code, text) = await VerifyAsync();
        Assert.Equal(0, code);
        Assert.Matches(@"Out of \d+ entries a person was erased since", text);
    }

    [Theory]
    [InlineData("""UPDATE "Audit" SET "Action" = 'member.deleted' WHERE "Sequence" = 3""", "BROKEN at entry 3")]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" = 3""", "BROKEN at entry 4")]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL""", "BROKEN at entry 1: it has no hash")]
    [InlineData("""DELETE FROM "HubSecrets" WHERE "Name" = 'audit-chain-beginning'""", "BROKEN at entry 1: the chain does not begin")]
    [InlineData("""UPDATE "Audit" SET "SubjectUserId" = NULL, "SubjectSalt" = NULL, "SealedDetails" = NULL WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit" WHERE "SubjectUserId" IS NOT NULL)""", "whom it was done to from 1; the hub erased 0 and 0")]
    [InlineData("""UPDATE "Audit" SET "Sequence" = -"Sequence" WHERE "Sequence" IN (3, 4); UPDATE "Audit" SET "Sequence" = 7 + "Sequence" WHERE "Sequence" < 0""", "BROKEN at entry 3")]
    public async Task What_was_tampered_with_is_told_by_its_number_and_by_the_exit_code(string tampering, string told)
    {
        Tamper(tampering);
        var (code, text) = await VerifyAsync();
        Assert.Equal(1, code);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_was_kept_shows_that_the_newest_entries_were_taken_away()
    {
        var head = System.Text.RegularExpressions.Regex.Match((await VerifyAsync()).Text, @"Head: (\S+)").Groups[1].Value;
        Assert.Equal(0, (await VerifyAsync("--head", head)).Code);
        Tamper("""DELETE FROM "Audit" WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""");
        Assert.Equal(0, (await VerifyAsync()).Code);
        var (code, text) = await VerifyAsync("--head", head);
        Assert.Equal(1, code);
        Assert.Contains("does not pass through the head", text, StringComparison.Ordinal);
        Assert.Equal(1, (await VerifyAsync("--head", "nonsense")).Code);
    }

    private async Task<(int Code, string Text)> VerifyAsync(params string[] arguments)
    {
        // What it prints is the command's own; the program around it is asked for its exit code alone.
        var code = await CommandLine.RunAsync(["audit", "verify", .. arguments, .. Configuration]);
        if (arguments is [_, "nonsense"])
        {
            return (code, "");
        }

        await using var services = await CoreServices.OpenAsync(Configuration);
        await using var text = new StringWriter();
        (long, string)? kept = arguments is [_, var head] ? (long.Parse(head.Split(':')[0]), head.Split(':')[1]) : null;
        Assert.Equal(code, AuditCommand.Show(await AuditVerification.RunAsync(services.GetRequiredService<IHubStore>(), kept, CancellationToken.None), text));
        return (code, text.ToString());
    }

    private void Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(scratch.At("data"), "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
