using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.WebAuthn;

/// <summary>The whole sign-in with a passkey.</summary>
[Collection(PasskeyHub.Collection)]
public sealed class PasskeySignInTests(PasskeyHub fixture)
{
    private const byte Present = SoftwareAuthenticator.UserPresent;
    private const byte Verified = SoftwareAuthenticator.UserPresent | SoftwareAuthenticator.UserVerified;
    private const byte Synced = Verified | SoftwareAuthenticator.BackupEligible | SoftwareAuthenticator.BackedUp;
    private readonly RunningHub hub = fixture.Hub;

    [Theory, InlineData(Verified, "hwk"), InlineData(Synced, "swk"), Spec("WebAuthn Level 3", "7.2")]
    public async Task A_passkey_that_verifies_the_person_signs_them_in_without_password_or_code(byte flags, string method)
    {
        var person = await fixture.WithPasskeyAsync(flags);
        var app = SampleDirectory.Portal(hub);
        using var browser = await hub.AtSignInAsync(app);
        await browser.SignInWithAsync(person);
        var token = await browser.IdTokenAsync(app);
        Assert.Equal(person.UserId, token.GetProperty("sub").GetString());
        Assert.Equal([method, "user", "mfa"], token.Methods());
        Assert.NotNull(await hub.ReadAsync(async reader => (await Passkeys.ListOfAsync(reader, person.UserId))[0].LastUsedAt));
    }

    [Fact, Spec("WebAuthn Level 3", "7.2")]
    public async Task It_is_enough_for_an_app_that_requires_two_factors_and_one_that_insists_on_the_strongest()
    {
        var person = await fixture.WithPasskeyAsync();
        var strong = new RelyingApp(hub, "strong", SampleDirectory.PortalSecret, "https://strong.example/cb");
        using var browser = await hub.AtSignInAsync(strong, ("scope", "openid account"), ("claims", """{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"""));
        await browser.SignInWithAsync(person);
        Assert.Equal("phr", (await browser.IdTokenAsync(strong)).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task An_RSA_passkey_does_as_well()
    {
        var person = await fixture.PersonAsync();
        person.Authenticator.Rsa = true;
        await person.EnrolDirectlyAsync();
        using var browser = await hub.AtSignInAsync();
        await browser.SignInWithAsync(person);
        Assert.NotNull(browser.LeftFor);
    }

    [Fact, Spec("WebAuthn Level 3", "14.6.2")]
    public async Task The_options_name_nobody_and_ask_for_verification()
    {
        using var browser = await hub.AtSignInAsync();
        var answer = await browser.AnswerAsync(PasskeyBrowser.WholeOptions);
        var options = answer.GetProperty("publicKey");
        Assert.Equal(0, options.GetProperty("allowCredentials").GetArrayLength());
        Assert.Equal("required", options.GetProperty("userVerification").GetString());
        Assert.Equal("127.0.0.1", options.GetProperty("rpId").GetString());
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(options.GetProperty("challenge").GetString()).Length);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.GetProperty("accepted").ValueKind);
    }

    public static TheoryData<string> Forgeries => new(Forged.Keys.Order(StringComparer.Ordinal));

