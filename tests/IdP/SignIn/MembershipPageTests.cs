using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>A guest is asked at the next sign-in whether they want to be a member. Each test has a guest of its own, at home in northside.</summary>
public sealed class MembershipPageTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private static readonly string PasswordHash = new PasswordHashing().Hash(SampleDirectory.Password);
    private readonly RunningHub hub = fixture.Hub;
    private readonly RelyingApp app = SampleDirectory.Portal(fixture.Hub);

    private sealed record Guest(string UserName, string UserId, string[] Invitations);

    /// <summary>A user at home in northside whom these accounts have invited.</summary>
    private async Task<Guest> GuestAsync(string userName, bool totp = false, params string[] accounts) => await hub.WriteAsync(async transaction =>
    {
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(userName, null, null, userName, true, false));
        var userId = created.User.Id;
        await Memberships.AddAsync(transaction, new(userId, "northside", Role.User, null, MembershipStatus.Active));
        await Passwords.SetAsync(transaction, userId, PasswordHash);
        if (totp)
        {
            await SecondFactors.PutTotpAsync(transaction, userId, Base32.Decode(SampleDirectory.TotpSecret)!);
        }

        var invitations = new List<string>();
        foreach (var account in accounts.DefaultIfEmpty("brightfix"))
        {
            await Accounts.PutAsync(transaction, account, account == "brightfix" ? "Brightfix Remote Support" : account, TwoFactorPolicy.Optional, new());
            var added = await Memberships.AddAsync(transaction, new(userId, account, Role.Administrator, PermissionLevel.Acatr, MembershipStatus.Invited));
            invitations.Add(((Memberships.AddResult.Added)added).Membership.Id);
        }

        return new Guest(userName, userId, [.. invitations]);
    });

    private async Task<MembershipStatus?> StatusAsync(Guest guest, int invitation = 0) =>
        (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, guest.UserId))).SingleOrDefault(place => place.Id == guest.Invitations[invitation])?.Status;

    private async Task<Browser> SignInAsync(Guest guest, params (string Name, string? Value)[] changes)
    {
        var browser = hub.NewBrowser();
        await browser.GoAsync(app.AuthorizeAddress(changes));
        return await browser.SubmitAsync(("username", guest.UserName), ("current-password", SampleDirectory.Password));
    }

    private static bool Asks(Browser browser) => browser.Page?.Address.AbsolutePath == "/sign-in/membership";

    private async Task<JsonNode> ClaimsAsync(Browser browser)
    {
        var tokens = await app.RedeemAsync(RelyingApp.Callback(browser)["code"]);
        return JsonNode.Parse(RelyingApp.Payload(tokens.Text("id_token")).GetRawText())!;
    }

    private static string[] AccountsIn(JsonNode claims) => [.. claims["accounts"]!.AsArray().Select(account => account!["id"]!.GetValue<string>())];

    [Fact]
    public async Task The_page_names_account_role_and_level_and_accepting_lets_on_to_it()
    {
        var guest = await GuestAsync("anna@guest.example");
        using var browser = await SignInAsync(guest);
        Assert.True(Asks(browser));
        Pages.AssertHeaders(browser.Page!.Response);
        Assert.Equal("Brightfix Remote Support wants to add you as a member", browser.Page.Document.QuerySelector("h1")!.TextContent);
        Assert.Equal(["Administrator", "ACATR"], browser.Page.Document.QuerySelectorAll("dd").Select(fact => fact.TextContent));
        Assert.Contains("Signed in as anna@guest.example.", browser.Page.Text);
        Assert.Equal(["accept", "decline", "later"], browser.Page.Document.QuerySelectorAll("button[name=answer]").Select(button => button.GetAttribute("value")));
        Assert.Empty(browser.Page.Document.QuerySelectorAll("script"));
        await browser.PressAsync("answer", "accept");
        Assert.Equal(MembershipStatus.Active, await StatusAsync(guest));
        await browser.PressAsync("account", "brightfix");
        var claims = await ClaimsAsync(browser);
        Assert.Equal(("brightfix", "Administrator"), (claims["account"]!.GetValue<string>(), claims["role"]!.GetValue<string>()));
        Assert.Equal(["brightfix", "northside"], AccountsIn(claims).Order());
    }

    [Fact]
    public async Task Declining_leaves_the_user_where_they_were()
    {
        var guest = await GuestAsync("bea@guest.example");
        using var browser = await SignInAsync(guest);
        await browser.PressAsync("answer", "decline");
        Assert.Equal("northside", (await ClaimsAsync(browser))["account"]!.GetValue<string>());
        Assert.Null(await StatusAsync(guest));
        using var next = await SignInAsync(guest);
        Assert.False(Asks(next));
    }

    [Fact]
    public async Task Who_wants_to_decide_later_is_asked_again_at_the_next_sign_in_and_not_in_this_one()
    {
        var guest = await GuestAsync("cora@guest.example");
        using var browser = await SignInAsync(guest);
        var page = browser.Page!.Address.ToString();
        await browser.PressAsync("answer", "later");
        var claims = await ClaimsAsync(browser);
        Assert.Equal("northside", claims["account"]!.GetValue<string>());
        Assert.Equal(["northside"], AccountsIn(claims));
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(guest));
        await browser.GoAsync(page);
        Assert.Contains("This sign-in is over", browser.Page!.Text);
        using var next = await SignInAsync(guest);
        Assert.True(Asks(next));
    }

    [Fact]
    public async Task What_was_put_off_holds_up_no_sign_in_of_the_session_unless_the_account_is_asked_for()
    {
        var guest = await GuestAsync("dora@guest.example");
        using var browser = await SignInAsync(guest);
        await browser.PressAsync("answer", "later");
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await browser.GoAsync(app.AuthorizeAddress());
        Assert.Contains("code", RelyingApp.Callback(browser).Keys);
        await browser.GoAsync(app.AuthorizeAddress(("account", "brightfix"), ("prompt", "none")));
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
        await browser.GoAsync(app.AuthorizeAddress(("account", "brightfix")));
        Assert.True(Asks(browser));
        await browser.PressAsync("answer", "later");
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
        await browser.GoAsync(app.AuthorizeAddress(("account", "brightfix")));
        await browser.PressAsync("answer", "accept");
        Assert.Equal("brightfix", (await ClaimsAsync(browser))["account"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_is_signed_in_already_is_asked_at_the_next_app_and_with_prompt_none_never()
    {
        using var browser = hub.NewBrowser();
        var guest = await GuestAsync("duke@guest.example", totp: false, "duke-one");
        await browser.GoAsync(app.AuthorizeAddress());
        await browser.SubmitAsync(("username", guest.UserName), ("current-password", SampleDirectory.Password));
        await browser.PressAsync("answer", "decline");
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await hub.WriteAsync(transaction => Memberships.AddAsync(transaction, new(guest.UserId, "brightfix", Role.User, null, MembershipStatus.Invited)));
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "none")));
        Assert.Equal("northside", (await ClaimsAsync(browser))["account"]!.GetValue<string>());
        await browser.GoAsync(app.AuthorizeAddress());
        Assert.True(Asks(browser));
        await browser.PressAsync("answer", "later");
        Assert.Contains("code", RelyingApp.Callback(browser).Keys);

        // Who proves anew who they are is asked anew.
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "login")));
        await browser.SubmitAsync(("username", guest.UserName), ("current-password", SampleDirectory.Password));
        Assert.True(Asks(browser));
    }

    [Fact]
    public async Task Nobody_is_asked_without_having_given_their_second_factor()
    {
        var guest = await GuestAsync("ella@guest.example", totp: true);
        using var browser = await SignInAsync(guest);
        Assert.True(browser.Page!.Asks("one-time-code"));
        var address = browser.Page.Address.ToString();
        var membershipPage = address.Replace("/sign-in/code", "/sign-in/membership", StringComparison.Ordinal);
        await browser.GoAsync(membershipPage);
        Assert.False(Asks(browser));
        await browser.PostAsync(membershipPage, [new("membership", guest.Invitations[0]), new("answer", "accept")]);
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(guest));
        await browser.GoAsync(address);
        await browser.SubmitAsync(("one-time-code", Codes.Of(SampleDirectory.TotpSecret, hub)));
        Assert.True(Asks(browser));
    }

    [Fact]
    public async Task Two_invitations_are_two_questions_and_an_answer_given_twice_answers_one()
    {
        var guest = await GuestAsync("fay@guest.example", totp: false, "fay-one", "fay-two");
        using var browser = await SignInAsync(guest);
        var address = browser.Page!.Address.ToString();
        Assert.Contains("fay-one wants", browser.Page.Text);
        KeyValuePair<string, string>[] accept = [new("membership", guest.Invitations[0]), new("answer", "accept")];
        await browser.PostAsync(address, accept);
        await browser.PostAsync(address, accept);
        Assert.Contains("fay-two wants", browser.Page!.Text);
        Assert.Equal((MembershipStatus.Active, MembershipStatus.Invited), (await StatusAsync(guest), await StatusAsync(guest, 1)));
        await browser.PressAsync("answer", "later");
        Assert.NotNull(browser.Page?.Document.QuerySelector("button[name=account][value=fay-one]"));
        Assert.Null(browser.Page?.Document.QuerySelector("button[name=account][value=fay-two]"));
    }

    [Theory]
    [InlineData(""), InlineData("answer=accept"), InlineData("membership=M"), InlineData("membership=M&answer="), InlineData("membership=M&answer=Accept")]
    [InlineData("membership=M&answer=accept&answer=accept"), InlineData("membership=M&membership=M&answer=accept"), InlineData("membership=x&answer=accept"), InlineData("membership=M&answer=active")]
    public async Task What_is_no_answer_changes_nothing(string body)
    {
        var guest = await GuestAsync($"gwen-{Domain.RandomId.New()}@guest.example");
        using var browser = await SignInAsync(guest);
        var page = browser.Page!.Address;
        using var answer = await browser.Client.PostAsync(
            page, new StringContent(body.Replace("M", guest.Invitations[0], StringComparison.Ordinal), null, "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/sign-in/membership?tx=", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(guest));
    }

    [Fact]
    public async Task Nobody_answers_for_another()
    {
        var (guest, other) = (await GuestAsync("hope@guest.example"), await GuestAsync("igor@guest.example"));
        using var browser = await SignInAsync(guest);
        using var theirs = await SignInAsync(other);
        KeyValuePair<string, string>[] accept = [new("membership", guest.Invitations[0]), new("answer", "accept")];

        // In their own sign-in, and in this one from their browser.
        await theirs.PostAsync(theirs.Page!.Address.ToString(), accept);
        Assert.True(Asks(theirs));
        await theirs.PostAsync(browser.Page!.Address.ToString(), accept);
        Assert.Contains("This sign-in is over", theirs.Page!.Text);

        // By a form of another site in the person's own browser.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, browser.Page.Address) { Content = new FormUrlEncodedContent(accept) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.SendAsync(foreign)).StatusCode);
        Assert.Equal((MembershipStatus.Invited, MembershipStatus.Invited), (await StatusAsync(guest), await StatusAsync(other)));
    }

    [Theory, InlineData("deactivated"), InlineData("deleted"), InlineData("signed out"), InlineData("deactivated at home")]
    public async Task What_happened_meanwhile_counts(string what)
    {
        var guest = await GuestAsync($"{what.Replace(' ', '-')}@guest.example");
        using var browser = await SignInAsync(guest);
        var home = (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, guest.UserId))).Single(place => place.Home).Id;
        await hub.WriteAsync(async transaction => what switch
        {
            "deactivated" => await UserLifecycle.DeactivateAsync(transaction, guest.Invitations[0]) == UserLifecycle.StatusResult.Changed,
            "deleted" => await UserLifecycle.DeleteAsync(transaction, guest.Invitations[0]) == UserLifecycle.StatusResult.Changed,
            "deactivated at home" => await UserLifecycle.DeactivateAsync(transaction, home) == UserLifecycle.StatusResult.Changed,
            _ => await Domain.Sessions.Sessions.EndAllOfAsync(transaction, guest.UserId, "test") == 1,
        });
        await browser.PressAsync("answer", "accept");
        Assert.NotEqual(MembershipStatus.Active, await StatusAsync(guest));
        Assert.Equal(what.StartsWith("signed", StringComparison.Ordinal) || what.EndsWith("home", StringComparison.Ordinal), browser.Page?.Asks("current-password") == true);
    }

    [Fact]
    public async Task Hostile_names_come_out_encoded()
    {
        var guest = await GuestAsync("jane@guest.example", totp: false, "hostile-inviter");
        const string Name = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&";
        await hub.WriteAsync(transaction => Accounts.PutAsync(transaction, "hostile-inviter", Name, TwoFactorPolicy.Optional, new()));
        using var browser = await SignInAsync(guest);
        Assert.Contains(Name, browser.Page!.Text);
        Hostile.AssertEncoded(Name, await browser.Page.Response.Content.ReadAsStringAsync());
    }
}
