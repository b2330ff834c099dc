using System.Net;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.SignIn;

/// <summary>Coming in, and being out again the moment that anything behind the session dies.</summary>
public sealed class ConsoleSignInTests : IAsyncLifetime
{
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync();

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_at_the_provider_and_lands_on_the_page()
    {
        using var browser = console.Hub.NewBrowser();
        await browser.GoAsync("/admin");
        Assert.True(browser.Page!.Asks("current-password"));
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        Assert.Equal("/admin", browser.Page!.Address.AbsolutePath);
        Assert.Equal(HttpStatusCode.Forbidden, browser.Page.Status);
        Assert.Contains("Northside School District", browser.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrators_are_led_to_the_users_of_their_account()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat);
        Assert.Equal("/admin/accounts/northside/users", browser.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_forged_or_repeated_answer_of_the_provider_signs_nobody_in()
    {
        using var browser = console.Hub.NewBrowser();
        await browser.GoAsync("/admin/signed-in?code=stolen&state=0123456789abcdef0123456789abcdef");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        await browser.GoAsync("/admin/signed-in");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        await browser.GoAsync("/admin");
        Assert.True(browser.Page!.Asks("current-password"));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_everywhere()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam);
        await browser.PressAsync("Sign out");
        Assert.Contains("You are signed out", browser.Page!.Text, StringComparison.Ordinal);
        var audited = await console.Hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = "northside", Family = AuditFamily.SignIns }, null, 1));
        Assert.Equal("session.ended", audited.Lines[0].Action);
        Assert.NotNull(audited.Lines[0].From);
        await browser.GoAsync("/admin");
        Assert.True(browser.Page!.Asks("current-password"));
    }

    [Fact]
    public async Task A_deactivated_person_has_no_console_from_the_answer_on()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam);
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await console.Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, sam));
        await browser.GoAsync("/admin");
        Assert.True(browser.Page!.Asks("current-password"));
    }

    [Fact]
    public async Task A_form_without_its_proof_of_origin_changes_nothing_and_comes_again()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam);
        await browser.PostAsync("/admin/sign-out", []);
        Assert.DoesNotContain("You are signed out", browser.Page!.Text, StringComparison.Ordinal);
        await browser.GoAsync("/admin");
        Assert.Equal(HttpStatusCode.Forbidden, browser.Page!.Status);
    }
}
