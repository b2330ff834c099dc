using IdentityHub.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Every page of the sample applications and the mail viewer, held to what the hub's own are held to.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class SamplePagesTests(Chromium chromium, Demo demo) : IClassFixture<Demo>
{
    [Fact]
    public async Task The_member_portal()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(demo.Portal);
        await Gallery.HangAsync(visitor, "portal-welcome");
        await visitor.FollowAsync("Sign in");
        var jordan = demo.Person("jordan");
        await visitor.GivePasswordAsync(jordan.UserName, jordan.Password);
        await visitor.GiveCodeAsync(await AuthenticatorApp.NextCodeAsync(jordan.TotpSecret!, demo.Hub));
        await visitor.Page.Locator("button[name='account'][value='northside']").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("northside");
        await Gallery.HangAsync(visitor, "portal-home");
        await visitor.PressAsync("Sign out");
        await visitor.SeesHeadingAsync("You are signed out");
        await Gallery.HangAsync(visitor, "portal-signed-out");
        await visitor.GoAsync(demo.Portal + "/nothing/here");
        await visitor.SeesHeadingAsync("There is no such page");
        await Gallery.HangAsync(visitor, "portal-nothing-here");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_expert_console()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(demo.Console);
        await Gallery.HangAsync(visitor, "console-welcome");
        await visitor.FollowAsync("Sign in");
        var theo = demo.Person("theo");
        await visitor.GivePasswordAsync(theo.UserName, theo.Password);
        await Assertions.Expect(visitor.Page.Locator("[data-claim='account']")).ToHaveTextAsync("brightfix");
        await Gallery.HangAsync(visitor, "console-home");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_expert_console_without_a_seat()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var mia = demo.Person("mia");
        await visitor.GoAsync(demo.Console + "/signin");
        await visitor.GivePasswordAsync(mia.UserName, mia.Password);
        await visitor.PressAsync("Back to Expert console");
        await Assertions.Expect(visitor.Page.Locator(".detail")).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "console-no-seat");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_mail_viewer()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(demo.Mail);
        await visitor.SeesHeadingAsync("Mail");
        await Gallery.HangAsync(visitor, "mail");
        visitor.HasNoComplaints();
    }
}
