using System.Net;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>Each thing that happens, and the event that it is.</summary>
[Spec("OpenID CAEP 1.0", "3")]
[Spec("OpenID RISC 1.0", "2")]
public sealed class EventTests : IAsyncLifetime
{
    private RunningHub hub = null!;
    private Receiver receiver = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        receiver = await Receiver.StreamingAsync(hub);
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task<List<Event>> AfterAsync(Func<HubTransaction, Task> work, Actor? actor = null)
    {
        await hub.Services.GetRequiredService<IHubStore>().WriteAsync(actor ?? new Actor.Hub("test"), async transaction =>
        {
            await work(transaction);
            return true;
        });
        return await receiver.TakeAsync();
    }

    private async Task<LiveSession> SessionOfAsync(string userId)
    {
        var (session, _) = (await hub.WriteAsync(transaction => Sessions.StartAsync(transaction, userId, 0, transaction.Now, "pwd")))!.Value;
        return (await hub.ReadAsync(reader => Task.FromResult(Sessions.FindById(reader, session.Id))))!;
    }

    [Fact]
    [Spec("CAEP Interoperability Profile 1.0", "3.1")]
    public async Task Signing_out_revokes_the_session_by_the_sid_that_the_app_knows()
    {
        using var browser = hub.NewBrowser();
        var tokens = await receiver.App.EnterAsync(browser, SampleDirectory.Sam);
        Assert.Empty(await receiver.TakeAsync());
        await browser.GoAsync("/end-session");
        await browser.PressAsync("Sign out");

        var told = Assert.Single(await receiver.TakeAsync());
        Assert.Equal(Receiver.Caep + "session-revoked", told.Type);
        Assert.Equal(tokens.Sid(), told.Part("session"));
        Assert.Equal((await hub.HomeAsync(SampleDirectory.Sam)).UserId, told.Sub);
        Assert.Equal("user", told.Says.GetProperty("initiating_entity").GetString());
        Assert.Null(told.Part("application"));
    }

    [Fact]
    public async Task An_app_that_revokes_its_token_ends_its_part_of_the_session()
    {
        var portal = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var elsewhere = await portal.EnterAsync(browser, SampleDirectory.Sam);
        var own = await receiver.App.EnterAsync(browser, SampleDirectory.Sam);

        // An access token alone ends nothing.
        await portal.RevokeAsync(elsewhere.Text("access_token"));
        Assert.Empty(await receiver.TakeAsync());

        await portal.RevokeAsync(elsewhere.Text("refresh_token"));
        var told = Assert.Single(await receiver.TakeAsync());
        Assert.Equal(("session-revoked", "portal", own.Sid()), (told.Word, told.Part("application"), told.Part("session")));

        // Again, unknown, or another's: nothing is over.
        await portal.RevokeAsync(elsewhere.Text("refresh_token"));
        await portal.RevokeAsync(own.Text("refresh_token"));
        await portal.RevokeAsync("nonsense");
        Assert.Empty(await receiver.TakeAsync());

        await receiver.App.RevokeAsync(own.Text("refresh_token"));
        told = Assert.Single(await receiver.TakeAsync());
        Assert.Equal(("session-revoked", null, own.Sid()), (told.Word, told.Part("application"), told.Part("session")));
    }

