using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

public sealed class SignInTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    public async Task Signing_in_with_password_gives_tokens_that_carry_account_role_level_and_seats()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(browser, SampleDirectory.Pat, SampleDirectory.Password);
        Assert.Equal("state-1", callback["state"]);
        Assert.Equal(hub.Issuer, callback["iss"]);

        var tokens = await app.RedeemAsync(callback["code"]);
        var id = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.Equal("northside", id.GetProperty("account").GetString());
        Assert.Equal("Administrator", id.GetProperty("role").GetString());
        Assert.Equal("PRIMARY", id.GetProperty("permission_level").GetString());
        Assert.Equal("expert-console", Assert.Single(id.GetProperty("seats").EnumerateArray()).GetString());
        Assert.Equal("nonce-1", id.GetProperty("nonce").GetString());
    }

    [Fact]
    public async Task Signing_in_with_an_authenticator_app_reaches_two_factors()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(browser, SampleDirectory.Terry, SampleDirectory.Password, SampleDirectory.TotpSecret, "brightfix");
        var id = RelyingApp.Payload((await app.RedeemAsync(callback["code"])).Text("id_token"));
        Assert.Equal("https://refeds.org/profile/mfa", id.GetProperty("acr").GetString());
        Assert.Equal("brightfix", id.GetProperty("account").GetString());
    }
}
