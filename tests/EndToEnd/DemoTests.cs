using IdentityHub.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>The demo, walked through in a browser.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class DemoTests(Chromium chromium, Demo demo) : IClassFixture<Demo>
{
    [Fact]
    public async Task A_member_signs_in_sees_account_role_level_and_seats_and_signs_out()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await SignInAsync(visitor, demo.Portal, "sam");
        Assert.Equal("Sam Ortiz", await visitor.ClaimAsync("name"));
        Assert.Equal("Northside School District", await visitor.ClaimAsync("account_name"));
        Assert.Equal("northside", await visitor.ClaimAsync("account"));
        Assert.Equal("User", await visitor.ClaimAsync("role"));
        Assert.Equal("SUPPORT", await visitor.ClaimAsync("permission_level"));
        Assert.Equal("expert-console", await visitor.ClaimAsync("seats"));
        Assert.StartsWith("One factor", await visitor.ClaimAsync("acr"), StringComparison.Ordinal);

        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");
        await visitor.FollowAsync("Sign in again");
        await Assertions.Expect(visitor.Field("current-password")).ToBeVisibleAsync();
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Someone_in_two_accounts_chooses_one_and_switches_to_the_other()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await SignInAsync(visitor, demo.Portal, "jordan", chooses: "brightfix");
        Assert.Equal("brightfix", await visitor.ClaimAsync("account"));
        Assert.Equal("User", await visitor.ClaimAsync("role"));
        Assert.Equal("INVOICES", await visitor.ClaimAsync("permission_level"));
        Assert.StartsWith("Two factors", await visitor.ClaimAsync("acr"), StringComparison.Ordinal);

        await visitor.Page.GetByLabel("Account", new() { Exact = true }).SelectOptionAsync("northside");
        await visitor.PressAsync("Switch account");
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("northside");
        Assert.Equal("Administrator", await visitor.ClaimAsync("role"));
        Assert.Equal("none", await visitor.ClaimAsync("permission_level"));

        await visitor.FollowAsync("Choose another account");
        await visitor.SeesHeadingAsync("Choose an account");
        await visitor.Page.Locator("button[name='account'][value='brightfix']").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("brightfix");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task A_code_is_asked_of_whoever_has_an_authenticator_app()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var pat = demo.Person("pat");
        await visitor.GoAsync(demo.Portal + "/signin");
        await visitor.GivePasswordAsync(pat.UserName, pat.Password);
        await visitor.GiveCodeAsync("000000");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not right");
        await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(pat.TotpSecret!, demo.Hub));
        Assert.Equal("PRIMARY", await visitor.ClaimAsync("permission_level"));
        Assert.StartsWith("Two factors", await visitor.ClaimAsync("acr"), StringComparison.Ordinal);
        visitor.HasNoComplaints();
    }

    [Theory]
    [InlineData("robin.quill@northside.example", "try identity hub")]
    [InlineData("sam.ortiz@northside.example", "not the password")]
    [InlineData("nobody@northside.example", "try identity hub")]
    public async Task Inactive_unknown_and_wrong_look_the_same(string userName, string password)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(demo.Portal + "/signin");
        await visitor.GivePasswordAsync(userName, password);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert))
            .ToHaveTextAsync("E-mail or password is not right, or you cannot sign in. Try again, or ask your administrator.");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task With_a_seat_the_console_opens_without_a_second_sign_in()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await SignInAsync(visitor, demo.Portal, "theo");
        await visitor.GoAsync(demo.Console + "/signin");
        Assert.Equal("expert-console", await visitor.ClaimAsync("seats"));
        Assert.StartsWith("Ready to help", await visitor.HeadingAsync(), StringComparison.Ordinal);
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Without_a_seat_the_hub_says_so_and_the_app_too()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var mia = demo.Person("mia");
        await visitor.GoAsync(demo.Console + "/signin");
        await visitor.GivePasswordAsync(mia.UserName, mia.Password);
        await visitor.SeesHeadingAsync("You have no seat for this application");
        Assert.StartsWith(demo.Hub, visitor.Page.Url, StringComparison.Ordinal);
        await visitor.PressAsync("Back to Expert console");
        await visitor.SeesHeadingAsync("You have no seat for this application");
        Assert.StartsWith(demo.Console, visitor.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(visitor.Page.Locator(".detail")).ToContainTextAsync("access_denied: no seat for expert-console");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Signing_out_of_one_app_ends_the_others_session()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await SignInAsync(visitor, demo.Portal, "sam");
        await visitor.GoAsync(demo.Console + "/signin");
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("northside");
        await visitor.GoAsync(demo.Portal);
        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");

        // The hub tells the console directly, within a second; nothing but the notice ends its session.
        var deadline = DateTimeOffsetNow() + TimeSpan.FromSeconds(5);
        await visitor.GoAsync(demo.Console);
        while (await visitor.HeadingAsync() != "Expert console" && DateTimeOffsetNow() < deadline)
        {
            await Task.Delay(200);
            await visitor.GoAsync(demo.Console);
        }

        await visitor.SeesHeadingAsync("Expert console");
        await visitor.FollowAsync("Sign in");
        await Assertions.Expect(visitor.Field("current-password")).ToBeVisibleAsync();
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_mail_viewer_answers()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(demo.Mail);
        await visitor.SeesHeadingAsync("Mail");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Everything_works_without_script()
    {
        await using var visitor = await chromium.NewVisitorAsync(script: false);
        await SignInAsync(visitor, demo.Portal, "jordan", chooses: "northside");
        Assert.Equal("northside", await visitor.ClaimAsync("account"));
        await visitor.Page.GetByLabel("Account", new() { Exact = true }).SelectOptionAsync("brightfix");
        await visitor.PressAsync("Switch account");
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("brightfix");
        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var (keyboard, jordan) = (visitor.Page.Keyboard, demo.Person("jordan"));
        await visitor.GoAsync(demo.Portal + "/signin");

        // The first field has the focus, as soon as the browser has drawn the page.
        await Assertions.Expect(visitor.Page.Locator("[autocomplete~='username']")).ToBeFocusedAsync();
        await keyboard.TypeAsync(jordan.UserName);
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync(jordan.Password);
        await keyboard.PressAsync("Enter");
        await visitor.SeesHeadingAsync("Enter your code");
        await Assertions.Expect(visitor.Page.Locator("[autocomplete='one-time-code']")).ToBeFocusedAsync();
        await keyboard.TypeAsync(await AuthenticatorApp.NextCodeAsync(jordan.TotpSecret!, demo.Hub));
        await keyboard.PressAsync("Enter");
        await visitor.SeesHeadingAsync("Choose an account");
        await keyboard.PressAsync("Tab");
        await Assertions.Expect(visitor.Page.Locator("button[name='account']").First).ToBeFocusedAsync();
        await keyboard.PressAsync("Space");
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("brightfix");
        visitor.HasNoComplaints();
    }

    private static DateTimeOffset DateTimeOffsetNow() => TimeProvider.System.GetUtcNow();

    private async Task SignInAsync(Visitor visitor, string app, string name, string? chooses = null)
    {
        var person = demo.Person(name);
        await visitor.GoAsync(app + "/signin");
        await visitor.GivePasswordAsync(person.UserName, person.Password);
        if (person.TotpSecret is { } secret)
        {
            await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(secret, demo.Hub));
        }

        if (chooses is not null)
        {
            await visitor.SeesHeadingAsync("Choose an account");
            await visitor.Page.Locator($"button[name='account'][value='{chooses}']").ClickAsync();
        }

        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToBeVisibleAsync();
    }
}
