using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Primary User, plan, billing and provisioning in a real browser, as their people do it: no violation that axe finds, nothing too wide, and a picture of each.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class AccountPagesTests(Chromium chromium) : IAsyncLifetime
{
    private HubProcess hub = null!;

    public async Task InitializeAsync() => hub = await HubProcess.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task The_primary_user_hands_over()
    {
        await using var pat = await SignedInAsync(SampleDirectory.Pat, "/admin/accounts/northside/primary");
        await Gallery.HangAsync(pat, "console-primary");
        await pat.Page.GetByLabel("Who", new() { Exact = true }).FillAsync("dana");
        await pat.PressAsync("Find");
        await pat.Page.GetByLabel("Dana Double").CheckAsync();
        await pat.PressAsync("Ask");
        await Assertions.Expect(pat.Page.Locator("#why-wrong")).ToContainTextAsync("Say why");
        await Gallery.HangAsync(pat, "console-primary-wrong");
        await pat.Page.GetByLabel("Why", new() { Exact = true }).FillAsync("I retire at the end of the year.");
        await pat.PressAsync("Ask");
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("made and confirmed");
        await Gallery.HangAsync(pat, "console-primary-open");

        await using var dana = await SignedInAsync(SampleDirectory.Dana, "/me/primary");
        await Gallery.HangAsync(dana, "console-primary-asked");
        await dana.FollowAsync("Accept for Northside School District");
        await Assertions.Expect(dana.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new("^Become the Primary User") })).ToBeVisibleAsync();
        await Gallery.HangAsync(dana, "console-primary-accept");
        await dana.PressAsync("Become Primary User");
        await Assertions.Expect(dana.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("You are the Primary User now.");

        await pat.GoAsync(hub.Issuer + "/admin/accounts/northside/primary");
        await Assertions.Expect(pat.Page.Locator("section[aria-labelledby='present']")).ToContainTextAsync("Dana Double");
        await Gallery.HangAsync(pat, "console-primary-done");
        pat.HasNoComplaints();
        dana.HasNoComplaints();
    }

    [Fact]
    public async Task Plan_and_billing()
    {
        await using var pat = await SignedInAsync(SampleDirectory.Pat, "/admin/accounts/northside/plan");
        await pat.Page.GetByLabel("How many seats of Expert console there shall be").FillAsync("10");
        await pat.Page.GetByLabel("How many seats of Expert console there shall be").PressAsync("Enter");
        await Assertions.Expect(pat.Page.Locator("section[aria-labelledby='preview']")).ToContainTextAsync("1 → 10");
        await Gallery.HangAsync(pat, "console-plan-preview");
        await pat.PressAsync("Change to 10 seats");
        await Assertions.Expect(pat.Page.Locator(".seats")).ToContainTextAsync("1 of 10");
        await Gallery.HangAsync(pat, "console-plan");

        await pat.Page.GetByLabel("How many seats of Expert console there shall be").FillAsync("0");
        await pat.Page.GetByLabel("How many seats of Expert console there shall be").PressAsync("Enter");
        await pat.FollowAsync("Choose whose seats to free");
        await pat.PressAsync("Free them and change to 0");
        await Assertions.Expect(pat.Page.Locator("#chosen-wrong")).ToContainTextAsync("Choose 1 more");
        await Gallery.HangAsync(pat, "console-plan-free");
        await pat.Page.GetByLabel("Pat Primary").CheckAsync();
        await pat.PressAsync("Free them and change to 0");
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("One seat was taken away.");

        await pat.FollowAsync("Billing");
        await pat.Page.GetByLabel("City").FillAsync("Kalamazoo");
        await pat.PressAsync("Save");
        await Assertions.Expect(pat.Page.Locator("#billing-country-wrong")).ToContainTextAsync("An address needs");
        await Gallery.HangAsync(pat, "console-billing-wrong");
        await pat.Page.GetByLabel("Address", new() { Exact = true }).FillAsync("1 Main Street");
        await pat.Page.GetByLabel("Country").SelectOptionAsync("US");
        await pat.PressAsync("Save");
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("saved");
        await Gallery.HangAsync(pat, "console-billing");
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task Provisioning_tokens()
    {
        await using var pat = await SignedInAsync(SampleDirectory.Pat, "/admin/accounts/northside/provisioning");
        await Gallery.HangAsync(pat, "console-provisioning-empty");
        await pat.Page.GetByLabel("What it is for").FillAsync("Entra ID");
        await pat.PressAsync("Make a token");
        await Assertions.Expect(pat.Page.Locator("#token")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[A-Za-z0-9_-]{43}$"));
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the token" })).ToBeVisibleAsync();
        await Gallery.HangAsync(pat, "console-provisioning-made");
        await pat.FollowAsync("Done");
        await Assertions.Expect(pat.Page.Locator("#token")).ToHaveCountAsync(0);
        await pat.FollowAsync("Replace Entra ID");
        await Gallery.HangAsync(pat, "console-provisioning-replace");
        await pat.PressAsync("Make the new token");
        await Assertions.Expect(pat.Page.Locator("#token")).ToBeVisibleAsync();
        await pat.FollowAsync("Done");
        await pat.FollowAsync("Revoke Entra ID");
        await Gallery.HangAsync(pat, "console-provisioning-revoke");
        await pat.PressAsync("Revoke it");
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("stopped working at once");
        await Gallery.HangAsync(pat, "console-provisioning");
        pat.HasNoComplaints();
    }

    private async Task<Visitor> SignedInAsync(string userName, string page)
    {
        var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(hub.Issuer + page);
        await visitor.GivePasswordAsync(userName, SampleDirectory.Password);
        if (await visitor.HeadingAsync() == "Choose an account")
        {
            await visitor.Page.Locator("button[name='account'][value='northside']").ClickAsync();
        }

        await visitor.Page.WaitForURLAsync(hub.Issuer + page);
        return visitor;
    }
}
