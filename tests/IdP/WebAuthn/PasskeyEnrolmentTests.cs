using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.WebAuthn;

/// <summary>Enrolling a passkey in a sign-in that needs a second factor.</summary>
[Collection(PasskeyHub.Collection)]
public sealed class PasskeyEnrolmentTests(PasskeyHub fixture)
{
    private const string Refused = "This passkey could not be added.";
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp Strong => new(hub, "strong", SampleDirectory.PortalSecret, "https://strong.example/cb");

    [Theory, InlineData(false), InlineData(true), Spec("WebAuthn Level 3", "7.1")]
    public async Task A_passkey_is_enrolled_and_then_gives_the_factor_that_is_owed(bool rsa)
    {
        var person = await fixture.PersonAsync();
        person.Authenticator.Rsa = rsa;
        var app = Strong;
        using var browser = await AtEnrolAsync(person, app);
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, person.Authenticator.Create(await browser.OptionsAsync(PasskeyBrowser.EnrolOptions)), ("name", " My \u0007phone "));

        // Enrolling proved nothing yet: the passkey is asked for.
        Assert.Null(browser.LeftFor);
        Assert.Equal("/sign-in/code", browser.Page!.Address.AbsolutePath);
        var enrolled = Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
        Assert.Equal(("My phone", person.Authenticator.Passkeys[0].Id, false), (enrolled.Name, enrolled.Id, enrolled.Synced));
        Assert.Equal("internal hybrid", (await person.StoredAsync())!.Transports);

        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)));

        // Who has a second factor now gets recovery codes, and keeps them before anything is let through.
        Assert.Null(browser.LeftFor);
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        await browser.SendAsync("form[action*='handler=kept']", ("kept", "yes"));
        Assert.Equal(["pwd", "hwk", "user", "mfa"], (await browser.IdTokenAsync(app)).Methods());
        using var whole = await hub.AtSignInAsync();
        await whole.SignInWithAsync(person);
        Assert.NotNull(whole.LeftFor);
        Assert.NotEmpty(await Pickup.MailsAsync(hub, person.UserName));
    }

    [Fact, Spec("WebAuthn Level 3", "5.4")]
    public async Task The_options_are_for_this_user_and_this_hub()
    {
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        var options = await browser.OptionsAsync(PasskeyBrowser.EnrolOptions);
        Assert.Equal(("127.0.0.1", "IdentityHub"), (options.GetProperty("rp").GetProperty("id").GetString(), options.GetProperty("rp").GetProperty("name").GetString()));
        var user = options.GetProperty("user");
        Assert.Equal((SoftwareAuthenticator.HandleOf(person.UserId), person.UserName), (user.GetProperty("id").GetString(), user.GetProperty("name").GetString()));
        Assert.EndsWith("Holder", user.GetProperty("displayName").GetString(), StringComparison.Ordinal);
        Assert.Equal([-7, -257], options.GetProperty("pubKeyCredParams").EnumerateArray().Select(one => one.GetProperty("alg").GetInt32()));
        Assert.Equal("none", options.GetProperty("attestation").GetString());
        var selection = options.GetProperty("authenticatorSelection");
        Assert.Equal(("preferred", "preferred"), (selection.GetProperty("residentKey").GetString(), selection.GetProperty("userVerification").GetString()));
        Assert.Equal(0, options.GetProperty("excludeCredentials").GetArrayLength());
        Assert.Equal(0, fixture.Count($"""SELECT COUNT(*) FROM "SignIns" WHERE "PasskeyState" LIKE '%{person.UserName}%' OR "PasskeyState" LIKE '%Holder%'"""));
    }

    public static TheoryData<string> Forgeries => new(Forged.Keys.Order(StringComparer.Ordinal));

    private static readonly Dictionary<string, Action<PasskeyAnswer>> Forged = new()
    {
        ["another challenge"] = answer => answer.ClientData["challenge"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["another origin"] = answer => answer.ClientData["origin"] = "https://evil.example",
        ["in a frame elsewhere"] = answer => answer.ClientData["crossOrigin"] = true,
        ["of an assertion"] = answer => answer.ClientData["type"] = "webauthn.get",
        ["another relying party"] = answer => answer.RelyingPartyId = "evil.example",
        ["nobody present"] = answer => answer.Flags &= 0xFE,
        ["backed up without being eligible"] = answer => answer.Flags |= SoftwareAuthenticator.BackedUp,
        ["without a key"] = answer => answer.Flags &= 0xBF,
        ["another id"] = answer => answer.Id = "AAAAAAAAAAAAAAAAAAAAAA",
    };

    [Theory, MemberData(nameof(Forgeries)), Spec("WebAuthn Level 3", "7.1")]
    public async Task What_is_wrong_is_refused_and_nothing_is_enrolled(string what)
    {
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, person.Authenticator.Create(await browser.OptionsAsync(PasskeyBrowser.EnrolOptions), Forged[what]));
        await AssertRefusedAsync(browser, person);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_and_nothing_is_enrolled()
    {
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        foreach (var mangle in (Func<JsonObject, string>[])[
            _ => "", _ => "null", good => Set(good, "attestationObject", "AAAA"), good => Set(good, "attestationObject", 5), good => Set(good, "clientDataJSON", null),
            good => good.ToJsonString().Replace("\"attestationObject\":", "\"attestationObject\":\"AAAA\",\"attestationObject\":", StringComparison.Ordinal)])
        {
            var options = await browser.OptionsAsync(PasskeyBrowser.EnrolOptions);
            await browser.SendCredentialAsync(PasskeyBrowser.Enrol, mangle(person.Authenticator.Create(options)));
            await AssertRefusedAsync(browser, person);
        }
    }

    [Fact, Spec("WebAuthn Level 3", "7.1")]
    public async Task A_passkey_that_somebody_has_is_not_enrolled_again_and_an_answer_is_good_once()
    {
        var other = await fixture.WithPasskeyAsync();
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        var options = await browser.OptionsAsync(PasskeyBrowser.EnrolOptions);
        var made = person.Authenticator.Create(options);
        var page = browser.Page!;
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, made);
        Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
        await browser.ShowAsync(page.Response);
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, made);
        Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));

        // The id of another's passkey, in a registration of one's own.
        var thief = await fixture.PersonAsync();
        using var again = await AtEnrolAsync(thief, Strong);
        var copy = new SoftwareAuthenticator(hub);
        var stolen = copy.Create(await again.OptionsAsync(PasskeyBrowser.EnrolOptions), answer => answer.Id = other.Authenticator.Passkeys[0].Id);
        await again.SendCredentialAsync(PasskeyBrowser.Enrol, stolen);
        await AssertRefusedAsync(again, thief);
    }

    [Fact]
    public async Task Of_sixty_four_parallel_registrations_one_is_enrolled()
    {
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        var sent = person.Authenticator.Create(await browser.OptionsAsync(PasskeyBrowser.EnrolOptions)).ToJsonString();
        var address = $"{PasskeyBrowser.Enrol}&tx={browser.Tx()}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => browser.Client.PostAsync(address, new FormUrlEncodedContent([KeyValuePair.Create("credential", sent)]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
    }

    [Fact]
    public async Task Of_eight_browsers_at_once_one_adds_the_first_passkey_and_the_others_would_have_to_give_it()
    {
        var person = await fixture.PersonAsync();
        var sends = new List<Func<Task<HttpResponseMessage>>>();
        for (var i = 0; i < 8; i++)
        {
            var browser = await AtEnrolAsync(person, Strong);
            var sent = new SoftwareAuthenticator(hub).Create(await browser.OptionsAsync(PasskeyBrowser.EnrolOptions)).ToJsonString();
            var address = $"{PasskeyBrowser.Enrol}&tx={browser.Tx()}";
            sends.Add(() => browser.Client.PostAsync(address, new FormUrlEncodedContent([KeyValuePair.Create("credential", sent)])));
        }

        var answers = await Task.WhenAll(sends.Select(send => Task.Run(send)));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
    }

    [Fact]
    public async Task Nothing_is_enrolled_where_nothing_is_to_be()
    {
        var person = await fixture.PersonAsync();
        using var before = await hub.AtSignInAsync(Strong, ("scope", "openid account"));
        using var refused = await before.Client.PostAsync($"{PasskeyBrowser.EnrolOptions}&tx={before.Tx()}", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        await before.GoAsync($"/sign-in/new-passkey?tx={before.Tx()}");
        Assert.True(before.Page!.Asks("current-password"));

        // A second factor that is enrolled is given first: a thief of the password does not add their own.
        await person.EnrolDirectlyAsync();
        using var browser = await hub.AfterPasswordAsync(person, Strong, ("scope", "openid account"));
        using var still = await browser.Client.PostAsync($"{PasskeyBrowser.EnrolOptions}&tx={browser.Tx()}", null);
        Assert.Equal(HttpStatusCode.Conflict, still.StatusCode);
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, new SoftwareAuthenticator(hub).Create(JsonDocument.Parse($$"""{ "challenge": "AAAA", "user": { "id": "{{SoftwareAuthenticator.HandleOf(person.UserId)}}" } }""").RootElement));
        Assert.Single(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
    }

    [Fact]
    public async Task The_page_has_the_form_for_it()
    {
        var person = await fixture.PersonAsync();
        using var browser = await AtEnrolAsync(person, Strong);
        Pages.AssertHeaders(browser.Page!.Response);
        Assert.NotNull(browser.Page.Document.QuerySelector("form[data-passkey=enrol] input[name=name]"));
        Assert.NotNull(browser.Page.Document.QuerySelector("form[data-passkey=enrol] [role=status]"));
        Assert.Contains("let this page run its script", browser.Page.Document.QuerySelector("noscript")!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Signed in with the password at an app that requires a second factor, at the page that adds a passkey.</summary>
    private async Task<Browser> AtEnrolAsync(PasskeyPerson person, RelyingApp app)
    {
        var browser = await hub.AfterPasswordAsync(person, app, ("scope", "openid account"));
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        return await browser.GoAsync($"/sign-in/new-passkey?tx={browser.Tx()}");
    }

    private async Task AssertRefusedAsync(Browser browser, PasskeyPerson person)
    {
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains(Refused, browser.Page.Alert, StringComparison.Ordinal);
        Assert.Empty(await hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, person.UserId)));
        Pages.AssertHeaders(browser.Page.Response);
    }

    private static string Set(JsonObject good, string field, JsonNode? value)
    {
        good["response"]![field] = value;
        return good.ToJsonString();
    }
}
