using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Security;

/// <summary>What an account asks of sign-ins, in its page; and what the console itself asks.</summary>
public sealed class AccountSecurityPageTests : IAsyncLifetime
{
    private const string Page = "/admin/accounts/northside/security";
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync(OperatorDirectory.Json);

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task It_is_changed_and_says_who_is_still_to_follow()
    {
        var pat = await console.SignInAsync(SampleDirectory.Pat, Page);
        Assert.Contains("Everybody of whom a second factor is asked has one", pat.Page!.Text, StringComparison.Ordinal);
        await pat.SendAsync("form [name=TwoFactor]", ("EmailCodesCount", "true"), ("GraceDays", "7"), ("RememberedDays", "14"), ("IdleMinutes", "30"), ("LifetimeMinutes", ""));
        Assert.Contains("Saved.", pat.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("signs in to the apps of this account again", pat.Page.Document.QuerySelector("main > .alert")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(new(TwoFactorPolicy.Optional, true, 7, 14, 30, null), await SettingsAsync());

        await console.Hub.DoAsync(async transaction => await Memberships.RequireTwoFactorAsync(transaction, await console.MemberIdAsync(SampleDirectory.Sam, "northside"), required: true));
        await pat.GoAsync(Page);
        Assert.Contains("Of 1 active user a second factor is asked", pat.Page!.Text, StringComparison.Ordinal);
        await pat.GoAsync(pat.Page.Document.QuerySelectorAll("a").Single(link => link.TextContent == "Show who that is").GetAttribute("href")!);
        Assert.Contains("Sam Support", pat.Page!.Document.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        Assert.Single(pat.Page.Document.QuerySelectorAll("tbody tr"));
    }

    [Fact]
    public async Task Asking_everybody_ends_what_was_granted_with_less_and_leads_who_has_none_to_setting_one_up()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me");
        var pat = await console.SignInAsync(SampleDirectory.Pat, Page);
        await console.AddPasskeyAsync(SampleDirectory.Pat);
        console.SignedInWith(SampleDirectory.Pat, "pwd swk user mfa");
        await pat.GoAsync(Page);
        await pat.SendAsync("form [name=TwoFactor]", ("TwoFactor", "Required"));
        Assert.Contains("everybody signs in to the apps of this account again", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(Page, pat.Page.Address.AbsolutePath);
        Assert.Equal(TwoFactorPolicy.Required, (await SettingsAsync()).TwoFactor);
        await sam.GoAsync("/me");
        Assert.StartsWith("/sign-in", sam.Page!.Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_its_field_and_what_others_changed_is_not_overwritten_unseen()
    {
        var pat = await console.SignInAsync(SampleDirectory.Pat, Page);
        await pat.SendAsync("form [name=TwoFactor]", ("GraceDays", "15"), ("IdleMinutes", "<b>"), ("LifetimeMinutes", "4"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, pat.Page!.Status);
        Assert.Equal("true", pat.Page.Document.GetElementById("IdleMinutes")!.GetAttribute("aria-invalid"));
        await pat.SendAsync("form [name=TwoFactor]", ("GraceDays", "15"), ("IdleMinutes", ""), ("LifetimeMinutes", "4"));
        Assert.Equal(["GraceDays", "LifetimeMinutes"], pat.Page!.Document.QuerySelectorAll("[aria-invalid=true]").Select(field => field.Id));

        await pat.GoAsync(Page);
        await console.Hub.DoAsync(transaction => AccountSecurity.ChangeAsync(
            transaction, "northside", new(TwoFactorPolicy.Optional, false, 3, 30, null, null), new(TwoFactorPolicy.Optional, false, 0, 30, null, null)));
        await pat.SendAsync("form [name=TwoFactor]", ("GraceDays", "5"));
        Assert.Equal(HttpStatusCode.Conflict, pat.Page!.Status);
        Assert.Contains("3 days of grace", pat.Page.Text, StringComparison.Ordinal);
        Assert.Equal(3, (await SettingsAsync()).GraceDays);
        await pat.SendAsync("form [name=TwoFactor]");
        Assert.Equal(5, (await SettingsAsync()).GraceDays);
    }

    [Fact]
    public async Task The_administration_asks_who_has_a_second_factor_for_it_also_in_a_remembered_browser()
    {
        var terry = await console.SignInAsync(SampleDirectory.Terry, "/me");
        console.SignedInWith(SampleDirectory.Terry, "pwd");
        await terry.GoAsync("/me");
        Assert.Equal("/me", terry.Page!.Address.AbsolutePath);
        await terry.GoAsync("/admin/accounts/brightfix/users");
        Assert.True(terry.Page!.Asks("one-time-code"));
        await console.FinishSignInAsync(terry, SampleDirectory.Terry);
        Assert.Equal("/admin/accounts/brightfix/users", terry.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task What_wants_a_fresh_sign_in_wants_the_code_by_mail_of_who_has_no_other_factor()
    {
        var pat = await console.SignInAsync(SampleDirectory.Pat, Page);
        await pat.GoAsync(Page + "?handler=Fresh");
        Assert.Equal(Page, pat.Page!.Address.AbsolutePath);
        await console.Hub.DoAsync(async transaction => await SecondFactors.PutEmailCodesAsync(transaction, (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Pat))!.Id, "codes@pat.example"));
        console.SignedInWith(SampleDirectory.Pat, "pwd");
        await pat.GoAsync(Page);
        Assert.NotNull(pat.Page.Document.QuerySelector("input[name=handler][value=Fresh]"));
        await pat.GoAsync(Page + "?handler=Fresh");
        Assert.Equal("/sign-in/code", pat.Page!.Address.AbsolutePath);

        console.SignedInWith(SampleDirectory.Pat, "pwd mca");
        await pat.GoAsync(Page + "?handler=Fresh");
        Assert.Equal(Page, pat.Page!.Address.AbsolutePath);
        Assert.Null(pat.Page.Document.QuerySelector("input[name=handler][value=Fresh]"));
    }

    [Fact]
    public async Task Codes_by_mail_never_open_the_administration_where_two_factors_are_required()
    {
        var pat = await console.SignInAsync(SampleDirectory.Pat, "/admin/accounts/northside/users");
        await console.Hub.DoAsync(async transaction => await SecondFactors.PutEmailCodesAsync(transaction, (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Pat))!.Id, "codes@pat.example"));
        console.SignedInWith(SampleDirectory.Pat, "pwd mca");
        await pat.GoAsync("/admin/accounts/northside/users");
        Assert.Equal(HttpStatusCode.OK, pat.Page!.Status);
        Assert.Equal("/admin/accounts/northside/users", pat.Page.Address.AbsolutePath);

        await console.Hub.DoAsync(transaction => AccountSecurity.ChangeAsync(
            transaction, "northside", new(TwoFactorPolicy.Administrators, true, 0, 30, null, null), new(TwoFactorPolicy.Optional, false, 0, 30, null, null)));
        await pat.GoAsync("/me");
        Assert.Equal("/me", pat.Page!.Address.AbsolutePath);
        await pat.GoAsync("/admin/accounts/northside/users");
        Assert.NotEqual("/admin/accounts/northside/users", pat.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task The_operator_finds_people_ends_their_sessions_and_lets_in_who_is_frozen_out()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me");
        var ops = await console.SignInAsync(OperatorDirectory.Operator, "/admin/hub/people");
        await ops.SendAsync("[name=find]", ("find", "SAM@northside.example"));
        Assert.Contains("Sam Support", ops.Page!.Text, StringComparison.Ordinal);
        await ops.SendAsync("tbody form");
        Assert.Contains("That session is over", ops.Page!.Text, StringComparison.Ordinal);
        await sam.GoAsync("/me");
        Assert.True(sam.Page!.Asks("current-password"));
        await console.FinishSignInAsync(sam, SampleDirectory.Sam);

        await ops.GoAsync("/admin/hub/people?find=sam@northside.example");
        await ops.PressAsync("Sign out everywhere");
        Assert.Contains("They are not signed in now", ops.Page!.Text, StringComparison.Ordinal);
        await console.Hub.DoAsync(async transaction => await UserLifecycle.FreezeAsync(transaction, (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Sam))!.Id));
        await ops.GoAsync("/admin/hub/people?find=sam@northside.example");
        await ops.PressAsync("Let them sign in again");
        Assert.Contains("They can sign in again", ops.Page!.Text, StringComparison.Ordinal);
        Assert.Null((await console.Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, SampleDirectory.Sam)))!.FrozenAt);
        await ops.GoAsync("/admin/hub/people?find=%3Cscript%3E");
        Assert.Contains("Nobody has this user name", ops.Page!.Text, StringComparison.Ordinal);
        Assert.Null(ops.Page.Document.QuerySelector("main script"));
    }

    private async Task<SecuritySettings> SettingsAsync() => (await console.Hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, "northside")))!;
}
