using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>Lets each trigger happen once, to a person and clients of its own, and remembers what it did to every artefact.</summary>
public sealed class EpochRuns : IAsyncLifetime
{
    public const string Home = "home", Guest = "guest";
    private const string Seat = "console", Secret = "secret-0123456789abcdef0123456789abcdef";

    private readonly Dictionary<string, Dictionary<string, Outcome>> outcomes = [];
    private readonly string passwordHash = new PasswordHashing().Hash(SampleDirectory.Password);
    private RunningHub hub = null!;

    public sealed record Outcome(bool Before, bool After, string Answer);

    /// <summary>A person in two accounts with what they hold at two apps: one with JWTs, one with opaque tokens.</summary>
    private sealed record Person(string UserId, string HomeMembership, string GuestMembership, string UserName, RelyingApp Jwt, RelyingApp Opaque);

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync($$"""
            { "applications": [ { "id": "{{Seat}}", "name": "Console", "seated": true } ],
              "accounts": [ { "id": "{{Home}}", "name": "Home", "seats": { "{{Seat}}": 100 } }, { "id": "{{Guest}}", "name": "Guest", "seats": { "{{Seat}}": 100 } } ] }
            """);
        await hub.WriteAsync(async transaction =>
        {
            await MakeUserAsync(transaction, "keeper@home.example", Role.Administrator);
            return true;
        });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    public async Task<Dictionary<string, Outcome>> OfAsync(string trigger)
    {
        if (!outcomes.TryGetValue(trigger, out var outcome))
        {
            outcomes[trigger] = outcome = await RunAsync(trigger);
        }

        return outcome;
    }

    private async Task<Dictionary<string, Outcome>> RunAsync(string trigger)
    {
        var number = outcomes.Count;
        var person = await MakePersonAsync(number, needsSeat: trigger.EndsWith("needs it", StringComparison.Ordinal) || trigger.EndsWith("given again", StringComparison.Ordinal), trigger);
        var account = trigger.Contains("as a guest", StringComparison.Ordinal) && !trigger.EndsWith("from home", StringComparison.Ordinal) || trigger.EndsWith("from the guest account", StringComparison.Ordinal) ? Guest : Home;
        using var browser = hub.NewBrowser();

        async Task<string> CodeAsync(RelyingApp app, string scope) => (await app.SignInAsync(
            browser, person.UserName, SampleDirectory.Password, changes: [("account", account), ("scope", scope), ("prompt", scope.Contains("offline", StringComparison.Ordinal) ? "consent" : null)]))["code"];
        async Task<JsonAnswer> TokensAsync(RelyingApp app, string scope)
        {
            var answer = await app.RedeemAsync(await CodeAsync(app, scope));
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
            return answer;
        }

        async Task<(bool, string)> SilentAsync()
        {
            await browser.GoAsync(person.Jwt.AuthorizeAddress(("prompt", "none"), ("account", account)));
            var callback = RelyingApp.Callback(browser);
            return (callback.ContainsKey("code"), callback.GetValueOrDefault("error", "") + " " + callback.GetValueOrDefault("error_description", ""));
        }

        async Task<(bool, string)> ActiveAsync(RelyingApp app, string token)
        {
            var information = await app.UserInfoAsync(token);
            var introspection = await app.IntrospectAsync(token);
            var active = introspection.Status == HttpStatusCode.OK && introspection.Body.GetProperty("active").GetBoolean();
            Assert.Equal(active, information.Status == HttpStatusCode.OK);
            return (active, introspection.Body.ToString());
        }

        static (bool, string) Answered(JsonAnswer answer)
        {
            Assert.True((int)answer.Status < 500, answer.Body.ToString());
            return (answer.Status == HttpStatusCode.OK, answer.Body.ToString());
        }

        var online = await TokensAsync(person.Jwt, "openid account");
        var offline = await TokensAsync(person.Jwt, "openid account offline_access");
        var opaque = await TokensAsync(person.Opaque, "openid account");
        var refreshOnline = online.Text("refresh_token");
        var refreshOffline = offline.Text("refresh_token");
        var before = new Dictionary<string, bool>
        {
            ["session"] = (await SilentAsync()).Item1,
            ["code"] = Answered(await person.Jwt.RedeemAsync(await CodeAsync(person.Jwt, "openid account"))).Item1,
            ["jwt"] = (await ActiveAsync(person.Jwt, online.Text("access_token"))).Item1,
            ["opaque"] = (await ActiveAsync(person.Opaque, opaque.Text("access_token"))).Item1,
            ["online"] = true,
            ["offline"] = true,
        };
        refreshOnline = (await person.Jwt.RefreshAsync(refreshOnline)).Text("refresh_token");
        refreshOffline = (await person.Jwt.RefreshAsync(refreshOffline)).Text("refresh_token");
        var code = await CodeAsync(person.Jwt, "openid account");

        await HappenAsync(trigger, person, number, browser, online.Text("id_token"));

        var after = new Dictionary<string, (bool, string)>
        {
            ["jwt"] = await ActiveAsync(person.Jwt, online.Text("access_token")),
            ["opaque"] = await ActiveAsync(person.Opaque, opaque.Text("access_token")),
            ["online"] = Answered401(await person.Jwt.RefreshAsync(refreshOnline)),
            ["offline"] = Answered401(await person.Jwt.RefreshAsync(refreshOffline)),
            ["code"] = Answered401(await person.Jwt.RedeemAsync(code)),
        };
        after["session"] = await SessionAfterAsync();
        return before.ToDictionary(pair => pair.Key, pair => new Outcome(pair.Value, after[pair.Key].Item1, after[pair.Key].Item2));

        static (bool, string) Answered401(JsonAnswer answer) => Answered(answer);

        async Task<(bool, string)> SessionAfterAsync()
        {
            await browser.GoAsync(person.Jwt.AuthorizeAddress(("prompt", "none"), ("account", account)));
            return browser.LeftFor is null ? (false, browser.Page!.Text) : await Again();

            Task<(bool, string)> Again()
            {
                var callback = RelyingApp.Callback(browser);
                return Task.FromResult((callback.ContainsKey("code"), callback.GetValueOrDefault("error", "") + " " + callback.GetValueOrDefault("error_description", "")));
            }
        }
    }