    private static readonly Dictionary<string, Action<PasskeyAnswer>> Forged = new()
    {
        ["another challenge"] = answer => answer.ClientData["challenge"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["no challenge"] = answer => answer.ClientData["challenge"] = "",
        ["another origin"] = answer => answer.ClientData["origin"] = "https://evil.example",
        ["an origin that begins alike"] = answer => answer.ClientData["origin"] = answer.ClientData["origin"]!.GetValue<string>() + ".evil.example",
        ["an origin with a path"] = answer => answer.ClientData["origin"] = answer.ClientData["origin"]!.GetValue<string>() + "/",
        ["the origin over https"] = answer => answer.ClientData["origin"] = answer.ClientData["origin"]!.GetValue<string>().Replace("http:", "https:", StringComparison.Ordinal),
        ["in a frame elsewhere"] = answer => answer.ClientData["crossOrigin"] = true,
        ["under another page"] = answer => answer.ClientData["topOrigin"] = "https://evil.example",
        ["of a registration"] = answer => answer.ClientData["type"] = "webauthn.create",
        ["another relying party"] = answer => answer.RelyingPartyId = "evil.example",
        ["nobody present"] = answer => answer.Flags = SoftwareAuthenticator.UserVerified,
        ["not verified"] = answer => answer.Flags = Present,
        ["backed up without being eligible"] = answer => answer.Flags |= SoftwareAuthenticator.BackedUp,
        ["eligible all of a sudden"] = answer => answer.Flags |= SoftwareAuthenticator.BackupEligible,
        ["no user handle"] = answer => answer.UserHandle = null,
        ["another user's handle"] = answer => answer.UserHandle = SoftwareAuthenticator.HandleOf("0123456789abcdef0123456789abcdef"),
        ["an unknown passkey"] = answer => answer.Id = "AAAAAAAAAAAAAAAAAAAAAA",
        ["the same count again"] = answer => answer.Count = 0,
    };

    [Theory, MemberData(nameof(Forgeries)), Spec("WebAuthn Level 3", "7.2"), Spec("OWASP ASVS 5.0", "6.3.8")]
    public async Task What_is_wrong_gets_the_one_answer_and_changes_nothing(string what)
    {
        var person = await fixture.WithPasskeyAsync();
        using var good = await hub.AtSignInAsync();
        await good.SignInWithAsync(person);
        Assert.NotNull(good.LeftFor);
        var before = await person.StoredAsync();
        using var browser = await hub.AtSignInAsync();
        await browser.SignInWithAsync(person, Forged[what]);
        AssertRefused(browser);
        Assert.Equal(what == "an unknown passkey" ? "AAAAAAAAAAAAAAAAAAAAAA" : "", browser.Page!.Document.QuerySelector("form[data-passkey]")!.GetAttribute("data-unknown"));
        Assert.Equal(before!.SignCount, (await person.StoredAsync())!.SignCount);

        // The passkey itself is as good as before.
        await browser.SignInWithAsync(person);
        Assert.NotNull(browser.LeftFor);
    }

    public static TheoryData<string> Mangled => new(Mangling.Keys.Order(StringComparer.Ordinal));

    private static readonly Dictionary<string, Func<JsonObject, string>> Mangling = new()
    {
        ["nothing"] = _ => "",
        ["no JSON"] = _ => "{",
        ["null"] = _ => "null",
        ["a list"] = good => new JsonArray(good.DeepClone()).ToJsonString(),
        ["a number"] = _ => "1",
        ["deep"] = _ => new string('[', 5000) + new string(']', 5000),
        ["signature of another bit"] = good => Change(good, "signature", bytes => bytes[^1] ^= 1),
        ["no signature"] = good => Without(good, "signature"),
        ["data of another bit"] = good => Change(good, "authenticatorData", bytes => bytes[36] ^= 1),
        ["data cut short"] = good => Set(good, "authenticatorData", "AAAA"),
        ["data with more behind"] = good => Set(good, "authenticatorData", good["response"]!["authenticatorData"]!.GetValue<string>()[..48] + "AAAA"),
        ["client data with a space"] = good => Change(good, "clientDataJSON", bytes => bytes[^1] = (byte)' '),
        ["client data that is none"] = good => Set(good, "clientDataJSON", "AAAA"),
        ["id is a number"] = good => Top(good, "id", 5),
        ["rawId is another"] = good => Top(good, "rawId", "AAAA"),
        ["another type"] = good => Top(good, "type", "password"),
        ["type is a list"] = good => Top(good, "type", new JsonArray("public-key")),
        ["response is a text"] = good => Top(good, "response", "x"),
        ["handle is a number"] = good => Set(good, "userHandle", 7),
        ["id twice"] = good => good.ToJsonString().Replace("{\"id\":", "{\"id\":\"AAAA\",\"id\":", StringComparison.Ordinal),
        ["signature twice"] = good => good.ToJsonString().Replace("\"signature\":", "\"signature\":\"AAAA\",\"signature\":", StringComparison.Ordinal),
        ["signature in other letters only"] = good => good.ToJsonString().Replace("\"signature\":", "\"Signature\":", StringComparison.Ordinal),
        ["base64 with padding"] = good => Set(good, "signature", good["response"]!["signature"]!.GetValue<string>() + "="),
        ["huge within the limit"] = good => Set(good, "signature", new string('A', 60_000)),
    };

    [Theory, MemberData(nameof(Mangled))]
    public async Task What_cannot_be_read_in_one_way_only_gets_the_one_answer(string what)
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AtSignInAsync();
        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.WholeOptions));
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, Mangling[what](sent));
        AssertRefused(browser);
        Assert.Equal(0, (await person.StoredAsync())!.SignCount);
    }

    [Fact]
    public async Task A_field_twice_gets_the_one_answer_and_more_than_64_KiB_are_not_read()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AtSignInAsync();
        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.WholeOptions)).ToJsonString();
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, sent, ("credential", sent));
        AssertRefused(browser);
        using var answer = await browser.Client.PostAsync($"{PasskeyBrowser.Whole}&tx={browser.Tx()}", new FormUrlEncodedContent([KeyValuePair.Create("credential", new string('x', 70_000))]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact, Spec("WebAuthn Level 3", "7.2")]
    public async Task An_answer_is_good_once_and_the_newest_question_counts()
    {
        var person = await fixture.WithPasskeyAsync();
        person.Authenticator.CountsBy = 0;
        using var browser = await hub.AtSignInAsync();
        var former = await browser.OptionsAsync(PasskeyBrowser.WholeOptions);
        var newest = await browser.OptionsAsync(PasskeyBrowser.WholeOptions);
        Assert.NotEqual(former.GetProperty("challenge").GetString(), newest.GetProperty("challenge").GetString());
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, person.Authenticator.Get(former));
        AssertRefused(browser);

        // The try used up what was asked: a right answer to it comes too late.
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, person.Authenticator.Get(newest));
        AssertRefused(browser);

        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.WholeOptions));
        var page = browser.Page!;
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, sent);
        Assert.NotNull(browser.LeftFor);

        // Replayed in this sign-in, which is over, and in another.
        await browser.ShowAsync(page.Response);
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, sent);
        Assert.Contains("This sign-in is over", browser.Page!.Text, StringComparison.Ordinal);
        using var other = await hub.AtSignInAsync();
        await other.OptionsAsync(PasskeyBrowser.WholeOptions);
        await other.SendCredentialAsync(PasskeyBrowser.Whole, sent);
        AssertRefused(other);
    }

    [Fact]
    public async Task An_answer_that_was_not_asked_for_or_is_asked_of_another_browser_is_refused()
    {
        var person = await fixture.WithPasskeyAsync();
        using var asked = await hub.AtSignInAsync();
        using var other = await hub.AtSignInAsync();
        var sent = person.Authenticator.Get(await asked.OptionsAsync(PasskeyBrowser.WholeOptions));
        await other.SendCredentialAsync(PasskeyBrowser.Whole, sent);
        AssertRefused(other);
        await other.PostAsync($"{PasskeyBrowser.Whole}&tx={asked.Tx()}", [KeyValuePair.Create("credential", sent.ToJsonString())]);
        Assert.Contains("This sign-in is over", other.Page!.Text, StringComparison.Ordinal);
        await asked.SendCredentialAsync(PasskeyBrowser.Whole, sent);
        Assert.NotNull(asked.LeftFor);
    }

    [Fact]
    public async Task What_was_asked_stands_for_five_minutes()
    {
        await using var own = await RunningHub.StartAsync(SampleDirectory.Json);
        var user = await own.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Dana));
        var person = new PasskeyPerson(own, user!.Id, SampleDirectory.Dana);
        await person.EnrolDirectlyAsync();
        using var browser = await own.AtSignInAsync();
        var options = await browser.OptionsAsync(PasskeyBrowser.WholeOptions);
        own.Time.Advance(TimeSpan.FromMinutes(5));
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, person.Authenticator.Get(options));
        AssertRefused(browser);
        options = await browser.OptionsAsync(PasskeyBrowser.WholeOptions);
        own.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, person.Authenticator.Get(options));
        Assert.Equal("Choose an account", browser.Page!.Document.QuerySelector("h1")!.TextContent);
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.3.8")]
    public async Task Frozen_inactive_and_removed_get_the_one_answer()
    {
        var frozen = await fixture.WithPasskeyAsync();
        var inactive = await fixture.WithPasskeyAsync();
        var removed = await fixture.WithPasskeyAsync();
        var place = (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, inactive.UserId))).Single();
        await hub.WriteAsync(async transaction =>
        {
            await UserLifecycle.DeactivateAsync(transaction, place.Id);
            await OwnFactors.RemoveAsync(transaction, removed.UserId, FactorKind.Passkey, removed.Authenticator.Passkeys[0].Id, "", endOthers: false);
            return true;
        });
        fixture.Execute($"""UPDATE "Users" SET "FrozenAt" = 1 WHERE "Id" = '{frozen.UserId}'""");
        foreach (var person in (PasskeyPerson[])[frozen, inactive, removed])
        {
            using var browser = await hub.AtSignInAsync();
            await browser.SignInWithAsync(person);
            AssertRefused(browser);
            Assert.Equal(0, (await person.StoredAsync())?.SignCount ?? 0);
        }
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_sixty_four_parallel_answers_one_wins()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AtSignInAsync();
        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.WholeOptions)).ToJsonString();
        var address = $"{PasskeyBrowser.Whole}&tx={browser.Tx()}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => browser.Client.PostAsync(address, new FormUrlEncodedContent([KeyValuePair.Create("credential", sent)]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.3.1")]
    public async Task Tries_are_counted_with_those_of_passwords_from_the_same_address()
    {
        await using var own = await RunningHub.StartAsync(SampleDirectory.Json, configure: null);
        using var browser = own.NewBrowser(IPAddress.Parse("127.0.0.9"));
        await browser.GoAsync(SampleDirectory.Portal(own).AuthorizeAddress());
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 310 && statuses.LastOrDefault() != HttpStatusCode.TooManyRequests; i++)
        {
            await browser.SendCredentialAsync(PasskeyBrowser.Whole, "{}");
            statuses.Add(browser.Page!.Status);
        }

        Assert.Equal(301, statuses.Count);
        Assert.NotNull(browser.Page!.Response.Headers.RetryAfter);
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Page!.Status);
    }

    [Theory, InlineData("cross-site"), InlineData("same-site")]
    public async Task Neither_options_nor_answer_are_taken_from_another_site(string site)
    {
        using var browser = await hub.AtSignInAsync();
        foreach (var path in (string[])[PasskeyBrowser.Whole, PasskeyBrowser.WholeOptions, PasskeyBrowser.FactorOptions, PasskeyBrowser.EnrolOptions])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}&tx={browser.Tx()}") { Content = new FormUrlEncodedContent([]) };
            request.Headers.Add("Sec-Fetch-Site", site);
            using var answer = await browser.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Without_script_the_page_is_as_before_and_with_it_runs_one_file_of_the_hubs_own()
    {
        using var browser = await hub.AtSignInAsync();
        Pages.AssertHeaders(browser.Page!.Response);
        Assert.Contains("script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'", Pages.Header(browser.Page.Response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("username", browser.Page.Document.QuerySelector("#username")!.GetAttribute("autocomplete"));
        Assert.True(browser.Page.Document.QuerySelector("form[data-passkey]")!.HasAttribute("hidden"));
        var script = Assert.Single(browser.Page.Document.QuerySelectorAll("script")).GetAttribute("src")!;
        using var answer = await hub.NewClient().GetAsync(script);
        Assert.Equal("text/javascript; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("immutable", Pages.Header(answer, "Cache-Control"), StringComparison.Ordinal);
    }

    private static void AssertRefused(Browser browser)
    {
        Assert.Null(browser.LeftFor);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Equal(PasskeyHub.OnlyAnswer, browser.Page.Alert);
        Assert.True(browser.Page.Asks("current-password"));
        Assert.Null(Pages.Cookie(browser.Page.Response, "hub-session"));
        Pages.AssertHeaders(browser.Page.Response);
    }

    private static string Change(JsonObject good, string field, Action<byte[]> change)
    {
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(good["response"]![field]!.GetValue<string>());
        change(bytes);
        return Set(good, field, System.Buffers.Text.Base64Url.EncodeToString(bytes));
    }

    private static string Set(JsonObject good, string field, JsonNode value)
    {
        good["response"]![field] = value;
        return good.ToJsonString();
    }

    private static string Without(JsonObject good, string field)
    {
        good["response"]!.AsObject().Remove(field);
        return good.ToJsonString();
    }

    private static string Top(JsonObject good, string field, JsonNode value)
    {
        good[field] = value;
        return good.ToJsonString();
    }
}
