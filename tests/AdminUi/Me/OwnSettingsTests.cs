using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Me;

/// <summary>Own settings: each task as the person does it, without script.</summary>
public sealed class OwnSettingsTests : IAsyncLifetime
{
    private const string Next = "another battery staple horse";
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync(OperatorDirectory.Json);

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task The_profile_says_who_keeps_it_and_offers_no_field_for_what_is_not_the_persons_to_change()
    {
        var browser = await console.SignInAsync(SampleDirectory.Dana, "/me");
        Assert.Contains("are kept by Northside School District", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Contains("Guest in", browser.Page.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("[name=givenName]"));
        Assert.NotNull(browser.Page.Document.QuerySelector("nav a[aria-current=page][href='/me']"));
    }

    [Fact]
    public async Task Language_zone_and_look_are_kept_and_seen_at_once()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me");
        await browser.SendAsync("[name=locale]", ("locale", "DE_at"), ("zone", "Asia/Tokyo"), ("theme", "Dark"));
        Assert.Contains("Your choices were saved", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("dark", browser.Page.Document.DocumentElement.GetAttribute("data-theme"));
        Assert.Equal("de-AT", browser.Page.Document.QuerySelector<IHtmlInputElement>("[name=locale]")!.Value);
        Assert.Equal("Asia/Tokyo", browser.Page.Document.QuerySelector<IHtmlSelectElement>("[name=zone]")!.Value);

        await browser.GoAsync("/me/sessions");
        var shown = browser.Page!.Document.QuerySelector("time")!;
        Assert.Equal(console.Hub.Time.Now.AddHours(9).ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture), shown.TextContent);
    }

