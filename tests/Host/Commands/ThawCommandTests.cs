using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Host.Commands;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Host.Tests.Commands;

/// <summary>The command that lets a frozen user in again, for the one operator whom nobody else could help.</summary>
public sealed class ThawCommandTests : IAsyncLifetime
{
    private const string File =
        """
        { "accounts": [ { "id": "north", "name": "North" } ],
          "users": [ { "userName": "op@north.example", "operator": true, "password": "correct horse battery" } ] }
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
    public async Task The_sole_operator_is_let_in_again_with_a_link_by_mail_and_a_code_that_is_shown()
    {
        await using var services = await CoreServices.OpenAsync(Configuration);
        var store = services.GetRequiredService<IHubStore>();
        var user = (await store.ReadAsync(reader => Users.FindByNameAsync(reader, "op@north.example")))!.Id;
        await store.WriteAsync(new Actor.Hub("test"), async transaction =>
        {
            await SecondFactors.PutTotpAsync(transaction, user, new byte[20]);
            return await UserLifecycle.FreezeAsync(transaction, user);
        });

        Assert.Equal(0, await CommandLine.RunAsync(["thaw", "OP@north.example", .. Configuration]));
        Assert.Null((await store.ReadAsync(reader => Users.FindAsync(reader, user)))!.FrozenAt);
        Assert.True((await store.ReadAsync(reader => SecondFactors.OfAsync(reader, user))).MustEnrol);
        Assert.Equal(1, await CommandLine.RunAsync(["thaw", "op@north.example", .. Configuration]));
    }

    [Fact]
    public async Task Nobody_of_that_name_and_no_name_are_told_and_change_nothing()
    {
        Assert.Equal(1, await CommandLine.RunAsync(["thaw", "nobody@north.example", .. Configuration]));
        Assert.Equal(2, await CommandLine.RunAsync(["thaw", .. Configuration]));
        Assert.Equal(2, await CommandLine.RunAsync(["thaw"]));
    }
}