    private Task HappenAsync(string trigger, Person person, int number, Browser browser, string idToken) => trigger switch
    {
        "nothing" => Task.CompletedTask,
        "deactivated at home" or "deactivated at home, seen from the guest account" => DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, person.HomeMembership)),
        "deactivated as a guest" or "deactivated as a guest, seen from home" => DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, person.GuestMembership)),
        "deleted at home" => DoAsync(transaction => UserLifecycle.DeleteAsync(transaction, person.HomeMembership)),
        "deleted as a guest" => DoAsync(transaction => UserLifecycle.DeleteAsync(transaction, person.GuestMembership)),
        "deactivated at home and active again" => DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, person.HomeMembership), transaction => UserLifecycle.ReactivateAsync(transaction, person.HomeMembership)),
        "deactivated as a guest and active again" => DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, person.GuestMembership), transaction => UserLifecycle.ReactivateAsync(transaction, person.GuestMembership)),
        "role lowered" => DoAsync(transaction => Memberships.ChangeRoleAsync(transaction, person.HomeMembership, Role.User)),
        "role raised" => DoAsync(transaction => Memberships.ChangeRoleAsync(transaction, person.HomeMembership, Role.Administrator)),
        "level taken" => DoAsync(transaction => Memberships.ChangeLevelAsync(transaction, person.HomeMembership, null)),
        "level changed" => DoAsync(transaction => Memberships.ChangeLevelAsync(transaction, person.HomeMembership, PermissionLevel.Invoices)),
        "level given" => DoAsync(transaction => Memberships.ChangeLevelAsync(transaction, person.HomeMembership, PermissionLevel.Support)),
        "seat released, the app that needs it" or "seat released, another app" => DoAsync(transaction => Seats.ReleaseAsync(transaction, person.HomeMembership, Seat)),
        "seat released and given again" => DoAsync(transaction => Seats.ReleaseAsync(transaction, person.HomeMembership, Seat), transaction => Seats.AssignAsync(transaction, person.HomeMembership, Seat)),
        "client disabled" => SetDisabledAsync(true, person.Jwt.ClientId, person.Opaque.ClientId),
        "client disabled, another app" => SetDisabledAsync(true, $"spare{number}"),
        "client disabled and enabled again" => DisableAndEnableAsync(person),
        "password changed" => DoAsync(async transaction =>
        {
            await Passwords.SetAsync(transaction, person.UserId, passwordHash);
            return true;
        }),
        "signed out" => browser.GoAsync("/end-session?id_token_hint=" + idToken),
        "another person deactivated" => AnotherAsync(number, UserLifecycle.DeactivateAsync),
        "another person deleted" => AnotherAsync(number, UserLifecycle.DeleteAsync),
        "name changed" => DoAsync(transaction => Users.ChangeProfileAsync(transaction, person.UserId, new("new-" + person.UserName, "New", "Name", null, false, false))),
        "operator no more" => DoAsync(transaction => Users.ChangeProfileAsync(transaction, person.UserId, new(person.UserName, null, null, null, false, Operator: false))),
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, null),
    };

    private async Task DoAsync<T>(params Func<HubTransaction, Task<T>>[] operations)
    {
        foreach (var operation in operations)
        {
            var result = await hub.WriteAsync(operation);
            Assert.True(result is true or UserLifecycle.StatusResult.Changed or Memberships.ChangeResult.Changed or Users.ChangeResult.Changed, result?.ToString());
        }
    }

    private async Task DoAsync(Func<HubTransaction, Task<bool>> release, Func<HubTransaction, Task<Seats.AssignResult>> assign)
    {
        Assert.True(await hub.WriteAsync(release));
        Assert.IsType<Seats.AssignResult.Assigned>(await hub.WriteAsync(assign));
    }

    private async Task SetDisabledAsync(bool disabled, params string[] clients)
    {
        foreach (var id in clients)
        {
            Assert.True(await hub.WriteAsync(transaction =>
            {
                var client = Clients.Find(transaction, id)!;
                client.Disabled = disabled;
                return Clients.PutAsync(transaction, client);
            }));
        }
    }

    private async Task DisableAndEnableAsync(Person person)
    {
        await SetDisabledAsync(true, person.Jwt.ClientId, person.Opaque.ClientId);
        await SetDisabledAsync(false, person.Jwt.ClientId, person.Opaque.ClientId);
    }

    private async Task AnotherAsync(int number, Func<HubTransaction, string, Task<UserLifecycle.StatusResult>> operation)
    {
        var (_, membership) = await hub.WriteAsync(transaction => MakeUserAsync(transaction, $"another{number}@home.example", Role.User));
        Assert.Equal(UserLifecycle.StatusResult.Changed, await hub.WriteAsync(transaction => operation(transaction, membership)));
    }

    private async Task<Person> MakePersonAsync(int number, bool needsSeat, string trigger)
    {
        var name = $"person{number}@home.example";
        var hasher = hub.Services.GetRequiredService<ClientSecret>();
        return await hub.WriteAsync(async transaction =>
        {
            var (user, home) = await MakeUserAsync(transaction, name, trigger == "role lowered" ? Role.Administrator : Role.User, @operator: trigger == "operator no more");
            var guest = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user, Guest, Role.User, null, MembershipStatus.Active));
            foreach (var membership in (string[])[home, guest.Membership.Id])
            {
                Assert.IsType<Seats.AssignResult.Assigned>(await Seats.AssignAsync(transaction, membership, Seat));
            }

            if (trigger is "level taken" or "level changed")
            {
                await Memberships.ChangeLevelAsync(transaction, home, PermissionLevel.Support);
            }

            foreach (var kind in (string[])["jwt", "opaque", "spare"])
            {
                await Clients.PutAsync(transaction, new ClientMetadata
                {
                    ClientId = kind + number, RedirectUris = [$"https://{kind}{number}.example/cb"], GrantTypes = ["authorization_code", "refresh_token"], AccessTokenFormat = kind == "opaque" ? "opaque" : "jwt",
                    Scope = "openid account offline_access", RequireSeat = needsSeat ? Seat : null,
                }.ToClient(hasher.Hash(Secret), disabled: false, transaction.Now));
            }

            return new Person(user, home, guest.Membership.Id, name, App("jwt"), App("opaque"));
        });

        RelyingApp App(string kind) => new(hub, kind + number, Secret, $"https://{kind}{number}.example/cb");
    }

    private async Task<(string UserId, string MembershipId)> MakeUserAsync(HubTransaction transaction, string name, Role role, bool @operator = false)
    {
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, null, null, null, false, @operator));
        await Passwords.SetAsync(transaction, created.User.Id, passwordHash);
        var home = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, Home, role, null, MembershipStatus.Active));
        return (created.User.Id, home.Membership.Id);
    }
}