    [Fact]
    public async Task A_wrong_choice_is_said_beside_its_field_and_kept_and_nothing_is_changed()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me");
        await browser.SendAsync("[name=locale]", ("locale", "\"><script>x</script>"), ("theme", "Dark"));
        var field = browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=locale]")!;
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page.Status);
        Assert.Equal(("\"><script>x</script>", "true"), (field.Value, field.GetAttribute("aria-invalid")));
        Assert.Contains("language tag", browser.Page.Document.GetElementById(field.GetAttribute("aria-describedby")!.Split(' ')[^1])!.TextContent, StringComparison.Ordinal);
        await browser.GoAsync("/me");
        Assert.True(string.IsNullOrEmpty(browser.Page!.Document.DocumentElement.GetAttribute("data-theme")));
    }

    [Fact]
    public async Task An_operator_without_a_home_account_keeps_their_own_names_hostile_ones_too()
    {
        var browser = await console.SignInAsync(OperatorDirectory.Operator, "/me");
        const string Hostile = "<img src=x onerror=alert(1)>\u202Eevil";
        await browser.SendAsync("[name=givenName]", ("givenName", Hostile), ("familyName", ""));
        Assert.Contains("Your names were changed", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Contains(Hostile, browser.Page.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("img"));

        await browser.SendAsync("[name=givenName]", ("givenName", new string('x', 1000)));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.Equal(new string('x', 1000), browser.Page.Document.QuerySelector<IHtmlInputElement>("[name=givenName]")!.Value);
    }

    [Fact]
    public async Task Changing_the_password_keeps_this_browser_and_ends_the_others()
    {
        var other = await console.SignInAsync(SampleDirectory.Sam, "/me");
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/password");
        Assert.True(browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=endOthers]")!.IsChecked);
        await browser.SendAsync("[name=present]", ("present", SampleDirectory.Password), ("next", Next));
        Assert.Contains("Your password was changed. 1 other session ended.", browser.Page!.Text, StringComparison.Ordinal);

        await browser.GoAsync("/me");
        Assert.Equal("/me", browser.Page!.Address.AbsolutePath);
        await other.GoAsync("/me");
        Assert.True(other.Page!.Asks("current-password"));
        Assert.Equal("/me", (await console.FinishSignInAsync(other, SampleDirectory.Sam, Next)).Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_wrong_present_password_or_a_short_new_one_changes_nothing_and_is_never_kept_on_the_page()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/password");
        await browser.SendAsync("[name=present]", ("present", "not it at all, I guess"), ("next", Next), ("endOthers", ""));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.Contains("not your present password", browser.Page.Document.GetElementById("present-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.All(browser.Page.Document.QuerySelectorAll<IHtmlInputElement>("input[type=password]"), field => Assert.Empty(field.Value));
        Assert.False(browser.Page.Document.QuerySelector<IHtmlInputElement>("[name=endOthers]")!.IsChecked);

        await browser.SendAsync("[name=present]", ("present", SampleDirectory.Password), ("next", "short"));
        Assert.Contains("15 characters", browser.Page!.Document.GetElementById("next-wrong")!.TextContent, StringComparison.Ordinal);
        await console.SignInAsync(SampleDirectory.Sam, "/me");
    }

    [Fact]
    public async Task Sessions_are_seen_and_ended_one_by_one_or_all_others()
    {
        var here = await console.SignInAsync(SampleDirectory.Sam, "/me/sessions");
        var there = await console.SignInAsync(SampleDirectory.Sam, "/me");
        var third = await console.SignInAsync(SampleDirectory.Sam, "/me");
        await here.GoAsync("/me/sessions");
        Assert.Equal(3, here.Page!.Document.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("This browser", here.Page.Document.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("127.0.0.x", here.Page.Text, StringComparison.Ordinal);

        await here.SendAsync("tbody tr:last-child button");
        Assert.Contains("That session is over", here.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(2, here.Page.Document.QuerySelectorAll("tbody tr").Length);
        await here.PressAsync("Sign out everywhere else");
        Assert.Contains("1 other session ended", here.Page!.Text, StringComparison.Ordinal);
        foreach (var ended in new[] { there, third })
        {
            await ended.GoAsync("/me");
            Assert.True(ended.Page!.Asks("current-password"));
        }
    }

    [Fact]
    public async Task Nobody_ends_a_session_by_a_handle_that_is_not_theirs()
    {
        var pat = await console.SignInAsync(SampleDirectory.Pat, "/me/sessions");
        var other = await console.SignInAsync(SampleDirectory.Pat, "/me");
        await pat.GoAsync("/me/sessions");
        var handle = pat.Page!.Document.QuerySelector<IHtmlInputElement>("[name=session]")!.Value;
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me/sessions");
        await console.SignInAsync(SampleDirectory.Sam, "/me");
        await sam.GoAsync("/me/sessions");
        await sam.SendAsync("tbody tr:last-child button", ("session", handle));
        Assert.Contains("was over already", sam.Page!.Text, StringComparison.Ordinal);
        await other.GoAsync("/me");
        Assert.Equal("/me", other.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_connected_app_is_disconnected_and_the_console_is_not()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/apps");
        var portal = SampleDirectory.Portal(console.Hub);
        var tokens = await portal.RedeemAsync((await portal.SignInAsync(
            browser, SampleDirectory.Sam, SampleDirectory.Password, changes: [("scope", "openid profile offline_access"), ("prompt", "consent")]))["code"]);
        Assert.Null(tokens.Error);
        await browser.GoAsync("/me/apps");
        var row = browser.Page!.Document.QuerySelectorAll("tbody tr").Single(one => one.TextContent.Contains("Member portal", StringComparison.Ordinal));
        Assert.Contains("also while you are away", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("see your names, language and time zone", row.TextContent, StringComparison.Ordinal);

        await browser.PressAsync("Disconnect");
        Assert.Contains("holds nothing of yours any more, and is told", browser.Page!.Text, StringComparison.Ordinal);
        Assert.False((await portal.IntrospectAsync(tokens.Text("access_token"))).Body.GetProperty("active").GetBoolean());
        Assert.Equal("invalid_grant", (await portal.RefreshAsync(tokens.Text("refresh_token"))).Error);
        Assert.Contains("These pages", browser.Page.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("tbody button"));
    }

    [Fact]
    public async Task Second_factors_are_told_as_they_are()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        Assert.Equal(3, sam.Page!.Document.QuerySelectorAll("h2 .badge").Count(badge => badge.TextContent == "not set up"));
        Assert.Contains("None of your accounts asks", sam.Page.Text, StringComparison.Ordinal);
        var terry = await console.SignInAsync(SampleDirectory.Terry, "/me/security");
        Assert.Contains("password and authenticator app", terry.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preferences_of_one_are_none_of_another()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me");
        await sam.SendAsync("[name=locale]", ("locale", "fr"));
        var pat = await console.Hub.ReadAsync(async reader => (await Domain.Users.Users.FindByNameAsync(reader, SampleDirectory.Pat))!);
        Assert.Null(pat.Locale);
    }
}
