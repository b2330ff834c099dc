using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Host.Commands;
using IdentityHub.Host.Erasing;
using IdentityHub.Host.Mail;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Host.Tests.Commands;

/// <summary>Backup and restore as an operator runs them; what was erased stays erased.</summary>
public sealed class BackupAndRestoreTests : IAsyncLifetime
{
    private const string Content =
        """
        { "accounts": [ { "id": "north", "name": "North" }, { "id": "south", "name": "South" } ],
          "users": [ { "userName": "pat", "memberships": [ { "account": "north", "role": "Administrator" } ] },
                     { "userName": "sam", "givenName": "Samuelina", "memberships": [ { "account": "north", "role": "User" } ] },
                     { "userName": "gus", "memberships": [ { "account": "north", "role": "User" }, { "account": "south", "role": "User" } ] } ] }
        """;

    private readonly Scratch scratch = new();

    private string[] Configuration => ["--Hub:DataDirectory", scratch.At("data"), "--Hub:Issuer", "https://hub.example"];

    private string Copy => scratch.At("copy.db");

    private string Ledger => scratch.At("data", "erasures.ledger");

    public async Task InitializeAsync() => Assert.Equal(0, await CommandLine.RunAsync(["apply", scratch.Write("hub.json", Content), .. Configuration]));

