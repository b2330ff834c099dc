using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Primary;

/// <summary>In northside: Pat is PRIMARY, Sam becomes an Administrator, Dana shall become Primary User.</summary>
public sealed class PrimaryPagesTests : IAsyncLifetime
{
    private const string Account = "/admin/accounts/northside/primary";
    private const string Why = "Pat retires <b>soon</b>.\nDana follows.";

    private ConsoleHub console = null!;
    private string dana = "";

    public Task InitializeAsync() => StartAsync(SampleDirectory.Json);

    private async Task StartAsync(string json)
    {
        console = await ConsoleHub.StartAsync(json);
        dana = await console.MemberIdAsync(SampleDirectory.Dana, "northside");
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await console.Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, sam, Role.Administrator));
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task Asked_confirmed_and_accepted_by_plain_forms()
    {
        var sam = await AskAsync(SampleDirectory.Sam);
        Assert.Contains("confirms it next", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Contains(Why, sam.Page.Document.QuerySelector("blockquote")!.TextContent, StringComparison.Ordinal);
        Assert.Null(sam.Page.Document.QuerySelector("blockquote b"));
        Assert.Null(Handler(sam, "Confirm"));
        Assert.NotNull(Handler(sam, "Cancel"));

        var pat = await console.SignInAsync(SampleDirectory.Pat, Account);
        Assert.Null(Handler(pat, "Cancel"));
        await pat.SendAsync("form[action*='handler=Confirm']");
        Assert.Contains("Confirmed. It is done once", pat.Page!.Text, StringComparison.Ordinal);

        var candidate = await console.SignInAsync(SampleDirectory.Dana, "/me/primary");
        Assert.Contains("Northside School District", candidate.Page!.Text, StringComparison.Ordinal);
        await candidate.GoAsync(LinkTo(candidate, "?accept="));
        Assert.Contains("Become the Primary User of Northside School District?", candidate.Page!.Text, StringComparison.Ordinal);
        await candidate.SendAsync("form[action*='handler=Accept']");
        Assert.Contains("You are the Primary User now.", candidate.Page!.Text, StringComparison.Ordinal);

        Assert.Equal(dana, (await HolderAsync())!.MembershipId);
        await sam.GoAsync(Account);
        Assert.Contains("Dana Double", sam.Page!.Document.QuerySelector("section[aria-labelledby='present']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Done", sam.Page.Document.QuerySelector("section[aria-labelledby='history'] td[data-label='State']")!.TextContent, StringComparison.Ordinal);
        await candidate.GoAsync(Account);
        Assert.Equal(HttpStatusCode.OK, candidate.Page!.Status);
    }

    [Fact]
    public async Task A_primary_who_asks_has_confirmed()
    {
        var pat = await AskAsync(SampleDirectory.Pat);
        Assert.Contains("made and confirmed", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Null(Handler(pat, "Confirm"));
        await pat.SendAsync("form[action*='handler=Cancel']");
        Assert.Contains("taken back", pat.Page!.Text, StringComparison.Ordinal);
        Assert.NotNull(pat.Page.Document.QuerySelector("textarea[name='Why']"));
        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field_and_what_was_typed_stays()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, Account);
        await sam.SendAsync("textarea", ("Find", "nobody at all"), ("Why", "  "));
        Assert.Contains("Choose a member", Text(sam, "#candidate-wrong"), StringComparison.Ordinal);
        Assert.Equal("nobody at all", sam.Page!.Document.QuerySelector("#find-member")!.GetAttribute("value"));

        await sam.SendAsync("button[formaction*='handler=Find']", ("Find", "dana"), ("Why", Why));
        Assert.Equal(Why, sam.Page!.Document.QuerySelector("#why")!.TextContent.Trim().ReplaceLineEndings("\n"));
        Assert.Equal([dana], sam.Page.Document.QuerySelectorAll("input[name='Candidate']").Select(radio => radio.GetAttribute("value")));
        await sam.SendAsync("textarea", ("Candidate", dana), ("Why", ""));
        Assert.Contains("Say why", Text(sam, "#why-wrong"), StringComparison.Ordinal);
        Assert.Equal("true", sam.Page!.Document.QuerySelector("#why")!.GetAttribute("aria-invalid"));
        Assert.NotNull(sam.Page.Document.QuerySelector($"input[name='Candidate'][value='{dana}'][checked]"));

        var ina = await console.MemberIdAsync(SampleDirectory.Ina, "northside");
        await sam.GoAsync($"{Account}?candidate={ina}");
        await sam.SendAsync("textarea", ("Candidate", ina), ("Why", Why));
        Assert.Contains("cannot sign in", Text(sam, "#candidate-wrong"), StringComparison.Ordinal);
        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task A_member_of_another_account_is_nobody_here()
    {
        var terry = await console.MemberIdAsync(SampleDirectory.Terry, "brightfix");
        var sam = await console.SignInAsync(SampleDirectory.Sam, $"{Account}?candidate={terry}");
        Assert.Empty(sam.Page!.Document.QuerySelectorAll("input[name='Candidate']"));
        await sam.GoAsync($"{Account}?candidate={dana}");
        sam.Page!.Document.QuerySelector("input[name='Candidate']")!.SetAttribute("value", terry);
        await sam.SendAsync("textarea", ("Candidate", terry), ("Why", Why));
        Assert.Contains("Choose a member", Text(sam, "#candidate-wrong"), StringComparison.Ordinal);
        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task Sent_twice_a_step_is_taken_once_and_the_second_is_told_so()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, $"{Account}?candidate={dana}");
        var twice = sam.Page!;
        await sam.SendAsync("textarea", ("Candidate", dana), ("Why", Why));
        var pat = await console.SignInAsync(SampleDirectory.Pat, Account);
        var decide = pat.Page!;

        await PostFormAsync(sam, twice, "textarea[name='Why']", ("Candidate", dana), ("Why", Why));
        Assert.Contains("a request is open already", sam.Page!.Alert, StringComparison.Ordinal);
        await pat.SendAsync("form[action*='handler=Decline']");
        Assert.Contains("Declined", pat.Page!.Text, StringComparison.Ordinal);
        await PostFormAsync(pat, decide, "form[action*='handler=Confirm']");
        Assert.Contains("somebody acted on this request before you", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(SampleDirectory.Pat, (await HolderAsync())!.UserName);
    }

    [Fact]
    public async Task Nobody_takes_a_step_that_is_anothers_nor_one_of_another_account()
    {
        var sam = await AskAsync(SampleDirectory.Sam);
        var id = (await OpenAsync())!.Id;
        Form(sam, "Cancel").SetAttribute("action", Account + "?handler=Confirm");
        await sam.SendAsync("form[action*='handler=Confirm']");
        Assert.Contains("this step is not yours", sam.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(PrimaryRequestState.Requested, (await OpenAsync())!.State);

        await AskInBrightfixAsync(id);
        var candidate = await console.SignInAsync(SampleDirectory.Dana, "/me/primary");
        Assert.Null(candidate.Page!.Document.QuerySelector("a[href^='?accept=']"));
        await candidate.GoAsync("/me/primary?accept=" + id);
        Assert.Contains("cannot be accepted", candidate.Page!.Alert, StringComparison.Ordinal);
        await sam.GoAsync("/me/primary");
        Assert.Contains("Nothing waits for you", sam.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepting_takes_a_sign_in_of_the_last_five_minutes()
    {
        await AskAsync(SampleDirectory.Pat);
        var id = (await OpenAsync())!.Id;
        var candidate = await console.SignInAsync(SampleDirectory.Dana, "/me/primary?accept=" + id);
        console.Hub.Time.Advance(TimeSpan.FromMinutes(6));
        await candidate.SendAsync("form[action*='handler=Accept']");
        Assert.True(candidate.Page!.Asks("current-password"));
        Assert.NotEqual(dana, (await HolderAsync())!.MembershipId);

        await console.FinishSignInAsync(candidate, SampleDirectory.Dana);
        Assert.Equal("/me/primary", candidate.Page!.Address.AbsolutePath);
        await candidate.SendAsync("form[action*='handler=Accept']");
        Assert.Equal(dana, (await HolderAsync())!.MembershipId);
    }

    [Fact]
    public async Task Accepting_takes_the_second_factor_of_who_has_one()
    {
        await AskAsync(SampleDirectory.Pat);
        var candidate = await console.SignInAsync(SampleDirectory.Dana, "/me/primary?accept=" + (await OpenAsync())!.Id);
        await console.Hub.WriteAsync(async transaction =>
            await Domain.Credentials.SecondFactors.PutTotpAsync(transaction, (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Dana))!.Id, new byte[20]));
        await candidate.SendAsync("form[action*='handler=Accept']");
        Assert.DoesNotContain("You are the Primary User now.", candidate.Page!.Text, StringComparison.Ordinal);
        Assert.NotEqual(dana, (await HolderAsync())!.MembershipId);
    }

    [Theory]
    [InlineData("Confirm"), InlineData("Decline")]
    public async Task Deciding_takes_a_fresh_sign_in(string handler)
    {
        await AskAsync(SampleDirectory.Sam);
        var pat = await console.SignInAsync(SampleDirectory.Pat, Account);
        console.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await pat.SendAsync($"form[action*='handler={handler}']");
        Assert.True(pat.Page!.Asks("current-password"));
        Assert.Equal(PrimaryRequestState.Requested, (await OpenAsync())!.State);

        await console.FinishSignInAsync(pat, SampleDirectory.Pat);
        Assert.Equal(Account, pat.Page!.Address.AbsolutePath);
        await pat.SendAsync($"form[action*='handler={handler}']");
        Assert.NotEqual(PrimaryRequestState.Requested, (await OpenAsync())?.State);
    }

    [Theory]
    [InlineData(SampleDirectory.Pat, false), InlineData(SampleDirectory.Sam, true)]
    public async Task Asking_takes_a_fresh_sign_in_of_whoever_confirms_by_it(string who, bool isOperator)
    {
        if (isOperator)
        {
            await console.DisposeAsync();
            await StartAsync(SampleDirectory.Json.Replace("\"givenName\": \"Sam\"", "\"operator\": true, \"givenName\": \"Sam\"", StringComparison.Ordinal));
        }

        var browser = await console.SignInAsync(who, $"{Account}?candidate={dana}");
        console.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.SendAsync("textarea", ("Candidate", dana), ("Why", Why));
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.Null(await OpenAsync());

        await console.FinishSignInAsync(browser, who);
        await browser.SendAsync("textarea", ("Candidate", dana), ("Why", Why));
        Assert.Equal(PrimaryRequestState.Confirmed, (await OpenAsync())!.State);
    }

    [Fact]
    public async Task The_candidate_can_decline_and_a_deactivated_one_ends_it()
    {
        await AskAsync(SampleDirectory.Pat);
        var candidate = await console.SignInAsync(SampleDirectory.Dana, "/me/primary");
        await candidate.SendAsync("form[action*='handler=Decline']");
        Assert.Contains("Declined", candidate.Page!.Text, StringComparison.Ordinal);

        var pat = await AskAsync(SampleDirectory.Pat);
        await console.Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, dana));
        await pat.GoAsync(Account);
        Assert.Contains("can no longer sign in here", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Contains("declined by the one whom it was for", pat.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_proof_of_origin_nothing_is_done()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, Account);
        await sam.PostAsync(Account, [KeyValuePair.Create("Candidate", dana), KeyValuePair.Create("Why", Why)]);
        Assert.Contains("Nothing was changed", sam.Page!.Alert, StringComparison.Ordinal);
        Assert.Null(await OpenAsync());
    }

    private async Task<Browser> AskAsync(string who)
    {
        var browser = await console.SignInAsync(who, Account);
        await browser.SendAsync("button[formaction*='handler=Find']", ("Find", "double"));
        return await browser.SendAsync("textarea", ("Candidate", dana), ("Why", Why));
    }

    /// <summary>An administrator of another account tries with the request's id.</summary>
    private async Task AskInBrightfixAsync(string id)
    {
        var terry = await console.SignInAsync(SampleDirectory.Terry, "/admin/accounts/brightfix/primary?candidate=" + await console.MemberIdAsync(SampleDirectory.Dana, "brightfix"));
        var form = terry.Page!.Document.QuerySelector("textarea")!.Closest("form")!;
        form.SetAttribute("action", "/admin/accounts/brightfix/primary?handler=Decline&request=" + id);
        await terry.SendAsync("textarea", ("Why", "x"));
        Assert.Equal(HttpStatusCode.NotFound, terry.Page!.Status);
        Assert.NotNull(await OpenAsync());
    }

    private static Task<Browser> PostFormAsync(Browser browser, Page page, string selector, params (string Name, string Value)[] values)
    {
        var form = page.Document.QuerySelector(selector)!.Closest("form")!;
        var fields = form.QuerySelectorAll("input[type='hidden']").Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field.GetAttribute("value")!))
            .Concat(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));
        return browser.PostAsync(new Uri(page.Address, form.GetAttribute("action") ?? "").ToString(), fields);
    }

    private static AngleSharp.Dom.IElement? Handler(Browser browser, string name) => browser.Page!.Document.QuerySelector($"form[action*='handler={name}']");

    private static AngleSharp.Dom.IElement Form(Browser browser, string handler) => Handler(browser, handler)!;

    private static string Text(Browser browser, string selector) => browser.Page!.Document.QuerySelector(selector)!.TextContent;

    private static string LinkTo(Browser browser, string start) => new Uri(browser.Page!.Address, browser.Page.Document.QuerySelector($"a[href^='{start}']")!.GetAttribute("href")!).ToString();

    private Task<PrimaryRequests.View?> OpenAsync() => console.Hub.ReadAsync(reader => PrimaryRequests.OpenOfAsync(reader, "northside"));

    private Task<PrimaryRequests.Holder?> HolderAsync() => console.Hub.ReadAsync(reader => PrimaryRequests.HolderAsync(reader, "northside"));
}
