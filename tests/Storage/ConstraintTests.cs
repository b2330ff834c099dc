using IdentityHub.Domain.Persistence;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.Storage.Tests;

/// <summary>What the database holds by itself, whoever writes.</summary>
public sealed class ConstraintTests
{
    private const string OnePrimary = "UNIQUE constraint failed: Memberships.AccountId";
    private const string OneHome = "UNIQUE constraint failed: Memberships.UserId";
    private const string OneMembership = "UNIQUE constraint failed: Memberships.UserId, Memberships.AccountId";
    private const string NeverOversold = "CHECK constraint failed: CK_SeatPools_NeverOversold";

    private static readonly Statement TakeSeat = new("UPDATE \"SeatPools\" SET \"Used\" = \"Used\" + 1 WHERE \"Used\" < \"Capacity\"");

    [Fact]
    public async Task An_account_has_one_PRIMARY()
    {
        using var hub = await WithDirectoryAsync();
        await MemberAsync(hub, "m1", "anna", "acme", level: "PRIMARY", home: true);
        await Refused(hub, OnePrimary, () => MemberAsync(hub, "m2", "ben", "acme", level: "PRIMARY", home: true));
        await MemberAsync(hub, "m3", "ben", "acme", level: "SUPPORT", home: true);
        await MemberAsync(hub, "m4", "cleo", "acme", level: null, home: true);
        await MemberAsync(hub, "m5", "ben", "globex", level: "PRIMARY", home: false);
        await Refused(hub, OnePrimary, () => hub.SqlAsync("UPDATE Memberships SET PermissionLevel = 'PRIMARY' WHERE Id = 'm3'"));
    }

    [Fact]
    public async Task A_user_has_one_home()
    {
        using var hub = await WithDirectoryAsync();
        await MemberAsync(hub, "m1", "anna", "acme", level: null, home: true);
        await Refused(hub, OneHome, () => MemberAsync(hub, "m2", "anna", "globex", level: null, home: true));
        await MemberAsync(hub, "m2", "anna", "globex", level: null, home: false);
        await MemberAsync(hub, "m3", "anna", "initech", level: null, home: false);
        await Refused(hub, OneHome, () => hub.SqlAsync("UPDATE Memberships SET Home = 1 WHERE Id = 'm3'"));
    }

    [Fact]
    public async Task A_user_is_in_an_account_once()
    {
        using var hub = await WithDirectoryAsync();
        await MemberAsync(hub, "m1", "anna", "acme", level: null, home: true);
        await Refused(hub, OneMembership, () => MemberAsync(hub, "m2", "anna", "acme", level: null, home: false));
    }

    [Fact]
    public async Task Seats_are_never_oversold_not_even_by_hand()
    {
        using var hub = await WithDirectoryAsync();
        await hub.SqlAsync("INSERT INTO SeatPools (AccountId, ApplicationId, Capacity, Used) VALUES ('acme', 'expert', 2, 2)");
        await Refused(hub, NeverOversold, () => hub.SqlAsync("UPDATE SeatPools SET Used = Used + 1"));
        await Refused(hub, NeverOversold, () => hub.SqlAsync("UPDATE SeatPools SET Capacity = 1"));
        await Refused(hub, NeverOversold, () => hub.SqlAsync("UPDATE SeatPools SET Used = -1"));
        Assert.Throws<SqliteException>(() => hub.Outside("UPDATE SeatPools SET Used = 3"));
        Assert.Equal(2L, hub.Outside("SELECT Used FROM SeatPools"));
    }

    [Fact]
    public async Task Of_64_who_reach_for_the_last_seat_one_gets_it()
    {
        using var hub = await WithDirectoryAsync();
        await hub.SqlAsync("INSERT INTO SeatPools (AccountId, ApplicationId, Capacity, Used) VALUES ('acme', 'expert', 5, 4)");
        var taken = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() =>
            hub.WriteAsync(transaction => Task.FromResult(transaction.Connection.Execute(TakeSeat))))));
        Assert.Equal(1, taken.Sum());
        Assert.Equal(5L, hub.Outside("SELECT Used FROM SeatPools"));
    }

    [Fact]
    public async Task A_member_of_nowhere_is_refused()
    {
        using var hub = await WithDirectoryAsync();
        await Refused(hub, "FOREIGN KEY constraint failed", () => MemberAsync(hub, "m1", "anna", "nowhere", level: null, home: true));
    }

    private static async Task<TestHub> WithDirectoryAsync()
    {
        var hub = await TestHub.StartAsync();
        await hub.WriteAsync(async transaction =>
        {
            foreach (var account in new[] { "acme", "globex", "initech" })
            {
                transaction.Db.Accounts.Add(new() { Id = account, Name = account, CreatedAt = transaction.Now });
            }

            foreach (var user in new[] { "anna", "ben", "cleo" })
            {
                transaction.Db.Users.Add(new() { Id = user, UserName = user, UserNameKey = user, CreatedAt = transaction.Now, UpdatedAt = transaction.Now });
            }

            transaction.Db.Applications.Add(new() { Id = "expert", Name = "Expert", Seated = true });
            return await transaction.Db.SaveChangesAsync();
        });
        return hub;
    }

    private static Task<int> MemberAsync(TestHub hub, string id, string user, string account, string? level, bool home) => hub.SqlAsync(
        "INSERT INTO Memberships (Id, UserId, AccountId, UserNameKey, TwoFactorRequired, Role, PermissionLevel, Status, Home, Epoch, CreatedAt, UpdatedAt) "
        + $"VALUES ('{id}', '{user}', '{account}', '{id}', 0, 'User', {(level is null ? "NULL" : $"'{level}'")}, 'Active', {(home ? 1 : 0)}, 0, 0, 0)");

    private static async Task Refused(TestHub hub, string because, Func<Task<int>> write)
    {
        var failure = await Assert.ThrowsAsync<SqliteException>(write);
        Assert.Equal(19, failure.SqliteErrorCode);
        Assert.Contains(because + "'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("ok", hub.Outside("PRAGMA integrity_check"));
    }
}
