using System.Text.Json.Nodes;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Every page of the hub: no violation that axe finds, nothing too wide, nothing on the console; and its picture.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class HubPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Eve = "eve@northside.example";
    private HubProcess hub = null!;

    public async Task InitializeAsync() => hub = await HubProcess.StartAsync(WithEve());

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task The_pages_of_a_sign_in()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(Authorize("portal", SampleDirectory.PortalRedirect));
        await Gallery.HangAsync(visitor, "hub-password");
        await visitor.GivePasswordAsync(SampleDirectory.Ina, SampleDirectory.Password);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "hub-password-wrong");

        await visitor.GivePasswordAsync(SampleDirectory.Terry, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("Enter your code");
        await Gallery.HangAsync(visitor, "hub-code");
        await visitor.GiveCodeAsync("123");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "hub-code-wrong");

        await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(SampleDirectory.TotpSecret, hub.Issuer));
        await visitor.SeesHeadingAsync("Choose an account");
        await Gallery.HangAsync(visitor, "hub-account");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_page_for_a_code_by_mail()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(Authorize("portal", SampleDirectory.PortalRedirect));
        await visitor.GivePasswordAsync(Eve, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("Enter your code");
        await Gallery.HangAsync(visitor, "hub-code-mail");
        await visitor.PressAsync("Send a new code");
        await Assertions.Expect(visitor.Page.Locator("#message")).ToContainTextAsync("a moment ago");
        await Gallery.HangAsync(visitor, "hub-code-mail-sent");
        visitor.HasNoComplaints();
    }

    [Theory]
    [InlineData("seat", "expert", SampleDirectory.ExpertRedirect, SampleDirectory.Sam)]
    [InlineData("level", "levels", "https://levels.example/cb", SampleDirectory.Sam)]
    [InlineData("member", "bound", "https://bound.example/cb", SampleDirectory.Sam)]
    [InlineData("other-account", "expert", SampleDirectory.ExpertRedirect, SampleDirectory.Dana)]
    public async Task The_pages_that_let_nobody_on(string why, string client, string redirectUri, string userName)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(Authorize(client, redirectUri));
        await visitor.GivePasswordAsync(userName, SampleDirectory.Password);
        if (await visitor.HeadingAsync() == "Choose an account")
        {
            await visitor.Page.Locator("button[name='account'][value='northside']").ClickAsync();
        }

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Back to ") })).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "hub-refused-" + why);
        visitor.HasNoComplaints();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_pages_that_set_up_a_second_factor(bool script)
    {
        var userName = script ? SampleDirectory.Sam : SampleDirectory.Pat;
        await using var visitor = await chromium.NewVisitorAsync(script: script);
        await visitor.GoAsync(Authorize("strong", "https://strong.example/cb"));
        await visitor.GivePasswordAsync(userName, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("Set up a second factor");
        await HangAsync("hub-enrol-choose");
        await visitor.Page.Locator("button[value='app']").ClickAsync();
        await visitor.SeesHeadingAsync("Set up your authenticator app");
        await HangAsync("hub-enrol-app");
        var secret = (await visitor.Page.Locator("#secret").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await visitor.GiveCodeAsync("123");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await HangAsync("hub-enrol-app-wrong");
        await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(secret, hub.Issuer));
        await visitor.SeesHeadingAsync("Keep your recovery codes");
        await HangAsync("hub-enrol-codes");

        await using var again = await chromium.NewVisitorAsync(script: script);
        await again.GoAsync(Authorize("portal", SampleDirectory.PortalRedirect));
        await again.GivePasswordAsync(userName, SampleDirectory.Password);
        await again.SeesHeadingAsync("Enter your code");
        await again.FollowAsync("A recovery code");
        await Assertions.Expect(again.Page.GetByLabel("Recovery code")).ToBeVisibleAsync();
        if (script)
        {
            await Gallery.HangAsync(again, "hub-code-recovery");
        }

        visitor.HasNoComplaints();
        again.HasNoComplaints();

        // What checks a page is a script itself.
        Task HangAsync(string name) => script ? Gallery.HangAsync(visitor, name) : Task.CompletedTask;
    }

    [Fact]
    public async Task The_pages_of_a_sign_out()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(Authorize("expert", SampleDirectory.ExpertRedirect));
        await visitor.GivePasswordAsync(SampleDirectory.Sam, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("You have no seat for this application");
        await visitor.GoAsync(hub.Issuer + "/end-session");
        await visitor.SeesHeadingAsync("Sign out?");
        await Gallery.HangAsync(visitor, "hub-sign-out");
        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");
        await Gallery.HangAsync(visitor, "hub-signed-out");
        visitor.HasNoComplaints();
    }

    [Theory]
    [InlineData("request", "/authorize?client_id=nobody", "")]
    [InlineData("over", "/sign-in?tx=00000000000000000000000000000000", "This sign-in is over")]
    [InlineData("nothing-here", "/nothing/here", "There is nothing here")]
    public async Task The_pages_for_what_goes_wrong(string what, string address, string heading)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(hub.Issuer + address);
        Assert.Contains(heading, await visitor.HeadingAsync(), StringComparison.Ordinal);
        await Gallery.HangAsync(visitor, "hub-error-" + what);
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_page_that_posts_the_answer_where_there_is_no_script()
    {
        await using var visitor = await chromium.NewVisitorAsync(script: false);
        await visitor.GoAsync(Authorize("portal", SampleDirectory.PortalRedirect, ("response_mode", "form_post")));
        await visitor.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" })).ToBeVisibleAsync();
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Artifacts, "hub-form-post.png") });
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_set_up_of_a_fresh_hub()
    {
        await using var fresh = await HubProcess.StartAsync();
        await fresh.Process.UntilAsync(() => Task.FromResult(fresh.Process.Output.Contains("/setup?token=", StringComparison.Ordinal)), TimeSpan.FromSeconds(5), "set-up address");
        var address = fresh.Process.Lines.Single(line => line.Contains("/setup?token=", StringComparison.Ordinal)).Trim();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(address);
        await Gallery.HangAsync(visitor, "hub-setup");
        await FillAsync("short");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "hub-setup-wrong");
        await FillAsync("a long enough passphrase");
        await visitor.SeesHeadingAsync("The hub is set up");
        await Gallery.HangAsync(visitor, "hub-setup-done");
        await visitor.GoAsync(address);
        await visitor.SeesHeadingAsync("This set-up address is no longer good");
        visitor.HasNoComplaints();

        async Task FillAsync(string password)
        {
            await visitor.Field("organization").FillAsync("Northside School District");
            await visitor.Field("given-name").FillAsync("Ada");
            await visitor.Field("family-name").FillAsync("King");
            await visitor.Field("username").FillAsync("ada.king@northside.example");
            await visitor.Field("new-password").FillAsync(password);
            await visitor.PressAsync("Set up");
        }
    }

    private string Authorize(string client, string redirectUri, params (string Name, string? Value)[] more) => QueryHelpers.AddQueryString(
        hub.Issuer + "/authorize",
        new Dictionary<string, string?>
        {
            ["client_id"] = client, ["redirect_uri"] = redirectUri, ["response_type"] = "code", ["scope"] = "openid account", ["state"] = "s", ["nonce"] = "n",
            ["code_challenge"] = new string('a', 43), ["code_challenge_method"] = "S256",
        }.Concat(more.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))));

    /// <summary>The shared directory, and somebody whose only second factor is a code by mail.</summary>
    private static string WithEve()
    {
        var directory = JsonNode.Parse(SampleDirectory.Json)!;
        directory["users"]!.AsArray().Add(JsonNode.Parse(
            $$"""
            { "userName": "{{Eve}}", "givenName": "Eve", "familyName": "Mail", "password": "{{SampleDirectory.Password}}", "twoFactor": { "emailCodesTo": "eve.codes@mail.example" },
              "memberships": [ { "account": "northside", "role": "User" } ] }
            """));
        return directory.ToJsonString();
    }
}
