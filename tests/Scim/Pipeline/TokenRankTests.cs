using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>A provisioning token may on the PRIMARY what who made it may: an Administrator does by no token what they may not do themself.</summary>
public sealed class TokenRankTests : IAsyncLifetime
{
    private ScimHub hub = null!;
    private string pat = "";
    private string adam = "";

    public async Task InitializeAsync()
    {
        hub = await ScimHub.OwnAsync();
        pat = await ScimHub.IdOfAsync(hub.NorthCaller, ScimHub.Pat);
        adam = (await hub.NorthCaller.AddUserAsync("adam@north.example", """ "roles":[{"value":"Administrator"}] """)).Id;
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_token_of_an_Administrator_leaves_the_PRIMARY_alone_and_does_everything_else()
    {
        var caller = hub.CallerOf(await MadeByAsync(adam));
        var before = await hub.NorthCaller.GetAsync("/Users/" + pat);
        foreach (var operation in (string[])
            [
                """{"op":"replace","path":"password","value":"another quite long password"}""",
                """{"op":"replace","path":"active","value":false}""",
                """{"op":"replace","path":"userName","value":"adam.too@north.example"}""",
                """{"op":"replace","path":"emails","value":[{"value":"adam.too@north.example","primary":true}]}""",
            ])
        {
            (await caller.PatchAsync("/Users/" + pat, operation)).Is(HttpStatusCode.Forbidden);
        }

        (await caller.DeleteAsync("/Users/" + pat)).Is(HttpStatusCode.Forbidden);
        Assert.Equal(before.Text, (await hub.NorthCaller.GetAsync("/Users/" + pat)).Text);

        var other = await caller.AddUserAsync("other@north.example", "");
        (await caller.PatchAsync("/Users/" + other.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        (await caller.DeleteAsync("/Users/" + other.Id)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task It_appoints_no_PRIMARY_where_there_is_none()
    {
        var sol = await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Sol);
        var caller = hub.CallerOf(await MadeByAsync(sol, ScimHub.South));
        (await caller.PatchAsync("/Users/" + sol, $$"""{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"PRIMARY"}""")).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_of_the_PRIMARY_reaches_the_PRIMARY_and_loses_that_when_an_Administrator_replaces_it()
    {
        await MadeByAsync(pat);
        (await hub.CallerOf(await MadeByAsync(pat, name: "hers too")).PatchAsync("/Users/" + pat, """{"op":"replace","path":"title","value":"Head"}""")).Ok();
        var hers = hub.Rows("SELECT \"Id\" FROM \"ProvisioningTokens\" WHERE \"Name\" = 'hers too'")[0];
        var adamsUser = hub.Rows("SELECT \"UserId\" FROM \"Memberships\" WHERE \"Id\" = $id", ("$id", adam))[0];
        var replaced = Assert.IsType<ProvisioningTokens.MakeResult.Made>(await Store.WriteAsync(
            new Actor.Person(adamsUser), transaction => ProvisioningTokens.RotateAsync(transaction, ScimHub.North, hers, TimeSpan.Zero, null)));
        (await hub.CallerOf(replaced.Token).PatchAsync("/Users/" + pat, """{"op":"replace","path":"title","value":"Gone"}""")).Is(HttpStatusCode.Forbidden);
    }

    private IHubStore Store => hub.Hub.Services.GetRequiredService<IHubStore>();

    private async Task<string> MadeByAsync(string membershipId, string account = ScimHub.North, string name = "made by somebody")
    {
        var user = hub.Rows("SELECT \"UserId\" FROM \"Memberships\" WHERE \"Id\" = $id", ("$id", membershipId))[0];
        return Assert.IsType<ProvisioningTokens.MakeResult.Made>(
            await Store.WriteAsync(new Actor.Person(user), transaction => ProvisioningTokens.MakeAsync(transaction, account, name, null))).Token;
    }
}
