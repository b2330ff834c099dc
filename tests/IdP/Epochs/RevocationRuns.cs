using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>Lets each trigger happen once, to a person, clients and a twin of its own, and remembers what it did.</summary>
public sealed class RevocationRuns : IAsyncLifetime
{
    private const string Home = "home", Guest = "guest", Seat = "console", Secret = "secret-0123456789abcdef0123456789abcdef";
    private static readonly byte[] TotpSecret = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];

    private readonly Dictionary<Trigger, Task<Run>> runs = [];
    private readonly string passwordHash = new PasswordHashing().Hash(SampleDirectory.Password);
    private RunningHub hub = null!;
    private string provisioning = "";

    public sealed record Run(IReadOnlyDictionary<Artefact, bool> Before, IReadOnlyDictionary<Artefact, bool> After, bool Told, IReadOnlyList<string> TouchedOfTwin);

    private sealed record Person(string UserId, string Membership, string UserName, string Invitee, RelyingApp Jwt, RelyingApp Opaque);

    private sealed record Twin(Browser Browser, string UserId, RelyingApp App)
    {
        public required string AccessToken { get; set; }
        public required string RefreshToken { get; set; }
    }

    /// <summary>Everything that a person holds, each with the question whether it is good.</summary>
    private sealed record Held(Dictionary<Artefact, Func<Task<bool>>> Questions, Browser Browser, string IdToken, string AccessToken, string RefreshToken, string SessionId)
    {
        public string RefreshToken { get; set; } = RefreshToken;
    }

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync($$"""
            { "applications": [ { "id": "{{Seat}}", "name": "Console", "seated": true } ],
              "accounts": [ { "id": "{{Home}}", "name": "Home", "seats": { "{{Seat}}": 100 } }, { "id": "{{Guest}}", "name": "Guest" } ] }
            """);
        await hub.WriteAsync(transaction => MakeUserAsync(transaction, "keeper@home.example", Role.Administrator));
        provisioning = ((ProvisioningTokens.MakeResult.Made)await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, Home, "hr", null))).Token;
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    public Task<Run> OfAsync(Trigger trigger) => runs.TryGetValue(trigger, out var run) ? run : runs[trigger] = RunAsync(trigger);

    private async Task<Run> RunAsync(Trigger trigger)
    {
        var person = await MakePersonAsync(trigger);
        using var browser = hub.NewBrowser();
        using var other = hub.NewBrowser();
        using var twinBrowser = hub.NewBrowser();

        // Asked of one set of things before, and of another after: asking uses some up.
        var before = await AskAsync(await HoldAsync(person, browser, other));
        hub.Time.Advance(TimeSpan.FromSeconds(60));
        using var next = hub.NewBrowser();
        var held = await HoldAsync(person, browser, next);
        var twin = trigger == Trigger.LifetimeOver ? await LiveLongAsync(person, held, twinBrowser) : await MakeTwinAsync(trigger, twinBrowser);
        var since = hub.Time.Now;
        Assert.Equal(0, await NoticesAsync(person, since));
        await HappenAsync(trigger, person, held, twin);
        if (RevocationTable.Lines[trigger].Told)
        {
            await Wire.EventuallyAsync(async () => await NoticesAsync(person, since) > 0, $"{trigger}: the app's notice was queued");
        }

        var isTold = await NoticesAsync(person, since) > 0;
        var after = await AskAsync(held);
        var touched = await TouchedAsync(twin);
        if (trigger == Trigger.AccountSuspended)
        {
            Assert.Equal(AccountLifecycle.ChangeResult.Changed, await hub.WriteAsync(transaction => AccountLifecycle.ResumeAsync(transaction, Home)));
        }

        return new(before, after, isTold, touched);
    }

    private static async Task<IReadOnlyDictionary<Artefact, bool>> AskAsync(Held held)
    {
        var answers = new Dictionary<Artefact, bool>();
        foreach (var artefact in Enum.GetValues<Artefact>())
        {
            answers[artefact] = await held.Questions[artefact]();
        }

        return answers;
    }

    private async Task<Held> HoldAsync(Person person, Browser browser, Browser other)
    {
        async Task<string> CodeAsync(RelyingApp app, string scope) => (await app.SignInAsync(
            browser, person.UserName, SampleDirectory.Password, Base32.Encode(TotpSecret), account: Home,
            changes: [("account", Home), ("scope", scope), ("prompt", scope.Contains("offline", StringComparison.Ordinal) ? "consent" : null)]))["code"];
        async Task<JsonAnswer> TokensAsync(RelyingApp app, string scope)
        {
            var answer = await app.RedeemAsync(await CodeAsync(app, scope));
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
            return answer;
        }

        var online = await TokensAsync(person.Jwt, "openid account");
        var offline = await TokensAsync(person.Jwt, "openid account offline_access");
        var opaque = await TokensAsync(person.Opaque, "openid account");
        await browser.GoAsync("/me");
        var console = Text($"""SELECT "Id" FROM "Grants" WHERE "UserId" = '{person.UserId}' AND "ClientId" = '{ConsoleRegistration.ClientId}' ORDER BY "CreatedAt" DESC LIMIT 1""");
        var code = await CodeAsync(person.Jwt, "openid account");
        await other.GoAsync(person.Jwt.AuthorizeAddress(("account", Home)));
        await other.SubmitAsync(("username", person.UserName), ("current-password", SampleDirectory.Password));
        Assert.True(other.Page!.Asks("one-time-code"), other.Page.Text);
        var remembered = await hub.WriteAsync(transaction => RememberedDevices.RememberAsync(transaction, person.UserId, null));
        var invitation = (Invitations.InviteResult.LinkMade)await hub.WriteAsync(transaction => Invitations.MakeLinkAsync(transaction, person.Invitee, hub.Issuer));
        var reset = await ResetTokenAsync(person);
        Assert.True(console.Length > 0, "the console has a session: " + browser.Page?.Text);
        Held held = null!;
        var questions = new Dictionary<Artefact, Func<Task<bool>>>
        {
            [Artefact.AccessJwt] = () => IsActiveAsync(person.Jwt, held.AccessToken),
            [Artefact.AccessOpaque] = () => IsActiveAsync(person.Opaque, opaque.Text("access_token")),
            [Artefact.Presence] = async () => await PresenceAsync(held.AccessToken) == HttpStatusCode.NoContent,
            [Artefact.Refresh] = async () => (await person.Jwt.RefreshAsync(held.RefreshToken)).Status == HttpStatusCode.OK,
            [Artefact.OfflineRefresh] = async () => (await person.Jwt.RefreshAsync(offline.Text("refresh_token"))).Status == HttpStatusCode.OK,
            [Artefact.Code] = async () => (await person.Jwt.RedeemAsync(code)).Status == HttpStatusCode.OK,
            [Artefact.Session] = () => SilentAsync(browser, person.Opaque),
            [Artefact.ConsoleSession] = () => hub.ReadAsync(reader => Task.FromResult(Grants.FindLive(reader, console) is not null)),
            [Artefact.RememberedBrowser] = async () => remembered is { } cookie && await hub.WriteAsync(transaction => RememberedDevices.TryUseAsync(transaction, person.UserId, cookie.Secret)),
            [Artefact.InvitationLink] = async () => await hub.ReadAsync(reader => Invitations.FindAsync(reader, TokenOf(invitation.Link))) is Invitations.Standing.Open,
            [Artefact.ResetLink] = async () => await hub.ReadAsync(reader => PasswordResets.FindAsync(reader, reset)) is PasswordResets.Standing.Open,
            [Artefact.ProvisioningToken] = async () => await ScimAsync(provisioning) == HttpStatusCode.OK,
            [Artefact.SignInUnderWay] = () => FinishSignInAsync(other),
        };
        return held = new(questions, browser, online.Text("id_token"), online.Text("access_token"), online.Text("refresh_token"), Text($"""SELECT "SessionId" FROM "Grants" WHERE "Id" = '{console}'"""));
    }

    private async Task HappenAsync(Trigger trigger, Person person, Held held, Twin twin)
    {
        switch (trigger)
        {
            case Trigger.Deactivated: await BothAsync(person, UserLifecycle.DeactivateAsync); break;
            case Trigger.Deleted: await BothAsync(person, UserLifecycle.DeleteAsync); break;
            case Trigger.PasswordChanged: await DoAsync(transaction => Passwords.SetAsync(transaction, person.UserId, passwordHash)); break;
            case Trigger.FactorReplaced: await DoAsync(transaction => SecondFactors.PutTotpAsync(transaction, person.UserId, [.. TotpSecret.Reverse()])); break;
            case Trigger.RoleLowered: await DoAsync(transaction => Memberships.ChangeRoleAsync(transaction, person.Membership, Role.User)); break;
            case Trigger.LevelLowered: await DoAsync(transaction => Memberships.ChangeLevelAsync(transaction, person.Membership, null)); break;
            case Trigger.SeatTaken: await DoAsync(transaction => Seats.ReleaseAsync(transaction, person.Membership, Seat)); break;
            case Trigger.ClientDisabled:
                await DoAsync(transaction =>
                {
                    var client = Clients.Find(transaction, person.Jwt.ClientId)!;
                    client.Disabled = true;
                    return Clients.PutAsync(transaction, client);
                });
                break;
            case Trigger.AccountSuspended: await DoAsync(transaction => AccountLifecycle.SuspendAsync(transaction, Home)); break;
            case Trigger.SignedOutAtTheHub:
                await held.Browser.GoAsync("/end-session");
                await held.Browser.PressAsync("Sign out");
                break;
            case Trigger.SignedOutByAnApp: await held.Browser.GoAsync("/end-session?id_token_hint=" + held.IdToken); break;
            case Trigger.SignedOutByAdministrator: await DoAsync(transaction => MemberActs.SignOutEverywhereAsync(transaction, Home, person.Membership)); break;
            case Trigger.SessionEndedByOwner:
                var mine = (await hub.ReadAsync(reader => OwnSessions.ListAsync(reader, person.UserId, held.SessionId))).Single(session => session.IsThis);
                Assert.True(await hub.WriteAsync(transaction => OwnSessions.EndAsync(transaction, person.UserId, mine.Handle)));
                break;
            case Trigger.AppDisconnected: await DoAsync(transaction => ConnectedApps.DisconnectAsync(transaction, person.UserId, person.Jwt.ClientId)); break;
            case Trigger.RefreshTokenRevoked: await person.Jwt.RevokeAsync(held.RefreshToken); break;
            case Trigger.AccessTokenRevoked: await person.Jwt.RevokeAsync(held.AccessToken); break;
            case Trigger.IdleTooLong:
                await PassAsync(TimeSpan.FromMinutes(35), twin);
                await PassAsync(TimeSpan.FromMinutes(35), twin);
                break;
            case Trigger.LifetimeOver: await PassAsync(TimeSpan.FromMinutes(49), twin); break;
            default: throw new ArgumentOutOfRangeException(nameof(trigger), trigger, null);
        }
    }

    /// <summary>The person uses their app all day, until little is left of it; the twin signs in late.</summary>
    private async Task<Twin> LiveLongAsync(Person person, Held held, Browser twinBrowser)
    {
        for (var i = 0; i < 14; i++)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(49));
            var answer = await person.Jwt.RefreshAsync(held.RefreshToken);
            Assert.True(answer.Status == HttpStatusCode.OK, $"round {i}: {answer.Body}");
            held.RefreshToken = answer.Text("refresh_token");
        }

        return await MakeTwinAsync(Trigger.LifetimeOver, twinBrowser);
    }

    private async Task PassAsync(TimeSpan time, Twin twin)
    {
        hub.Time.Advance(time);
        var answer = await twin.App.RefreshAsync(twin.RefreshToken);
        (twin.AccessToken, twin.RefreshToken) = (answer.Text("access_token"), answer.Text("refresh_token"));
    }

    private async Task<Twin> MakeTwinAsync(Trigger trigger, Browser browser)
    {
        var app = new RelyingApp(hub, (trigger == Trigger.ClientDisabled ? "opaque" : "jwt") + (int)trigger, Secret, $"https://{(trigger == Trigger.ClientDisabled ? "opaque" : "jwt")}{(int)trigger}.example/cb");
        var name = $"twin{(int)trigger}@guest.example";
        var user = await hub.WriteAsync(async transaction =>
        {
            var (id, home) = await MakeUserAsync(transaction, name, Role.User, trigger == Trigger.AccountSuspended ? Guest : Home);
            if (trigger == Trigger.SeatTaken)
            {
                await Seats.AssignAsync(transaction, home, Seat);
            }

            return id;
        });
        var twin = new Twin(browser, user, app) { AccessToken = "", RefreshToken = "" };
        await SignInAsync(twin);
        return twin;
    }

    private async Task SignInAsync(Twin twin)
    {
        var name = Text($"""SELECT "UserName" FROM "Users" WHERE "Id" = '{twin.UserId}'""");
        var answer = await twin.App.RedeemAsync((await twin.App.SignInAsync(twin.Browser, name, SampleDirectory.Password, changes: [("scope", "openid account")]))["code"]);
        (twin.AccessToken, twin.RefreshToken) = (answer.Text("access_token"), answer.Text("refresh_token"));
    }

    private async Task<List<string>> TouchedAsync(Twin twin)
    {
        (string What, bool Good)[] all =
        [
            ("access token", await IsActiveAsync(twin.App, twin.AccessToken)), ("refresh token", (await twin.App.RefreshAsync(twin.RefreshToken)).Status == HttpStatusCode.OK),
            ("session", await SilentAsync(twin.Browser, twin.App)), ("told", (await hub.ReadAsync(reader => Deliveries.OfUserAsync(reader, twin.UserId))).Count == 0),
        ];
        return [.. all.Where(one => !one.Good).Select(one => one.What)];
    }

    private static async Task<bool> SilentAsync(Browser browser, RelyingApp app)
    {
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "none"), ("scope", "openid")));
        return browser.LeftFor is not null && RelyingApp.Callback(browser).ContainsKey("code");
    }

    private static async Task<bool> IsActiveAsync(RelyingApp app, string token)
    {
        var active = (await app.IntrospectAsync(token)) is { Status: HttpStatusCode.OK } answer && answer.Body.GetProperty("active").GetBoolean();
        Assert.Equal(active, (await app.UserInfoAsync(token)).Status == HttpStatusCode.OK);
        return active;
    }

    private async Task<bool> FinishSignInAsync(Browser other)
    {
        hub.Time.Advance(TimeSpan.FromSeconds(30));
        await other.SubmitAsync(("one-time-code", Totp.CodeAt(TotpSecret, Totp.StepAt(hub.Time.Now))));
        return other.LeftFor is not null && RelyingApp.Callback(other).ContainsKey("code");
    }

    private async Task<HttpStatusCode> PresenceAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/presence");
        request.Headers.Authorization = new("Bearer", token);
        return (await hub.NewClient().SendAsync(request)).StatusCode;
    }

    private async Task<HttpStatusCode> ScimAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/Users?count=1");
        request.Headers.Authorization = new("Bearer", token);
        return (await hub.NewClient().SendAsync(request)).StatusCode;
    }

    private async Task<string> ResetTokenAsync(Person person)
    {
        Assert.IsType<PasswordResets.StartResult.Sent>(await hub.WriteAsync(transaction => PasswordResets.StartAsync(transaction, person.UserId, hub.Issuer, requestedByAdministrator: true)));
        return TokenOf(Pickup.Link((await Pickup.MailsAsync(hub, person.UserName)).Last(mail => mail.Contains("/reset/password?token=", StringComparison.Ordinal))));
    }

    private static string TokenOf(string link) => System.Web.HttpUtility.ParseQueryString(new Uri(link).Query)["token"]!;

    private async Task BothAsync(Person person, Func<HubTransaction, string, Task<UserLifecycle.StatusResult>> operation)
    {
        foreach (var membership in (string[])[person.Membership, person.Invitee])
        {
            Assert.Equal(UserLifecycle.StatusResult.Changed, await hub.WriteAsync(transaction => operation(transaction, membership)));
        }
    }

    private async Task DoAsync<T>(Func<HubTransaction, Task<T>> operation)
    {
        var result = await hub.WriteAsync(operation);
        Assert.True(result is true or Memberships.ChangeResult.Changed or AccountLifecycle.ChangeResult.Changed or MemberActResult.Done, result?.ToString());
    }

    private Task<bool> DoAsync(Func<HubTransaction, Task> operation) => hub.WriteAsync(async transaction =>
    {
        await operation(transaction);
        return true;
    });

    /// <summary>How often an app was told of this person, or is to be.</summary>
    /// <remarks>Nobody listens there, so what is queued stays so.</remarks>
    private async Task<int> NoticesAsync(Person person, DateTimeOffset since) =>
        (await hub.ReadAsync(reader => Deliveries.OfUserAsync(reader, person.UserId))).Count(delivery => delivery.ClientId == person.Jwt.ClientId && delivery.At >= since);

    private string Text(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    private async Task<Person> MakePersonAsync(Trigger trigger)
    {
        var number = (int)trigger;
        var name = $"person{number}@home.example";
        var hasher = hub.Services.GetRequiredService<ClientSecret>();
        return await hub.WriteAsync(async transaction =>
        {
            var (user, home) = await MakeUserAsync(transaction, name, trigger == Trigger.RoleLowered ? Role.Administrator : Role.User);
            await SecondFactors.PutTotpAsync(transaction, user, TotpSecret);
            await Memberships.AddAsync(transaction, new(user, Guest, Role.User, null, MembershipStatus.Active));
            Assert.IsType<Seats.AssignResult.Assigned>(await Seats.AssignAsync(transaction, home, Seat));
            if (trigger == Trigger.LevelLowered)
            {
                await Memberships.ChangeLevelAsync(transaction, home, PermissionLevel.Support);
            }

            var invitee = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new($"invitee{number}@home.example", null, null, null, false, false));
            var invited = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(invitee.User.Id, Home, Role.User, null, MembershipStatus.Active));
            foreach (var kind in (string[])["jwt", "opaque"])
            {
                await Clients.PutAsync(transaction, new ClientMetadata
                {
                    ClientId = kind + number, RedirectUris = [$"https://{kind}{number}.example/cb"], GrantTypes = ["authorization_code", "refresh_token"], AccessTokenFormat = kind == "opaque" ? "opaque" : "jwt",
                    Scope = "openid account offline_access", RequireSeat = trigger == Trigger.SeatTaken && kind == "jwt" ? Seat : null, BackchannelLogoutUri = "http://127.0.0.1:9/logout",
                }.ToClient(hasher.Hash(Secret), disabled: false, transaction.Now));
            }

            return new Person(user, home, name, invited.Membership.Id, App("jwt"), App("opaque"));
        });

        RelyingApp App(string kind) => new(hub, kind + number, Secret, $"https://{kind}{number}.example/cb");
    }

    private async Task<(string UserId, string MembershipId)> MakeUserAsync(HubTransaction transaction, string name, Role role, string account = Home)
    {
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, null, null, name, true, Operator: false));
        await Passwords.SetAsync(transaction, created.User.Id, passwordHash);
        var home = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, account, role, null, MembershipStatus.Active));
        return (created.User.Id, home.Membership.Id);
    }
}
