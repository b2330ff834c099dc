using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>No page of a sign-in can be reached, skipped or finished but in its turn, in its browser, in its time.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class StepTests(AuthorizeHub fixture)
{
    private const string Nowhere = "00000000000000000000000000000000";

    private static readonly string[] PageAddresses =
    [
        "/sign-in", "/sign-in?handler=cancel", "/sign-in/code", "/sign-in/code?handler=send", "/sign-in/code?handler=cancel", "/sign-in/account", "/sign-in/account?handler=other",
        "/sign-in/refused", "/sign-in/refused?handler=account", "/sign-in/refused?handler=other", "/authorize/continue",
        "/sign-in/enrol", "/sign-in/enrol?handler=choose", "/sign-in/enrol?handler=address", "/sign-in/enrol?handler=codes", "/sign-in/enrol?handler=kept", "/sign-in/enrol?handler=later",
        "/sign-in/enrol?handler=cancel",
    ];

    private static readonly string[] Ways = ["no cookie", "another browser", "foreign", "finished", "expired", "unknown", "none", "twice"];
    private static readonly KeyValuePair<string, string>[] Everything =
        [new("username", SampleDirectory.Sam), new("password", SampleDirectory.Password), new("code", "123456"), new("account", "northside"), new("handler", "cancel")];

    private readonly RunningHub hub = fixture.Hub;

    public static TheoryData<string, string> Intrusions()
    {
        var data = new TheoryData<string, string>();
        foreach (var page in PageAddresses)
        {
            foreach (var way in Ways)
            {
                data.Add(page, way);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Intrusions))]
    [Spec("OWASP ASVS 5.0", "7.2.4"), Spec("RFC 9700", "4.7")]
    public async Task A_page_is_nobodys_but_the_browsers_that_asked(string page, string way)
    {
        using var owner = hub.NewBrowser();
        await owner.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        using var stranger = hub.NewBrowser();
        await stranger.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var own = TxOf(owner);
        var (client, tx) = way switch
        {
            "no cookie" => (fixture.Http, own),
            "another browser" or "foreign" => (stranger.Client, own),
            "unknown" => (owner.Client, Nowhere),
            "none" => (owner.Client, ""),
            "twice" => (owner.Client, own + "&tx=" + TxOf(stranger)),
            _ => (owner.Client, own),
        };
        if (way == "finished")
        {
            await owner.PressAsync("Back to");
        }
        else if (way == "expired")
        {
            hub.Time.Advance(TimeSpan.FromMinutes(31));
        }

        var address = page + (page.Contains('?') ? "&" : "?") + "tx=" + tx;
        foreach (var post in (bool[])[false, true])
        {
            var response = post ? await client.PostAsync(address, new FormUrlEncodedContent(Everything)) : await client.GetAsync(address);
            if (page == "/authorize/continue")
            {
                if (post)
                {
                    Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
                    continue;
                }

                for (var hops = 0; hops < 3 && response.StatusCode == HttpStatusCode.SeeOther; hops++)
                {
                    response = await client.GetAsync(response.Headers.GetValues("Location").Single());
                }
            }

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.False(response.Headers.Contains("Location"));
            Assert.Null(Pages.Cookie(response, "hub-session"));
            Assert.Contains("This sign-in is over", await response.Content.ReadAsStringAsync());
            Pages.AssertHeaders(response);
        }
    }

    [Theory]
    [InlineData("/sign-in/code"), InlineData("/sign-in/account"), InlineData("/sign-in/refused"), InlineData("/sign-in/code?handler=send"), InlineData("/sign-in/refused?handler=account"), InlineData("/authorize/continue")]
    [InlineData("/sign-in/enrol"), InlineData("/sign-in/enrol?handler=choose"), InlineData("/sign-in/enrol?handler=address"), InlineData("/sign-in/enrol?handler=codes"), InlineData("/sign-in/enrol?handler=kept"), InlineData("/sign-in/enrol?handler=later")]
    [Spec("OWASP ASVS 5.0", "2.3.1")]
    public async Task Before_the_password_every_other_page_leads_back_to_it(string page)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var address = page + (page.Contains('?') ? "&" : "?") + "tx=" + TxOf(browser);
        await browser.GoAsync(address);
        Assert.True(browser.Page?.Asks("current-password"));
        if (page != "/authorize/continue")
        {
            await browser.PostAsync(address, Everything);
            Assert.True(browser.Page?.Asks("current-password"));
        }
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "2.3.1")]
    public async Task Between_password_and_code_every_other_page_gives_nothing()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var tx = TxOf(browser);
        await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
        Assert.True(browser.Page!.Asks("one-time-code"));
        foreach (var page in (string[])["/sign-in/account", "/sign-in/refused", "/sign-in/refused?handler=account", "/sign-in/enrol", "/sign-in/enrol?handler=choose", "/sign-in/enrol?handler=later", "/authorize/continue", "/sign-in"])
        {
            var address = page + (page.Contains('?') ? "&" : "?") + "tx=" + tx;
            await browser.GoAsync(address);
            Assert.True(browser.Page?.Asks("current-password"), page);
            if (page is not "/authorize/continue" and not "/sign-in")
            {
                await browser.PostAsync(address, Everything);
                Assert.True(browser.Page?.Asks("current-password"), page);
            }
        }

        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")))).AssertError(hub, "login_required", "state-1");
    }

    public static TheoryData<string, string> Bodies()
    {
        var data = new TheoryData<string, string>();
        foreach (var page in (string[])["/sign-in", "/sign-in/code", "/sign-in/account", "/sign-in/refused", "/sign-in/enrol"])
        {
            foreach (var body in (string[])["empty", "no type", "json", "text", "multipart", "bad multipart", "many fields", "long key", "repeated", "huge", "bad encoding"])
            {
                data.Add(page, body);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Bodies))]
    [Spec("OWASP ASVS 5.0", "2.2.1")]
    public async Task A_body_that_is_not_the_pages_form_advances_nothing_and_breaks_nothing(string page, string body)
    {
        var browser = await AtAsync(page);
        var address = $"{page}?tx={TxOf(browser)}";
        using var content = Content(body);
        var response = await browser.Client.PostAsync(address, content);
        var expected = body is "huge" ? [HttpStatusCode.RequestEntityTooLarge] : (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.SeeOther];
        Assert.Contains(response.StatusCode, expected);
        if (response.StatusCode == HttpStatusCode.SeeOther && page != "/sign-in/refused")
        {
            Assert.StartsWith(page + "?tx=", response.Headers.GetValues("Location").Single());
        }

        Assert.Null(Pages.Cookie(response, "hub-session"));
        if (page != "/sign-in/refused")
        {
            (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")))).AssertError(hub, page switch { "/sign-in/account" => "account_selection_required", "/sign-in/enrol" => "interaction_required", _ => "login_required" }, "state-1");
        }
    }

    [Theory, InlineData("username"), InlineData("password")]
    public async Task A_repeated_field_is_no_sign_in_though_both_values_are_right(string field)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        List<KeyValuePair<string, string>> fields = [new("username", SampleDirectory.Sam), new("password", SampleDirectory.Password)];
        fields.Add(fields.Single(pair => pair.Key == field));
        await browser.PostAsync("/sign-in?tx=" + TxOf(browser), fields);
        Assert.Null(browser.LeftFor);
        Assert.True(browser.Page!.Asks("current-password"));
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.2.4")]
    public async Task The_session_cookie_is_new_at_sign_in_and_at_every_renewal_and_the_former_one_is_worth_nothing()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var planted = new string('A', 43);
        var first = await PostPasswordAsync(browser, "hub-session=" + planted);
        Assert.NotEqual(planted, first);
        Assert.True(await IsSignedInAsync(first));
        Assert.False(await IsSignedInAsync(planted));

        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        var second = await PostPasswordAsync(browser, null);
        Assert.NotEqual(first, second);
        Assert.True(await IsSignedInAsync(second));
        Assert.False(await IsSignedInAsync(first));
    }

    [Fact]
    public async Task Another_user_in_the_same_browser_ends_the_session_of_the_one_before()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var first = await PostPasswordAsync(browser, null);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.NotNull(browser.LeftFor);
        Assert.False(await IsSignedInAsync(first));
    }

    [Fact]
    public async Task Cookies_are_for_http_alone_and_same_site()
    {
        using var browser = hub.NewBrowser();
        var begun = await browser.Client.GetAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var signedIn = await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([new("username", SampleDirectory.Sam), new("password", SampleDirectory.Password)]));
        var cookies = begun.Headers.GetValues("Set-Cookie").Concat(signedIn.Headers.GetValues("Set-Cookie")).ToList();
        Assert.Equal(3, cookies.Count);
        Assert.All(cookies, cookie => Assert.Matches("(?=.*; httponly)(?=.*; samesite=lax)(?=.*; path=/)", cookie));
        Assert.All(cookies, cookie => Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<string> PostPasswordAsync(Browser browser, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, browser.Page!.Address)
        {
            Content = new FormUrlEncodedContent([new("username", SampleDirectory.Sam), new("password", SampleDirectory.Password)]),
        };
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return Pages.Cookie(await browser.Client.SendAsync(request), "hub-session")!;
    }

    private async Task<bool> IsSignedInAsync(string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "none")));
        request.Headers.Add("Cookie", "hub-session=" + session);
        return (await AuthorizeAnswer.ReadAsync(await fixture.Http.SendAsync(request))).Parameters.ContainsKey("code");
    }

    private async Task<Browser> AtAsync(string page)
    {
        if (page == "/sign-in/refused")
        {
            return await (await fixture.SignedInAsync(SampleDirectory.Sam)).GoAsync(SampleDirectory.Expert(hub).AuthorizeAddress());
        }

        if (page == "/sign-in/enrol")
        {
            var enrols = hub.NewBrowser();
            await enrols.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
            return await enrols.SubmitAsync(("username", AuthorizeDirectory.Rae), ("current-password", SampleDirectory.Password));
        }

        if (page == "/sign-in/account")
        {
            return await (await fixture.UnchosenAsync()).GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        }

        var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        return page == "/sign-in" ? browser : await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
    }

    private static HttpContent Content(string body)
    {
        const string Form = "application/x-www-form-urlencoded";
        switch (body)
        {
            case "no type":
                var bare = new ByteArrayContent("username=sam%40northside.example"u8.ToArray());
                bare.Headers.ContentType = null;
                return bare;
            case "multipart":
                return new MultipartFormDataContent { { new StringContent(SampleDirectory.Sam), "username" } };
            case "bad multipart":
                var bad = new ByteArrayContent("--x\r\n"u8.ToArray());
                bad.Headers.ContentType = new("multipart/form-data");
                return bad;
            default:
                return body switch
                {
                    "json" => new StringContent("{\"username\":\"sam@northside.example\"}", null, "application/json"),
                    "text" => new StringContent("username=sam", null, "text/plain"),
                    "many fields" => new StringContent(string.Join('&', Enumerable.Range(0, 3000).Select(number => "f" + number + "=1")), null, Form),
                    "long key" => new StringContent(new string('k', 10_000) + "=1", null, Form),
                    "repeated" => new StringContent("username=a&username=b&password=a&password=b&code=1&code=2&account=northside&account=brightfix", null, Form),
                    "huge" => new StringContent("username=" + new string('u', 65 * 1024), null, Form),
                    "bad encoding" => new StringContent("username=%ff%fe%zz&password=%00&code=%&account=%", null, Form),
                    _ => new StringContent("", null, Form),
                };
        }
    }

    private static string TxOf(Browser browser) => AuthorizeAnswer.Decode(browser.Page!.Address.Query)["tx"];
}
