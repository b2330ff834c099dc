using IdentityHub.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>A sign-in and a sign-out of a relying party that no one here wrote.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class ApacheTests(Chromium chromium)
{
    private const string ClientSecret = "apache-secret-0123456789abcdef0123456789";
    private const string UserName = "ada.king@northside.example";
    private const string Password = "correct horse battery staple";
    private const string TotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    [Theory]
    [InlineData("query", true)]
    [InlineData("form_post", true)]
    [InlineData("form_post", false)]
    public async Task Apache_signs_a_person_in_with_two_factors_sees_every_claim_and_signs_them_out(string responseMode, bool script)
    {
        var address = $"https://localhost:{Checkout.FreePort()}";
        await using var hub = await HubProcess.StartAsync(Directory(address));
        await using var apache = await Apache.StartAsync(address, hub.Issuer, "apache", ClientSecret, responseMode);
        await using var visitor = await chromium.NewVisitorAsync(script);
        try
        {
            await visitor.GoAsync(address + "/protected/");
            Assert.StartsWith(hub.Issuer, visitor.Page.Url, StringComparison.Ordinal);
            await SignInAsync(visitor, hub, formPostByHand: responseMode == "form_post" && !script);

            await visitor.SeesHeadingAsync("Apache knows you");
            Assert.StartsWith(address, visitor.Page.Url, StringComparison.Ordinal);
            Assert.Equal("northside", await visitor.ClaimAsync("account"));
            Assert.Equal("Northside School District", await visitor.ClaimAsync("account_name"));
            Assert.Equal("Administrator", await visitor.ClaimAsync("role"));
            Assert.Equal("PRIMARY", await visitor.ClaimAsync("permission_level"));
            Assert.Equal("expert-console", await visitor.ClaimAsync("seats"));
            Assert.Equal(UserName, await visitor.ClaimAsync("email"));
            Assert.Equal("Ada King", await visitor.ClaimAsync("name"));
            Assert.Equal("https://refeds.org/profile/mfa", await visitor.ClaimAsync("acr"));
            Assert.NotEmpty(await visitor.ClaimAsync("sub"));
            Assert.NotEmpty(await visitor.ClaimAsync("permissions"));

            // mod_auth_openidc signs out here and leads to the hub's end of session, with the ID token as hint.
            await visitor.GoAsync($"{Apache.CallbackOf(address)}?logout={Uri.EscapeDataString(address + "/")}");
            await visitor.SeesHeadingAsync("Not protected");

            // The hub's session is over too: nobody goes on without the password.
            await visitor.GoAsync(address + "/protected/");
            await Assertions.Expect(visitor.Field("current-password")).ToBeVisibleAsync();
            visitor.HasNoComplaints();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"{fault.Message}\nThe page: {visitor.Page.Url}\nApache's log:\n{apache.Log}\nThe hub's output:\n{hub.Process.Output}", fault);
        }
    }

    [Fact]
    public async Task The_hub_tells_apache_that_a_session_ended()
    {
        var address = $"https://localhost:{Checkout.FreePort()}";
        await using var hub = await HubProcess.StartAsync(Directory(address));
        await using var apache = await Apache.StartAsync(address, hub.Issuer, "apache", ClientSecret, "query");
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(address + "/protected/");
        await SignInAsync(visitor, hub, formPostByHand: false);
        await visitor.SeesHeadingAsync("Apache knows you");

        await visitor.GoAsync(hub.Issuer + "/end-session");
        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");

        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(5);
        do
        {
            await Task.Delay(200);
            await visitor.GoAsync(address + "/protected/");
        }
        while (visitor.Page.Url.StartsWith(address, StringComparison.Ordinal) && TimeProvider.System.GetUtcNow() < deadline);

        Assert.True(visitor.Page.Url.StartsWith(hub.Issuer, StringComparison.Ordinal), $"Apache still lets in.\n{apache.Log}\n{hub.Process.Output}");
    }

    private static async Task SignInAsync(Visitor visitor, HubProcess hub, bool formPostByHand)
    {
        await visitor.GivePasswordAsync(UserName, Password);
        await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(TotpSecret, hub.Issuer));
        if (formPostByHand)
        {
            await visitor.PressAsync("Continue");
        }
    }

    private static string Directory(string apache) =>
        $$"""
        {
          "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true } ],
          "accounts": [ { "id": "northside", "name": "Northside School District", "seats": { "expert-console": 1 } } ],
          "users": [
            { "userName": "{{UserName}}", "givenName": "Ada", "familyName": "King", "password": "{{Password}}", "twoFactor": { "totp": "{{TotpSecret}}" },
              "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": [ "expert-console" ] } ] } ],
          "clients": [
            { "client_id": "apache", "client_name": "Apache", "client_secret": "{{ClientSecret}}", "redirect_uris": [ "{{Apache.CallbackOf(apache)}}" ],
              "post_logout_redirect_uris": [ "{{apache}}/" ], "backchannel_logout_uri": "{{Apache.CallbackOf(apache)}}?logout=backchannel",
              "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email account accounts" } ]
        }
        """;
}
