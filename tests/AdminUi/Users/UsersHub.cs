using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>A hub with two accounts: north with two administrators, a PRIMARY, one seat of the tool and many of the desk; south with an administrator.</summary>
public sealed class UsersHub : IAsyncLifetime
{
    public const string Boss = "boss@north.example";
    public const string Second = "second@north.example";
    public const string Prime = "prime@north.example";
    public const string Chief = "chief@south.example";
    public const string Users = "/admin/accounts/north/users";

    private readonly Dictionary<string, Browser> browsers = [];

    public ConsoleHub Console { get; private set; } = null!;

    public RunningHub Hub => Console.Hub;

    public async Task InitializeAsync() => Console = await ConsoleHub.StartAsync(
        $$"""
        {
          "applications": [ { "id": "tool", "name": "Expert tool", "seated": true }, { "id": "desk", "name": "Help desk", "seated": true } ],
          "accounts": [ { "id": "north", "name": "North & Sons <b>", "seats": { "tool": 1, "desk": 500 } }, { "id": "south", "name": "South", "seats": { "desk": 5 } } ],
          "users": [
            { "userName": "{{Boss}}", "givenName": "Billie", "familyName": "Boss", "password": "{{SampleDirectory.Password}}", "memberships": [ { "account": "north", "role": "Administrator" } ] },
            { "userName": "{{Second}}", "givenName": "Sandy", "familyName": "Second", "password": "{{SampleDirectory.Password}}", "memberships": [ { "account": "north", "role": "Administrator" } ] },
            { "userName": "{{Prime}}", "givenName": "Primo", "familyName": "Prime", "password": "{{SampleDirectory.Password}}", "memberships": [ { "account": "north", "role": "User", "permissionLevel": "PRIMARY" } ] },
            { "userName": "{{Chief}}", "givenName": "Charlie", "familyName": "Chief", "password": "{{SampleDirectory.Password}}", "memberships": [ { "account": "south", "role": "Administrator" } ] } ]
        }
        """);

    public async Task DisposeAsync() => await Console.DisposeAsync();

    /// <summary>The browser of a person, signed in afresh when that was more than a moment ago.</summary>
    public async Task<Browser> AsAsync(string userName)
    {
        if (!browsers.TryGetValue(userName, out var browser))
        {
            browsers[userName] = browser = await Console.SignInAsync(userName);
        }

        return browser;
    }

    /// <summary>A new user of an account, with an e-mail address that is the user name.</summary>
    /// <returns>The membership.</returns>
    public Task<string> AddAsync(
        string userName, string? given = null, string? family = null, string account = "north", Role role = Role.User, PermissionLevel? level = null, MembershipStatus status = MembershipStatus.Active,
        params string[] seats) => Hub.WriteAsync(async transaction =>
    {
        var user = await UserLifecycle.CreateAsync(transaction, new(userName, given, family, userName, true, false)) switch
        {
            UserLifecycle.CreateResult.Created created => created.User.Id,
            UserLifecycle.CreateResult.UserNameTaken taken => taken.UserId,
            var other => throw new InvalidOperationException(other.ToString()),
        };
        var id = ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user, account, role, level, status))).Membership.Id;
        foreach (var seat in seats)
        {
            await Domain.Seats.Seats.AssignAsync(transaction, id, seat);
        }

        return id;
    });

    public async Task<MemberState?> FindAsync(string id, string account = "north") => await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, account, id)));

    public async Task<MemberState> StateAsync(string id, string account = "north") => await FindAsync(id, account) ?? throw new InvalidOperationException("No such member.");
}
