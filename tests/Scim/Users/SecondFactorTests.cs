using System.Net;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

public sealed class SecondFactorTests : IAsyncLifetime
{
    private const string Required = $$"""{"op":"replace","path":"{{Urns.Account}}:twoFactor.required","value":true}""";
    private ScimHub hub = null!;

    public async Task InitializeAsync() => hub = await ScimHub.OwnAsync();

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_second_factor_by_which_nobody_could_administer_the_account_any_more_is_a_conflict()
    {
        var sol = await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Sol);
        await hub.SouthCaller.AddUserAsync("asked@south.example", $$""" "{{Urns.Account}}":{"role":"Administrator","twoFactor":{"required":true} } """);
        var before = await hub.SouthCaller.GetAsync("/Users/" + sol);

        var refused = (await hub.SouthCaller.PatchAsync("/Users/" + sol, Required)).Is(HttpStatusCode.Conflict);

        Assert.Contains("could sign in", refused.Text, StringComparison.Ordinal);
        Assert.Equal(before.Text, (await hub.SouthCaller.GetAsync("/Users/" + sol)).Text);
        (await hub.SouthCaller.PatchAsync("/Users/" + await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Gus), Required)).Ok();
    }
}