    public Task DisposeAsync()
    {
        scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_backup_restored_is_the_database_as_it_was_and_the_former_one_is_kept()
    {
        Assert.Equal(0, await RunAsync("backup", Copy));
        await InHubAsync(transaction => DeactivateAsync(transaction, "sam"));
        Assert.Equal(0, await RunAsync("restore", Copy));
        Assert.True(await InHubAsync(async transaction => (await Users.FindByNameAsync(transaction, "sam"))!.Active));
        Assert.True(File.Exists(scratch.At("data", "hub.db.replaced-1")));
        Assert.False(File.Exists(scratch.At("data", "hub.db.restoring")));
        Assert.Equal(0, await RunAsync("audit", "verify"));
    }

    [Fact]
    public async Task Whom_the_hub_erased_since_is_erased_again_before_anything_is_served()
    {
        Assert.Equal(0, await RunAsync("backup", Copy));
        await EraseAsync("sam", "north");
        await EraseAsync("gus", "south");
        Assert.Equal(0, await RunAsync("restore", Copy));

        Assert.Null(await InHubAsync(transaction => Users.FindByNameAsync(transaction, "sam")));
        var gus = await InHubAsync(async transaction => await Memberships.OfUserAsync(transaction, (await Users.FindByNameAsync(transaction, "gus"))!.Id));
        Assert.Equal(["north"], gus.Select(place => place.AccountId));
        Assert.DoesNotContain("Samuelina", await BytesAsync("hub.db"), StringComparison.Ordinal);
        Assert.Contains("Samuelina", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Copy)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_put_in_place_by_hand_is_held_against_the_ledger_at_the_next_start()
    {
        Assert.Equal(0, await RunAsync("backup", Copy));
        await EraseAsync("sam", "north");
        File.Copy(Copy, scratch.At("data", "hub.db"), overwrite: true);
        Assert.Null(await InHubAsync(transaction => Users.FindByNameAsync(transaction, "sam")));
    }

    [Fact]
    public async Task Without_its_ledger_a_database_that_knows_of_one_does_not_start_until_it_is_written_anew()
    {
        await EraseAsync("sam", "north");
        Assert.Equal(0, await RunAsync("backup", Copy));
        File.Delete(Ledger);
        await Assert.ThrowsAsync<StartFailedException>(() => InHubAsync(_ => Task.FromResult(true)));
        Assert.Equal(1, await RunAsync("restore", Copy));
        Assert.False(File.Exists(Ledger));

        Assert.Equal(0, await RunAsync("erasures", "rewrite-ledger"));
        Assert.True(await InHubAsync(_ => Task.FromResult(true)));
        Assert.Single(await File.ReadAllLinesAsync(Ledger));
    }

    [Fact]
    public async Task A_restore_without_the_ledger_needs_the_word_of_the_operator_and_says_so_in_the_audit()
    {
        await EraseAsync("sam", "north");
        Assert.Equal(0, await RunAsync("backup", Copy));
        File.Delete(Ledger);
        Assert.Equal(0, await RunAsync("restore", Copy, "--accept-unverified-erasure"));
        var actions = await InHubAsync(async transaction => (await AuditReader.PageAsync(transaction, new() { AccountId = null }, after: null, 50)).Lines.Select(line => line.Action).ToList());
        Assert.Contains("erasures.ledger-rewritten", actions);
        Assert.Contains("hub.restored", actions);
    }

    [Fact]
    public async Task What_was_open_in_the_copy_is_closed()
    {
        var secret = await InHubAsync(async transaction =>
        {
            var user = (await Users.FindByNameAsync(transaction, "pat"))!;
            return (await Sessions.StartAsync(transaction, user.Id, user.Epoch, transaction.Now, "pwd"))!.Value.Secret;
        });
        Assert.NotNull(await InHubAsync(transaction => Task.FromResult(Sessions.Find(transaction, secret))));
        Assert.Equal(0, await RunAsync("backup", Copy));
        Assert.Equal(0, await RunAsync("restore", Copy));
        Assert.Null(await InHubAsync(transaction => Task.FromResult(Sessions.Find(transaction, secret))));
    }

    [Fact]
    public async Task A_hub_that_runs_is_not_restored_into_and_nothing_is_changed()
    {
        Assert.Equal(0, await RunAsync("backup", Copy));
        await using (var running = await CoreServices.OpenAsync(Configuration))
        {
            await running.GetRequiredService<IHubStore>().ReadAsync(reader => Task.FromResult(reader.Now));
            Assert.Equal(1, await RunAsync("restore", Copy));
        }

        Assert.False(File.Exists(scratch.At("data", "hub.db.replaced-1")));
        Assert.NotNull(await InHubAsync(transaction => Users.FindByNameAsync(transaction, "sam")));
    }

    [Theory, InlineData("nothing there"), InlineData("no database"), InlineData("cut off")]
    public async Task What_is_no_sound_copy_is_refused_and_nothing_is_changed(string what)
    {
        Assert.Equal(0, await RunAsync("backup", Copy));
        switch (what)
        {
            case "nothing there":
                File.Delete(Copy);
                break;
            case "no database":
                await File.WriteAllTextAsync(Copy, "hello");
                break;
            default:
                var bytes = await File.ReadAllBytesAsync(Copy);
                await File.WriteAllBytesAsync(Copy, bytes[..(bytes.Length / 2)]);
                break;
        }

        Assert.Equal(1, await RunAsync("restore", Copy));
        Assert.NotNull(await InHubAsync(transaction => Users.FindByNameAsync(transaction, "sam")));
        Assert.False(File.Exists(scratch.At("data", "hub.db.restoring")));
    }

    [Fact]
    public async Task A_copy_under_another_root_key_is_refused_and_nothing_is_changed()
    {
        Assert.Equal(0, await CommandLine.RunAsync(["apply", scratch.Write("other.json", Content), "--Hub:DataDirectory", scratch.At("other"), "--Hub:Issuer", "https://hub.example"]));
        Assert.Equal(0, await CommandLine.RunAsync(["backup", Copy, "--Hub:DataDirectory", scratch.At("other"), "--Hub:Issuer", "https://hub.example"]));
        Assert.Equal(1, await RunAsync("restore", Copy));
        Assert.NotNull(await InHubAsync(transaction => Users.FindByNameAsync(transaction, "sam")));
    }

    [Fact]
    public async Task A_backup_never_overwrites()
    {
        await File.WriteAllTextAsync(Copy, "precious");
        Assert.Equal(1, await RunAsync("backup", Copy));
        Assert.Equal("precious", await File.ReadAllTextAsync(Copy));
        Assert.Equal(1, await RunAsync("backup", scratch.At("no such folder", "copy.db")));
    }

    private Task<int> RunAsync(params string[] command) => CommandLine.RunAsync([.. command, .. Configuration]);

    private async Task<T> InHubAsync<T>(Func<HubTransaction, Task<T>> work)
    {
        await using var services = await CoreServices.OpenAsync(Configuration);
        return await services.GetRequiredService<IHubStore>().WriteAsync(new Actor.Hub("test"), work);
    }

    private static async Task<bool> DeactivateAsync(HubTransaction transaction, string userName)
    {
        var user = await Users.FindByNameAsync(transaction, userName);
        return await UserLifecycle.DeactivateAsync(transaction, (await Memberships.OfUserAsync(transaction, user!.Id)).Single().Id) == UserLifecycle.StatusResult.Changed;
    }

    /// <summary>Erases, and has the files follow as the outbox of a serving hub does.</summary>
    private async Task EraseAsync(string userName, string account)
    {
        await using var services = await CoreServices.OpenAsync(Configuration);
        var store = services.GetRequiredService<IHubStore>();
        await store.WriteAsync(new Actor.Hub("test"), async transaction =>
        {
            var user = await Users.FindByNameAsync(transaction, userName);
            return await UserLifecycle.DeleteAsync(transaction, (await Memberships.OfUserAsync(transaction, user!.Id)).Single(place => place.AccountId == account).Id);
        });
        var handler = new ErasureHandler(
            services.GetRequiredService<ErasureLedger>(), new PickupTransport(scratch.At("data", "mail"), Mailbox.TryParse("hub@hub.example")!, TimeProvider.System),
            services.GetRequiredService<IHubDatabase>(), store);
        var erasures = await store.ReadAsync(Erasures.MarksAsync);
        var (mark, at) = erasures[^1];
        var notice = new ErasureNotice(null) { Id = "unknown", Mark = mark, At = at };
        Assert.IsType<Delivery.Delivered>(await handler.SendAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(notice), CancellationToken.None));
    }

    private async Task<string> BytesAsync(string name) => System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(scratch.At("data", name)));
}
