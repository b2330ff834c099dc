using System.Net;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Reset;

/// <summary>Somebody forgot their password. Each test has a person of its own, at home in northside.</summary>
public sealed class ResetTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Former = "the former long password";
    private const string Chosen = "a long enough password 1";
    private static readonly string FormerHash = new PasswordHashing().Hash(Former);

    private readonly RunningHub hub = fixture.Hub;

    private sealed record Person(string UserName, string UserId, string MembershipId);

    private static async Task<Person> AddAsync(RunningHub hub, bool password = true, byte[]? totp = null, MembershipStatus status = MembershipStatus.Active)
    {
        var name = $"rita-{RandomId.New()[..12]}@northside.example";
        return await hub.WriteAsync(async transaction =>
        {
            var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Rita", "Reset", name, false, false));
            var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, status));
            if (password)
            {
                await Passwords.SetAsync(transaction, created.User.Id, FormerHash);
            }

            if (totp is not null)
            {
                await SecondFactors.PutTotpAsync(transaction, created.User.Id, totp);
            }

            return new Person(name, created.User.Id, added.Membership.Id);
        });
    }

    private Task<Person> AddAsync() => AddAsync(hub);

    private static async Task<Page> AskAsync(RunningHub hub, string userName, IPAddress? from = null)
    {
        using var browser = hub.NewBrowser(from);
        await browser.GoAsync("/reset");
        return (await browser.SubmitAsync(("username", userName))).Page!;
    }

    private static async Task<string> LinkAsync(RunningHub hub, Person person)
    {
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(hub, person.UserName)).Status);
        return Pickup.Link((await Pickup.MailsAsync(hub, person.UserName))[^1]);
    }

    private Task<string> LinkAsync(Person person) => LinkAsync(hub, person);

    private static string TokenOf(string link) => link.Split("token=")[1][..43];

    private static Dictionary<string, string> Form(string link, string password = Chosen) =>
        new() { ["token"] = TokenOf(link), ["new-password"] = password, ["new-password-again"] = password };

    private static async Task<Page> PostAsync(RunningHub hub, Dictionary<string, string> form, string path = "/reset/password")
    {
        using var browser = hub.NewBrowser();
        return (await browser.PostAsync(path, form)).Page!;
    }

    private Task<string?> HashAsync(Person person) => hub.ReadAsync(reader => Passwords.HashOfAsync(reader, person.UserId));

    private async Task<bool> IsGoodAsync(string link)
    {
        using var browser = hub.NewBrowser();
        return (await browser.GoAsync(new Uri(link).PathAndQuery)).Page!.Status == HttpStatusCode.OK;
    }

    private async Task AssertNoGoodAsync(Person person, string link)
    {
        var before = await HashAsync(person);
        Assert.False(await IsGoodAsync(link));
        var page = await PostAsync(hub, Form(link));
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Empty(page.Document.Forms);
        Assert.Equal(before, await HashAsync(person));
    }

    [Fact]
    public async Task The_link_in_the_mail_leads_to_another_password_and_ends_what_was_signed_in()
    {
        var person = await AddAsync();
        var app = SampleDirectory.Portal(hub);
        using var elsewhere = hub.NewBrowser();
        var tokens = await app.RedeemAsync((await app.SignInAsync(elsewhere, person.UserName, Former, changes: [("scope", "openid offline_access"), ("prompt", "consent")]))["code"]);

        using var browser = hub.NewBrowser();
        await browser.GoAsync(app.AuthorizeAddress());
        await browser.GoAsync(browser.Page!.Document.QuerySelectorAll("a").Single(link => link.TextContent == "Forgot your password?").GetAttribute("href")!);
        Pages.AssertHeaders(browser.Page!.Response);
        await browser.SubmitAsync(("username", person.UserName.ToUpperInvariant()));
        Assert.Contains("Look into your mail", browser.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.UserName, browser.Page.Text, StringComparison.OrdinalIgnoreCase);

        var mail = (await Pickup.MailsAsync(hub, person.UserName)).Single(one => Pickup.Subject(one) == "Choose a new password");
        var link = Pickup.Link(mail);
        Assert.StartsWith(hub.Issuer + "/reset/password?token=", link, StringComparison.Ordinal);
        Assert.Contains("Content-Type: multipart/alternative", mail, StringComparison.Ordinal);

        // Scanners of mail open links too: looking uses nothing up.
        await browser.GoAsync(link);
        await browser.GoAsync(link);
        Assert.Equal(person.UserName, browser.Page!.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
        Pages.AssertHeaders(browser.Page.Response);
        Assert.Equal(FormerHash, await HashAsync(person));
        await browser.SubmitAsync(("new-password", Chosen));
        Assert.Contains("Your password is saved", browser.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TokenOf(link), await browser.Page.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Not signed in by it: the sign-in that was under way goes on, and asks for the password.
        await browser.GoAsync(browser.Page.Document.QuerySelectorAll("a").Single(one => one.TextContent == "Go on and sign in").GetAttribute("href")!);
        Assert.True(browser.Page!.Asks("current-password"));
        await browser.SubmitAsync(("username", person.UserName), ("current-password", Chosen));
        Assert.NotNull(browser.LeftFor);

        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.Text("refresh_token"))).Error);
        await elsewhere.GoAsync(app.AuthorizeAddress());
        Assert.True(elsewhere.Page!.Asks("current-password"));
        Assert.Contains("Your password was changed", (await Pickup.MailsAsync(hub, person.UserName)).Select(Pickup.Subject));
        Assert.True((await hub.ReadAsync(reader => Users.FindAsync(reader, person.UserId)))!.EmailVerified);
        var audited = await hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = null, SubjectUserIds = [person.UserId] }, null, 50));
        Assert.NotNull(Assert.Single(audited.Lines, line => line.Action == "password.reset-used").From);
        await AssertNoGoodAsync(person, link);
    }

    [Fact]
    public async Task Whoever_is_asked_for_the_answer_is_the_same_and_only_who_may_sign_in_is_mailed()
    {
        var person = await AddAsync();
        var invited = await AddAsync(hub, password: false);
        var inactive = await AddAsync(hub, status: MembershipStatus.Inactive);
        string[] names = [person.UserName, invited.UserName, inactive.UserName, SampleDirectory.Ina, "nobody@northside.example", "x", "' OR 1=1 --"];
        var answers = new List<string>();
        foreach (var name in names)
        {
            var page = await AskAsync(hub, name);
            answers.Add(page.Status + string.Join('\n', page.Response.Headers.Select(header => header.Key + (header.Key == "Date" ? "" : string.Join(',', header.Value))))
                + await page.Response.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        Assert.Single(await Pickup.MailsAsync(hub, person.UserName));
        foreach (var name in names[1..4])
        {
            Assert.DoesNotContain(await Pickup.MailsAsync(hub, name), mail => Pickup.Subject(mail) == "Choose a new password");
        }
    }

    [Theory, InlineData("used"), InlineData("a newer one"), InlineData("another password"), InlineData("another address"), InlineData("another name"), InlineData("deactivated"), InlineData("deactivated and active again"), InlineData("deleted"), InlineData("half an hour")]
    public async Task It_is_no_good_any_more_after(string what)
    {
        var person = await AddAsync();
        var link = await LinkAsync(person);
        Assert.True(await IsGoodAsync(link));
        switch (what)
        {
            case "used":
                Assert.Equal(HttpStatusCode.OK, (await PostAsync(hub, Form(link))).Status);
                break;
            case "a newer one":
                await LinkAsync(person);
                break;
            case "half an hour":
                hub.Time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
                Assert.True(await IsGoodAsync(link));
                hub.Time.Advance(TimeSpan.FromSeconds(1));
                break;
            default:
                await hub.WriteAsync(async transaction =>
                {
                    await (what switch
                    {
                        "another password" => Passwords.SetAsync(transaction, person.UserId, "a hash"),
                        "another address" => Users.ChangeProfileAsync(transaction, person.UserId, new(person.UserName, "Rita", "Reset", "other@northside.example", true, false)),
                        "another name" => Users.ChangeProfileAsync(transaction, person.UserId, new("x" + person.UserName, "Rita", "Reset", person.UserName, true, false)),
                        "deleted" => UserLifecycle.DeleteAsync(transaction, person.MembershipId),
                        _ => UserLifecycle.DeactivateAsync(transaction, person.MembershipId),
                    });
                    if (what.EndsWith("again", StringComparison.Ordinal))
                    {
                        await UserLifecycle.ReactivateAsync(transaction, person.MembershipId);
                    }

                    return true;
                });
                break;
        }

        await AssertNoGoodAsync(person, link);
    }

    [Fact]
    public async Task Of_sixty_four_at_once_one_sets_the_password()
    {
        var person = await AddAsync();
        var link = await LinkAsync(person);
        using var http = hub.NewClient();
        async Task<HttpStatusCode> TryAsync(int number)
        {
            while (true)
            {
                // Where the gate for hashes is full, as the page says: again in a moment.
                using var content = new FormUrlEncodedContent(Form(link, $"a long enough password {number}"));
                using var answer = await http.PostAsync("/reset/password", content);
                if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    return answer.StatusCode;
                }

                await Task.Delay(100);
            }
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(TryAsync));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(63, answers.Count(answer => answer == HttpStatusCode.NotFound));
        Assert.Equal(PasswordVerdict.Right, new PasswordHashing().Verify(await HashAsync(person), $"a long enough password {Array.IndexOf(answers, HttpStatusCode.OK)}"));
    }

    [Fact]
    public async Task A_link_of_one_kind_is_none_of_another()
    {
        var person = await AddAsync();
        var reset = await LinkAsync(person);
        var invited = await AddAsync(hub, password: false);
        var made = (Invitations.InviteResult.LinkMade)await hub.WriteAsync(transaction => Invitations.MakeLinkAsync(transaction, invited.MembershipId, hub.Issuer));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(hub, Form(reset), "/invitation")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(hub, Form(made.Link))).Status);
        foreach (var wrong in (string[])["", "x", RandomId.Secret(), RandomId.HashOf(TokenOf(reset)), TokenOf(reset) + "A"])
        {
            Assert.Contains((await PostAsync(hub, new(Form(reset)) { ["token"] = wrong })).Status, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        }

        Assert.True(await IsGoodAsync(reset));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(hub, Form(made.Link), "/invitation")).Status);
        Assert.False((await hub.ReadAsync(reader => Users.FindAsync(reader, invited.UserId)))!.EmailVerified);
    }

    [Fact]
    public async Task The_second_factor_is_asked_for_as_ever()
    {
        var secret = Base32.Decode(SampleDirectory.TotpSecret)!;
        var person = await AddAsync(hub, totp: secret);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(hub, Form(await LinkAsync(person)))).Status);
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", person.UserName), ("current-password", Chosen));
        Assert.True(browser.Page!.Asks("one-time-code"));
        await browser.SubmitAsync(("one-time-code", Totp.CodeAt(secret, Totp.StepAt(hub.Time.Now))));
        Assert.NotNull(browser.LeftFor);
    }

    [Theory, InlineData("short"), InlineData("")]
    public async Task A_bad_password_is_told_and_the_link_stays_good(string password)
    {
        var person = await AddAsync();
        var link = await LinkAsync(person);
        var page = await PostAsync(hub, Form(link, password));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.NotEmpty(page.Alert!);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(hub, new(Form(link)) { ["new-password-again"] = "another long password" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(hub, Form(link, person.UserName))).Status);
        Assert.Equal(FormerHash, await HashAsync(person));
        Assert.True(await IsGoodAsync(link));
    }

    [Fact]
    public async Task A_form_of_another_site_or_a_repeated_field_does_nothing()
    {
        var person = await AddAsync();
        var link = await LinkAsync(person);
        using var http = hub.NewClient();
        foreach (var (path, form) in ((string, Dictionary<string, string>)[])[("/reset", new() { ["username"] = person.UserName }), ("/reset/password", Form(link))])
        {
            using var foreign = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
            foreign.Headers.Add("Sec-Fetch-Site", "same-site");
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
            using var twice = new FormUrlEncodedContent([.. form, form.First()]);
            Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(path, twice)).StatusCode);
        }

        Assert.Equal(FormerHash, await HashAsync(person));
        Assert.Single(await Pickup.MailsAsync(hub, person.UserName));
    }

    [Fact]
    public async Task What_is_asked_again_and_again_is_answered_and_not_mailed()
    {
        var person = await AddAsync();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(hub, person.UserName)).Status);
        }

        var mails = await Pickup.MailsAsync(hub, person.UserName);
        Assert.Equal(3, mails.Length);
        Assert.True(await IsGoodAsync(Pickup.Link(mails[2])));
        hub.Time.Advance(TimeSpan.FromMinutes(10));
        await AskAsync(hub, person.UserName);
        Assert.Equal(4, (await Pickup.MailsAsync(hub, person.UserName)).Length);
    }

    [Fact]
    public async Task One_network_that_asks_too_often_is_told_so_and_others_are_not()
    {
        using var http = hub.NewBrowser(IPAddress.Parse("127.0.0.77"));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 52; i++)
        {
            statuses.Add((await http.PostAsync("/reset", new Dictionary<string, string> { ["username"] = "guess" + i })).Page!.Status);
        }

        Assert.Equal(50, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(TimeSpan.FromSeconds(10), http.Page!.Response.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(hub, "guess", IPAddress.Parse("127.0.0.78"))).Status);
    }

    [Fact]
    public async Task Another_browser_is_not_led_into_the_sign_in_that_it_was_asked_for_in()
    {
        var person = await AddAsync();
        using var asking = hub.NewBrowser();
        await asking.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await asking.GoAsync(asking.Page!.Document.QuerySelectorAll("a").Single(link => link.TextContent == "Forgot your password?").GetAttribute("href")!);
        await asking.SubmitAsync(("username", person.UserName));
        using var other = hub.NewBrowser();
        await other.GoAsync(Pickup.Link((await Pickup.MailsAsync(hub, person.UserName))[^1]));
        await other.SubmitAsync(("new-password", Chosen));
        Assert.Contains("Your password is saved", other.Page!.Text, StringComparison.Ordinal);
        Assert.Empty(other.Page.Document.QuerySelectorAll("a"));
        Assert.False(other.Page.Response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task An_administrator_has_one_sent_and_the_mail_says_so()
    {
        var person = await AddAsync();
        var result = await hub.Services.GetRequiredService<IHubStore>().WriteAsync(
            new Actor.Person(person.UserId), transaction => PasswordResets.StartAsync(transaction, person.UserId, hub.Issuer, requestedByAdministrator: true));
        Assert.Equal(hub.Time.Now + TimeSpan.FromMinutes(30), Assert.IsType<PasswordResets.StartResult.Sent>(result).Until);
        var mail = (await Pickup.MailsAsync(hub, person.UserName)).Single();
        Assert.Contains("An administrator of Northside School District sent you a link", mail, StringComparison.Ordinal);
        Assert.True(await IsGoodAsync(Pickup.Link(mail)));
    }

    [Theory, InlineData("<script>"), InlineData("\"><b>"), InlineData("0123456789abcdef0123456789abcdeg"), InlineData("0123456789abcdef0123456789abcdef&x=1")]
    public async Task What_is_no_sign_in_is_not_repeated(string tx)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync("/reset?tx=" + Uri.EscapeDataString(tx));
        Assert.Empty(browser.Page!.Document.QuerySelectorAll("a, input[name=tx]"));
    }
}