    [Fact]
    public async Task Deactivation_is_told_with_every_session_once_and_an_offline_grant_too()
    {
        using var one = hub.NewBrowser();
        using var two = hub.NewBrowser();
        var first = await receiver.App.EnterAsync(one, SampleDirectory.Sam, scope: "openid offline_access", prompt: "consent");
        await one.GoAsync("/end-session");
        await one.PressAsync("Sign out");
        Assert.Single(await receiver.TakeAsync());
        var second = await receiver.App.EnterAsync(two, SampleDirectory.Sam, scope: "openid offline_access", prompt: "consent");
        var place = await hub.HomeAsync(SampleDirectory.Sam);

        var told = await AfterAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id), new Actor.Provisioning("northside", "token"));
        Assert.Equal(new HashSet<string?> { first.Sid(), second.Sid() }, told.Where(one => one.Word == "session-revoked").Select(one => one.Part("session")).ToHashSet());
        Assert.Equal(2, told.Count(one => one.Word == "session-revoked"));
        Assert.All(told.Where(one => one.Word == "session-revoked"), one => Assert.Equal("admin", one.Says.GetProperty("initiating_entity").GetString()));
        var disabled = Assert.Single(told, one => one.Word == "account-disabled");
        Assert.Equal(Receiver.Risc + "account-disabled", disabled.Type);
        Assert.False(disabled.IsComplex);
        Assert.All(told, one => Assert.Equal((place.UserId, disabled.Cause), (one.Sub, one.Cause)));

        Assert.Empty(await AfterAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id)));
        var enabled = Assert.Single(await AfterAsync(transaction => UserLifecycle.ReactivateAsync(transaction, place.Id)));
        Assert.Equal((Receiver.Risc + "account-enabled", place.UserId), (enabled.Type, enabled.Sub));
        Assert.NotEqual(disabled.Cause, enabled.Cause);
    }

    [Fact]
    [Spec("CAEP Interoperability Profile 1.0", "3.2")]
    public async Task Every_change_of_a_credential_is_told_with_its_type()
    {
        var user = (await hub.HomeAsync(SampleDirectory.Sam)).UserId;
        var self = new Actor.Person(user);
        await ExpectAsync("password", "update", "system", transaction => Passwords.SetAsync(transaction, user, "hash"));
        var token = RandomSecret();
        await ExpectAsync("app", "create", "user", transaction => SecondFactors.PutTotpAsync(transaction, user, token), self);
        await ExpectAsync("app", "update", "admin", transaction => SecondFactors.PutTotpAsync(transaction, user, RandomSecret()), new Actor.Person("another"));
        await ExpectAsync("email", "create", "admin", transaction => SecondFactors.NameEmailCodesAsync(transaction, user, "codes@example.net"), new Actor.Provisioning("northside", "token"));
        await ExpectAsync("email", "update", "system", transaction => SecondFactors.PutEmailCodesAsync(transaction, user, "other@example.net"));
        await ExpectAsync("email", "delete", "system", transaction => SecondFactors.NameEmailCodesAsync(transaction, user, null));
        Assert.Empty(await AfterAsync(transaction => SecondFactors.NameEmailCodesAsync(transaction, user, null)));
        await ExpectAsync("recovery-codes", "update", "user", transaction => RecoveryCodes.ReplaceAsync(transaction, user, RecoveryCodes.Make()), self);
        await ExpectAsync("fido2-platform", "create", "user", transaction => Passkeys.TryAddAsync(transaction, Key("inside", "internal hybrid"), "Laptop"), self);
        await ExpectAsync("fido2-roaming", "create", "user", transaction => Passkeys.TryAddAsync(transaction, Key("stick", "usb nfc"), "Stick"), self);

        StoredPasskey Key(string id, string transports) => new(id, user, [1], 0, transports, false, false, hub.Time.Now);
    }

    [Fact]
    public async Task What_people_do_with_their_own_credentials_is_told()
    {
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        var session = await SessionOfAsync(place.UserId);
        var self = new Actor.Person(place.UserId);
        await ExpectAsync("app", "create", "user", transaction => OwnFactors.EnrolTotpAsync(transaction, session, RandomSecret(), 1, endOthers: false), self);
        await ExpectAsync("app", "update", "user", transaction => OwnFactors.EnrolTotpAsync(transaction, session, RandomSecret(), 1, endOthers: false), self);
        await ExpectAsync("email", "create", "user", transaction => OwnFactors.EnrolEmailAsync(transaction, session, "codes@example.net", endOthers: false), self);
        await ExpectAsync("fido2-roaming", "create", "user", transaction => OwnFactors.EnrolPasskeyAsync(transaction, session, new("key", place.UserId, [1], 0, "usb", false, false, hub.Time.Now), "Key", endOthers: false), self);
        await ExpectAsync("fido2-roaming", "delete", "user", transaction => OwnFactors.RemoveAsync(transaction, place.UserId, FactorKind.Passkey, "key", session.Id, endOthers: false), self);
        await ExpectAsync("email", "delete", "user", transaction => OwnFactors.RemoveAsync(transaction, place.UserId, FactorKind.Email, null, session.Id, endOthers: false), self);
        await ExpectAsync("app", "delete", "user", transaction => OwnFactors.RemoveAsync(transaction, place.UserId, FactorKind.Totp, null, session.Id, endOthers: false), self);
        Assert.Empty(await AfterAsync(transaction => OwnFactors.RemoveAsync(transaction, place.UserId, FactorKind.Totp, null, session.Id, endOthers: false), self));

        var changed = await hub.Services.GetRequiredService<OwnPassword>().ChangeAsync(self, SampleDirectory.Password, "another horse battery staple", session.Id, endOthers: false, CancellationToken.None);
        Assert.IsType<OwnPassword.Result.Changed>(changed);
        var told = Assert.Single(await receiver.TakeAsync(), one => one.Word == "credential-change");
        Assert.Equal(("password", "update"), (told.Says.GetProperty("credential_type").GetString(), told.Says.GetProperty("change_type").GetString()));
    }

    private async Task ExpectAsync(string type, string change, string who, Func<HubTransaction, Task> work, Actor? actor = null)
    {
        var told = Assert.Single(await AfterAsync(work, actor), one => one.Word == "credential-change");
        Assert.Equal(
            (type, change, who),
            (told.Says.GetProperty("credential_type").GetString(), told.Says.GetProperty("change_type").GetString(), told.Says.GetProperty("initiating_entity").GetString()));
        Assert.False(told.IsComplex);
    }

    private static byte[] RandomSecret() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(20);

    [Fact]
    public async Task Role_level_and_seats_are_told_as_the_claims_that_they_are_now()
    {
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        await ClaimsAsync("""{"role":"Administrator"}""", transaction => Memberships.ChangeRoleAsync(transaction, place.Id, Role.Administrator));
        await ClaimsAsync("""{"permission_level":"INVOICES"}""", transaction => Memberships.ChangeLevelAsync(transaction, place.Id, PermissionLevel.Invoices));
        await ClaimsAsync("""{"permission_level":null}""", transaction => Memberships.ChangeLevelAsync(transaction, place.Id, null));
        Assert.Empty(await AfterAsync(transaction => Memberships.ChangeLevelAsync(transaction, place.Id, null)));
        var pat = await hub.HomeAsync(SampleDirectory.Pat);
        await ClaimsAsync("""{"seats":[]}""", transaction => Seats.ReleaseAsync(transaction, pat.Id, "expert-console"), pat);
        await ClaimsAsync("""{"seats":["expert-console"]}""", transaction => Seats.AssignAsync(transaction, place.Id, "expert-console"));

        async Task ClaimsAsync(string claims, Func<HubTransaction, Task> work, MembershipView? of = null)
        {
            var told = Assert.Single(await AfterAsync(work));
            Assert.Equal("token-claims-change", told.Word);
            Assert.Equal(claims, told.Says.GetProperty("claims").GetRawText());
            Assert.Equal(((of ?? place).UserId, "northside", null), (told.Sub, told.Part("tenant"), told.Part("session")));
        }
    }

    [Fact]
    public async Task A_seat_taken_ends_that_application_s_part_of_the_session_and_no_other()
    {
        var expert = SampleDirectory.Expert(hub);
        using var browser = hub.NewBrowser();
        var own = await receiver.App.EnterAsync(browser, SampleDirectory.Pat);
        await expert.EnterAsync(browser, SampleDirectory.Pat, scope: "openid");
        var place = await hub.HomeAsync(SampleDirectory.Pat);
        var told = await AfterAsync(transaction => Seats.ReleaseAsync(transaction, place.Id, "expert-console"));
        var revoked = Assert.Single(told, one => one.Word == "session-revoked");
        Assert.Equal(("expert", own.Sid()), (revoked.Part("application"), revoked.Part("session")));
    }

    [Fact]
    public async Task A_step_up_is_told_with_the_levels_before_and_after()
    {
        var portal = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        var tokens = await receiver.App.EnterAsync(browser, SampleDirectory.Sam);
        var session = (await hub.ReadAsync(reader => OwnSessions.ListAsync(reader, place.UserId, null))).Single();
        Assert.Equal("pwd", session.Amr);

        // The same again is no change.
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await browser.GoAsync(portal.AuthorizeAddress(("prompt", "login")));
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        Assert.Empty(await receiver.TakeAsync());

        var live = await SessionOfAsync(place.UserId);
        var told = Assert.Single(await AfterAsync(transaction => Sessions.StepUpAsync(transaction, live.Id, transaction.Now, "pwd otp mfa"), new Actor.Person(place.UserId)));
        Assert.Equal("assurance-level-change", told.Word);
        Assert.Equal(LogoutNotices.SidFor(live.Id, receiver.ClientId), told.Part("session"));
        Assert.NotEqual(tokens.Sid(), told.Part("session"));
        Assert.Equal(
            ("acr", Assurance.MultiFactor, Assurance.SingleFactor, "increase"),
            (Text("namespace"), Text("current_level"), Text("previous_level"), Text("change_direction")));

        string? Text(string name) => told.Says.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_told()
    {
        await receiver.SendAsync(HttpMethod.Patch, "/ssf/stream", new System.Text.Json.Nodes.JsonObject
        {
            ["stream_id"] = receiver.StreamId, ["events_requested"] = new System.Text.Json.Nodes.JsonArray(Receiver.Risc + "account-disabled"),
        });
        using var browser = hub.NewBrowser();
        await receiver.App.EnterAsync(browser, SampleDirectory.Sam);
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        Assert.Equal("account-disabled", Assert.Single(await AfterAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id))).Word);
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_told()
    {
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        Assert.Empty(await AfterAsync(async transaction =>
        {
            await UserLifecycle.DeactivateAsync(transaction, place.Id);
            transaction.RollBack(true);
        }));
    }

    [Theory]
    [InlineData("""{ "format": "iss_sub", "iss": "#", "sub": "$" }""", true)]
    [InlineData("""{ "format": "email", "email": "sam@northside.example" }""", true)]
    [InlineData("""{ "format": "email", "email": "SAM@Northside.Example" }""", true)]
    [InlineData("""{ "format": "iss_sub", "iss": "https://other.example", "sub": "$" }""", false)]
    [InlineData("""{ "format": "iss_sub", "iss": "#", "sub": "unknown" }""", false)]
    [InlineData("""{ "format": "email", "email": "nobody@northside.example" }""", false)]
    [Spec("OpenID Shared Signals Framework 1.0", "8.1.3")]
    [Spec("RFC 9493", "3.2")]
    public async Task A_person_is_taken_out_and_put_back_and_the_answer_never_says_who_exists(string subject, bool matches)
    {
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        var body = $$"""{ "stream_id": "{{receiver.StreamId}}", "subject": {{subject.Replace("#", hub.Issuer, StringComparison.Ordinal).Replace("$", place.UserId, StringComparison.Ordinal)}} }""";
        var removed = await receiver.RawAsync(HttpMethod.Post, "/ssf/subjects/remove", body, "Bearer " + await receiver.TokenAsync());
        Assert.Equal((HttpStatusCode.NoContent, 0L), (removed.Status, removed.Response.Content.Headers.ContentLength ?? 0));
        var told = await AfterAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id));
        Assert.Equal(matches, told.Count == 0);

        var added = await receiver.RawAsync(HttpMethod.Post, "/ssf/subjects/add", body, "Bearer " + await receiver.TokenAsync());
        Assert.Equal((HttpStatusCode.OK, 0L), (added.Status, added.Response.Content.Headers.ContentLength));
        Assert.Equal("account-enabled", Assert.Single(await AfterAsync(transaction => UserLifecycle.ReactivateAsync(transaction, place.Id))).Word);
    }
}
