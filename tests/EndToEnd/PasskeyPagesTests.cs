using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Passkeys in a real browser with a virtual authenticator: made, used from the name field, by the button and after the password, removed, copied.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class PasskeyPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Refusal = "E-mail or password is not right, or you cannot sign in. Try again, or ask your administrator.";
    private HubProcess hub = null!;
    private WebApplication app = null!;

    /// <summary>The address that the apps want people back at: a page that says nothing.</summary>
    private string Callback => app.Urls.Single() + "/callback";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/callback", () => Results.Content("<!doctype html><html lang=\"en\"><title>App</title><link rel=\"icon\" href=\"data:,\"><h1>Here</h1></html>", "text/html"));
        await app.StartAsync();
        var directory = JsonNode.Parse(SampleDirectory.Json)!;
        directory["clients"]!.AsArray().Add(JsonNode.Parse(
            $$"""
            { "client_id": "vault", "client_name": "Vault", "redirect_uris": [ "{{SampleDirectory.NativeRedirect}}" ], "application_type": "native",
              "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "none", "scope": "openid", "require_mfa": true }
            """));
        hub = await HubProcess.StartAsync(directory.ToJsonString());
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await app.DisposeAsync();
    }

    [Fact, Spec("WebAuthn Level 3", "7.1"), Spec("WebAuthn Level 3", "7.2")]
    public async Task A_passkey_is_made_gives_the_second_factor_and_then_signs_in_by_the_button()
    {
        await using var pat = await chromium.NewVisitorAsync();
        var authenticator = await VirtualAuthenticator.AddAsync(pat);
        await EnrolAsync(pat, authenticator, SampleDirectory.Pat);

        // Enrolling raised nothing: the passkey is asked for.
        await authenticator.TouchAsync(() => pat.PressAsync("Use your passkey"), () => pat.Page.WaitForURLAsync("**/sign-in/enrol?*"));
        await KeepCodesAsync(pat);

        await pat.Context.ClearCookiesAsync();
        await pat.GoAsync(Authorize("native"));
        await Gallery.HangAsync(pat, "passkey-sign-in");
        await authenticator.TouchAsync(() => pat.PressAsync("Sign in with a passkey"), () => pat.Page.WaitForURLAsync(Callback + "?code=*"));
        pat.HasNoComplaints();
    }

    /// <summary>Who has a second factor now keeps the recovery codes that come with it.</summary>
    private async Task KeepCodesAsync(Visitor visitor)
    {
        await visitor.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await visitor.PressAsync("Go on");
        await visitor.Page.WaitForURLAsync(Callback + "?code=*");
    }

    [Fact]
    public async Task The_name_field_offers_the_passkey_without_anything_being_pressed()
    {
        await using var pat = await chromium.NewVisitorAsync();
        var authenticator = await VirtualAuthenticator.AddAsync(pat);
        await EnrolAsync(pat, authenticator, SampleDirectory.Pat);
        await pat.Context.ClearCookiesAsync();
        await authenticator.TouchAsync(() => pat.GoAsync(Authorize("native")), () => pat.Page.WaitForURLAsync(Callback + "?code=*"));
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task A_passkey_that_was_removed_is_refused_in_plain_words_and_the_password_still_works()
    {
        await using var pat = await chromium.NewVisitorAsync();
        var authenticator = await VirtualAuthenticator.AddAsync(pat);
        await EnrolAsync(pat, authenticator, SampleDirectory.Pat);
        await pat.Context.ClearCookiesAsync();
        hub.Execute("""DELETE FROM "Passkeys" """);
        await pat.GoAsync(Authorize("native"));
        await authenticator.TouchAsync(() => pat.PressAsync("Sign in with a passkey"), () => Assertions.Expect(pat.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(Refusal));
        await Gallery.HangAsync(pat, "passkey-refused");
        await pat.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await pat.Page.WaitForURLAsync(Callback + "?code=*");
        pat.HasNoComplaints();
    }

    [Fact, Spec("WebAuthn Level 3", "6.1.1")]
    public async Task A_copy_of_a_passkey_is_refused()
    {
        await using var pat = await chromium.NewVisitorAsync();
        var authenticator = await VirtualAuthenticator.AddAsync(pat);
        await EnrolAsync(pat, authenticator, SampleDirectory.Pat);
        var copy = await authenticator.OnlyCredentialAsync();
        await authenticator.TouchAsync(() => pat.PressAsync("Use your passkey"), () => pat.Page.WaitForURLAsync("**/sign-in/enrol?*"));
        await KeepCodesAsync(pat);
        await authenticator.PutBackAsync(copy);
        await pat.Context.ClearCookiesAsync();
        await pat.GoAsync(Authorize("native"));
        await authenticator.TouchAsync(() => pat.PressAsync("Sign in with a passkey"), () => Assertions.Expect(pat.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(Refusal));
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task Who_leaves_the_browsers_dialog_is_told_what_to_do_and_may_try_again()
    {
        await using var pat = await chromium.NewVisitorAsync();
        var authenticator = await VirtualAuthenticator.AddAsync(pat, verifies: false);
        await pat.GoAsync(Authorize("native"));
        await pat.PressAsync("Sign in with a passkey");
        await authenticator.BeThereAsync(() => Assertions.Expect(pat.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Nothing was chosen. Try again, or use your password."));
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })).ToBeEnabledAsync();
        await authenticator.RemoveAsync();
        await pat.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await pat.Page.WaitForURLAsync(Callback + "?code=*");
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task Without_script_there_is_no_button_and_the_password_works()
    {
        await using var pat = await chromium.NewVisitorAsync(script: false);
        await pat.GoAsync(Authorize("native"));
        await Assertions.Expect(pat.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })).ToBeHiddenAsync();
        await pat.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await pat.Page.WaitForURLAsync(Callback + "?code=*");
        pat.HasNoComplaints();
    }

    /// <summary>Signs in with the password at an app that requires two factors, and adds a passkey: then the page that asks for it is shown.</summary>
    private async Task EnrolAsync(Visitor visitor, VirtualAuthenticator authenticator, string userName)
    {
        await visitor.GoAsync(Authorize("vault"));
        await visitor.GivePasswordAsync(userName, SampleDirectory.Password);
        await visitor.Page.WaitForURLAsync(hub.Issuer + "/sign-in/enrol?tx=*");
        await visitor.GoAsync(visitor.Page.Url.Replace("/sign-in/enrol", "/sign-in/new-passkey", StringComparison.Ordinal));
        await Gallery.HangAsync(visitor, "passkey-new");
        await visitor.Page.GetByLabel("What you call this passkey").FillAsync("Test key");
        await authenticator.TouchAsync(() => visitor.PressAsync("Add a passkey"), () => visitor.Page.WaitForURLAsync(hub.Issuer + "/sign-in/code?tx=*"));
        await visitor.GoAsync(visitor.Page.Url.Replace("/sign-in/code", "/sign-in/passkey", StringComparison.Ordinal));
        await Gallery.HangAsync(visitor, "passkey-factor");
    }

    private string Authorize(string client) =>
        $"{hub.Issuer}/authorize?client_id={client}&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope=openid&state=s&nonce=n"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    /// <summary>Chromium's own authenticator for tests (WebDriver BiDi's and the DevTools protocol's domain WebAuthn). It answers only while somebody is there.</summary>
    private sealed class VirtualAuthenticator(ICDPSession devTools, string id)
    {
        public static async Task<VirtualAuthenticator> AddAsync(Visitor visitor, bool verifies = true)
        {
            var devTools = await visitor.Context.NewCDPSessionAsync(visitor.Page);
            await devTools.SendAsync("WebAuthn.enable");
            var added = await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = verifies,
                    ["automaticPresenceSimulation"] = false,
                },
            });
            return new(devTools, added!.Value.GetProperty("authenticatorId").GetString()!);
        }

        /// <summary>Does something that asks for it, touches it once, and waits for what comes of that.</summary>
        public async Task TouchAsync(Func<Task> act, Func<Task> until)
        {
            var touched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var name in (string[])["WebAuthn.credentialAsserted", "WebAuthn.credentialAdded"])
            {
                devTools.Event(name).OnEvent += (_, _) => touched.TrySetResult();
            }

            await act();
            await PresenceAsync(true);
            await touched.Task.WaitAsync(TimeSpan.FromSeconds(15));
            await PresenceAsync(false);
            await until();
        }

        /// <summary>Somebody is there until this has come about.</summary>
        public async Task BeThereAsync(Func<Task> until)
        {
            await PresenceAsync(true);
            await until();
            await PresenceAsync(false);
        }

        public async Task<JsonElement> OnlyCredentialAsync()
        {
            var all = await devTools.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id });
            return Assert.Single(all!.Value.GetProperty("credentials").EnumerateArray());
        }

        /// <summary>Replaces what it has by a copy that was made before.</summary>
        public async Task PutBackAsync(JsonElement credential)
        {
            await devTools.SendAsync("WebAuthn.clearCredentials", new() { ["authenticatorId"] = id });
            await devTools.SendAsync("WebAuthn.addCredential", new() { ["authenticatorId"] = id, ["credential"] = credential });
        }

        public async Task RemoveAsync() => await devTools.SendAsync("WebAuthn.removeVirtualAuthenticator", new() { ["authenticatorId"] = id });

        private async Task PresenceAsync(bool enabled) => await devTools.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = id, ["enabled"] = enabled });
    }
}
