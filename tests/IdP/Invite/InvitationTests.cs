using System.Net;
using System.Text.RegularExpressions;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Invite;

/// <summary>Somebody who has no password yet follows the link in a mail. Each test has an invited person of its own, at home in northside.</summary>
public sealed partial class InvitationTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Password = "a long enough password 1";
    private readonly RunningHub hub = fixture.Hub;

    private sealed record Invited(string UserName, string UserId, string MembershipId, string Link)
    {
        public string Token => Link[(Link.IndexOf('=', StringComparison.Ordinal) + 1)..];
    }

    private Task<Invited> InviteAsync(string? userName = null) => InviteAsync(hub, userName ?? $"ivy-{RandomId.New()[..12]}@northside.example");

    private static async Task<Invited> InviteAsync(RunningHub hub, string userName)
    {
        var (userId, membershipId) = await hub.WriteAsync(async transaction =>
        {
            var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(userName, "Ivy", "New", userName, false, false));
            var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, MembershipStatus.Active));
            return (created.User.Id, added.Membership.Id);
        });
        return new(userName, userId, membershipId, await LinkAsync(hub, userName, membershipId));
    }

    /// <summary>Invites and waits for the mail.</summary>
    private static async Task<string> LinkAsync(RunningHub hub, string userName, string membershipId)
    {
        var before = Mails(hub);
        Assert.IsType<Invitations.InviteResult.Invited>(await hub.WriteAsync(transaction => Invitations.InviteAsync(transaction, membershipId, hub.Issuer)));
        var link = "";
        await Wire.EventuallyAsync(
            () =>
            {
                foreach (var mail in Mails(hub).Except(before).Select(file => File.ReadAllText(file).Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal)))
                {
                    link = mail.Contains("To: " + userName, StringComparison.Ordinal) ? Link().Match(mail).Value : link;
                }

                return Task.FromResult(link.Length > 0);
            },
            "the mail came");
        return link;
    }

    private static string[] Mails(RunningHub hub) => Path.Combine(hub.DataDirectory, "mail") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [];

    [GeneratedRegex(@"http\S+/invitation\?token=[A-Za-z0-9_-]{43}")]
    private static partial Regex Link();

    private Task<string?> HashAsync(Invited person) => hub.ReadAsync(reader => Passwords.HashOfAsync(reader, person.UserId));

    private static Dictionary<string, string> Form(string token, params (string Name, string Value)[] changes)
    {
        var form = new Dictionary<string, string> { ["token"] = token, ["username"] = "whatever", ["new-password"] = Password, ["new-password-again"] = Password };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return form;
    }

    private async Task<Page> PostAsync(Dictionary<string, string> form)
    {
        using var browser = hub.NewBrowser();
        return (await browser.PostAsync("/invitation", form)).Page!;
    }

    private async Task<Page> GetAsync(string address)
    {
        using var browser = hub.NewBrowser();
        return (await browser.GoAsync(address)).Page!;
    }

    private async Task AssertNoGoodAsync(Invited person, HttpStatusCode status = HttpStatusCode.NotFound)
    {
        var before = await HashAsync(person);
        var shown = await GetAsync(person.Link);
        Assert.Equal(status, shown.Status);
        Assert.Empty(shown.Document.Forms);
        Assert.Equal(status, (await PostAsync(Form(person.Token))).Status);
        Assert.Equal(before, await HashAsync(person));
    }

    [Fact]
    public async Task The_link_leads_to_a_password_with_which_they_sign_in()
    {
        var person = await InviteAsync();
        Assert.StartsWith(hub.Issuer + "/invitation?token=", person.Link, StringComparison.Ordinal);
        using var browser = hub.NewBrowser();

        // Scanners of mail open links too: looking uses nothing up.
        await browser.GoAsync(person.Link);
        await browser.GoAsync(person.Link);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Pages.AssertHeaders(browser.Page.Response);
        Assert.Contains("Northside School District invites you", browser.Page.Text);
        Assert.Equal(person.UserName, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
        Assert.Equal(2, browser.Page.Document.QuerySelectorAll("input[type=password][autocomplete=new-password]").Length);
        Assert.Null(await HashAsync(person));

        await browser.SubmitAsync(("new-password", Password));
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains("You can sign in now", browser.Page.Text);
        Assert.False(browser.Page.Response.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain(person.Token, browser.Page.Address.ToString() + await browser.Page.Response.Content.ReadAsStringAsync());

        var app = SampleDirectory.Portal(hub);
        var tokens = await app.RedeemAsync((await app.SignInAsync(browser, person.UserName, Password))["code"]);
        Assert.True((await app.UserInfoAsync(tokens.Text("access_token"))).Body.GetProperty("email_verified").GetBoolean());
        await AssertNoGoodAsync(person, HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("new-password", "short"), InlineData("new-password", "14 characters."), InlineData("new-password", ""), InlineData("new-password-again", "another long password 2")]
    [InlineData("new-password-again", ""), InlineData("new-password-again", Password + " ")]
    public async Task A_wrong_password_is_told_in_a_sentence_and_the_link_stays_good(string field, string value)
    {
        var person = await InviteAsync();
        var page = await PostAsync(Form(person.Token, (field, value)));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.NotEmpty(page.Alert!);
        Pages.AssertHeaders(page.Response);
        Assert.DoesNotContain(Password, await page.Response.Content.ReadAsStringAsync());
        Assert.Null(await HashAsync(person));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Form(person.Token))).Status);
        Assert.NotNull(await HashAsync(person));
    }

    [Fact]
    public async Task Nobodys_name_is_their_password()
    {
        var person = await InviteAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Form(person.Token, ("new-password", person.UserName), ("new-password-again", person.UserName)))).Status);
        Assert.Null(await HashAsync(person));
    }

    [Theory, InlineData(""), InlineData("x"), InlineData("%00"), InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_token_opens_nothing(string wrong)
    {
        var person = await InviteAsync();
        foreach (var token in (string[])[wrong, person.Token[..^1], person.Token + "A", RandomId.HashOf(person.Token)])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/invitation?token=" + token)).Status);
            Assert.Contains((await PostAsync(Form(token))).Status, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/invitation?token={person.Token}&token={wrong}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/invitation")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Form(new string('a', 1000)))).Status);
        Assert.Null(await HashAsync(person));
    }

    [Theory, InlineData("another password"), InlineData("deactivated"), InlineData("deactivated and active again"), InlineData("deleted"), InlineData("a newer one")]
    public async Task It_is_no_good_any_more_after(string what)
    {
        var person = await InviteAsync();
        if (what == "a newer one")
        {
            await LinkAsync(hub, person.UserName, person.MembershipId);
        }
        else
        {
            await hub.WriteAsync(async transaction =>
            {
                switch (what)
                {
                    case "another password":
                        await Passwords.SetAsync(transaction, person.UserId, "a hash");
                        break;
                    case "deleted":
                        await UserLifecycle.DeleteAsync(transaction, person.MembershipId);
                        break;
                    default:
                        await UserLifecycle.DeactivateAsync(transaction, person.MembershipId);
                        break;
                }

                return true;
            });
            if (what.EndsWith("again", StringComparison.Ordinal))
            {
                await hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, person.MembershipId));
            }
        }

        await AssertNoGoodAsync(person, what == "another password" ? HttpStatusCode.Conflict : HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_many_at_once_one_sets_the_password()
    {
        var person = await InviteAsync();
        using var http = hub.NewClient();
        async Task<HttpStatusCode> TryAsync(int number)
        {
            var password = $"a long enough password {number}";
            while (true)
            {
                // Where the gate for hashes is full, as the page says: again in a moment.
                using var content = new FormUrlEncodedContent(Form(person.Token, ("new-password", password), ("new-password-again", password)));
                using var answer = await http.PostAsync("/invitation", content);
                if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    return answer.StatusCode;
                }

                Assert.NotNull(answer.Headers.RetryAfter);
                await Task.Delay(100);
            }
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(TryAsync));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(31, answers.Count(answer => answer == HttpStatusCode.Conflict));
        var winner = $"a long enough password {Array.IndexOf(answers, HttpStatusCode.OK)}";
        Assert.Equal(PasswordVerdict.Right, new PasswordHashing().Verify(await HashAsync(person), winner));
    }

    [Fact]
    public async Task A_form_of_another_site_a_repeated_field_or_a_large_one_does_nothing()
    {
        var person = await InviteAsync();
        using var http = hub.NewClient();
        foreach (var site in (string[])["cross-site", "same-site"])
        {
            using var foreign = new HttpRequestMessage(HttpMethod.Post, "/invitation") { Content = new FormUrlEncodedContent(Form(person.Token)) };
            foreign.Headers.Add("Sec-Fetch-Site", site);
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
        }

        using var twice = new FormUrlEncodedContent([.. Form(person.Token), new("new-password", Password)]);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/invitation", twice)).StatusCode);
        using var json = new StringContent("{}", null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/invitation", json)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(Form(person.Token, ("username", new string('x', 70_000))))).Status);
        using var inQuery = new FormUrlEncodedContent(Form(""));
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/invitation?token=" + person.Token, inQuery)).StatusCode);
        Assert.Null(await HashAsync(person));
    }

    [Fact]
    public async Task Names_come_out_encoded()
    {
        const string Name = "\"><script>alert(1)</script>'&";
        await using var own = await RunningHub.StartAsync(SampleDirectory.Json);
        var person = await InviteAsync(own, "ivy'&co@northside.example");
        await own.WriteAsync(transaction => Accounts.PutAsync(transaction, "northside", Name, TwoFactorPolicy.Optional, new()));
        using var browser = own.NewBrowser();
        await browser.GoAsync(person.Link);
        Assert.Contains(Name, browser.Page!.Text);
        Hostile.AssertEncoded(Name, await browser.Page.Response.Content.ReadAsStringAsync());
        Assert.Equal(person.UserName, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task After_seven_days_it_is_no_good()
    {
        await using var own = await RunningHub.StartAsync(SampleDirectory.Json);
        var person = await InviteAsync(own, "late@northside.example");
        own.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        using var browser = own.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync(person.Link)).Page!.Status);
        own.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync(person.Link)).Page!.Status);
        await browser.PostAsync("/invitation", Form(person.Token));
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
    }

    [Fact]
    public async Task Wrong_links_from_one_network_use_up_its_attempts_and_nobody_elses()
    {
        await using var own = await RunningHub.StartAsync(SampleDirectory.Json, ["--Hub:SignIn:AddressBurst", "3", "--Hub:SignIn:AddressRefillSeconds", "60"]);
        var person = await InviteAsync(own, "calm@northside.example");
        using var guesser = own.NewBrowser(IPAddress.Parse("127.0.0.9"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await guesser.PostAsync("/invitation", Form("wrong" + i))).Page!.Status);
        }

        await guesser.PostAsync("/invitation", Form(person.Token));
        Assert.Equal(HttpStatusCode.TooManyRequests, guesser.Page!.Status);
        Assert.Equal(TimeSpan.FromSeconds(60), guesser.Page.Response.Headers.RetryAfter!.Delta);

        // A good link with a bad password uses up nothing.
        using var other = own.NewBrowser(IPAddress.Parse("127.0.0.10"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await other.PostAsync("/invitation", Form(person.Token, ("new-password", "short")))).Page!.Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync("/invitation", Form(person.Token))).Page!.Status);
    }
}
