using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Host.ConfigurationFile;
using Xunit;

namespace IdentityHub.Host.Tests.ConfigurationFile;

public sealed class ApplyingTests : IAsyncLifetime
{
    private FileBench bench = null!;

    public async Task InitializeAsync() => bench = await FileBench.StartAsync();

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task The_example_of_the_contract_applies()
    {
        Assert.True(await bench.AppliedAsync(FileBench.Example) > 0);

        var pat = await bench.UserAsync("pat@northside.example");
        Assert.Equal(("Pat", "Primary", "pat@northside.example", true, false), (pat.GivenName, pat.FamilyName, pat.Email, pat.EmailVerified, pat.Operator));
        var membership = Assert.Single(await bench.Hub.ReadAsync(reader => Memberships.OfUserAsync(reader, pat.Id)));
        Assert.Equal(
            ("northside", Role.Administrator, PermissionLevel.Primary, MembershipStatus.Active, true),
            (membership.AccountId, membership.Role, membership.PermissionLevel!.Value, membership.Status, membership.Home));
        Assert.Equal(["expert-console"], membership.Seats);
        var hash = await bench.Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, pat.Id));
        Assert.Equal(PasswordVerdict.Right, bench.Hashing.Verify(hash, "correct horse battery staple"));
        Assert.Equal(new EnrolledFactors(true, "pat.codes@example.net") { EmailIsVerified = true }, await bench.Hub.ReadAsync(reader => SecondFactors.OfAsync(reader, pat.Id)));

        var portal = (await bench.Hub.ReadAsync(reader => Task.FromResult(Domain.Clients.Clients.Find(reader, "portal"))))!;
        Assert.True(bench.Secrets.Verify("portal-secret-0123456789abcdef0123456789", portal.SecretHash!));
        Assert.Equal(["https://localhost:5002/signin-oidc"], portal.RedirectUris.AsEnumerable());
        Assert.Equal([PermissionLevel.Primary, PermissionLevel.Acatr], portal.PermissionLevels.AsEnumerable());
        Assert.Equal(("expert-console", true, "northside", true, false), (portal.RequireSeat, portal.RequireMfa, portal.AccountId, portal.RequirePkce, portal.OpaqueAccessTokens));
    }

    [Fact]
    public async Task Applying_a_file_twice_changes_nothing_at_all()
    {
        await bench.AppliedAsync(FileBench.Example);
        bench.Hub.Time.Advance(TimeSpan.FromDays(1));
        var before = bench.Hub.Everything();

        Assert.Equal(0, await bench.AppliedAsync(FileBench.Example));

        Assert.Equal(before, bench.Hub.Everything());
    }

    [Fact]
    public async Task No_password_token_or_secret_of_the_file_stands_in_the_database_file()
    {
        await bench.AppliedAsync(FileBench.Example);
        var everything = string.Join('\n', bench.Hub.Everything());
        foreach (var secret in new[] { "correct horse", "hr-northside-0123", "portal-secret-0123", "JBSWY3DP" })
        {
            Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_password_that_the_user_chose_later_survives_the_same_file_and_yields_to_a_new_one()
    {
        await bench.AppliedAsync(FileBench.Example);
        var pat = await bench.UserAsync("pat@northside.example");
        var own = bench.Hashing.Hash("my own");
        await bench.Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, pat.Id, own));

        Assert.Equal(0, await bench.AppliedAsync(FileBench.Example));
        Assert.Equal(own, await bench.Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, pat.Id)));

        Assert.Equal(1, await bench.AppliedAsync(FileBench.Example.Replace("correct horse", "another horse", StringComparison.Ordinal)));
        var hash = await bench.Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, pat.Id));
        Assert.Equal(PasswordVerdict.Right, bench.Hashing.Verify(hash, "another horse battery staple"));
    }

    [Fact]
    public async Task An_authenticator_that_the_user_enrolled_later_survives_the_same_file()
    {
        await bench.AppliedAsync(FileBench.Example);
        var pat = await bench.UserAsync("pat@northside.example");
        await bench.Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, pat.Id, new byte[20]));
        var before = bench.Hub.Rows("Totps");

        Assert.Equal(0, await bench.AppliedAsync(FileBench.Example));

        Assert.Equal(before, bench.Hub.Rows("Totps"));
    }

    [Fact]
    public async Task Absent_credentials_and_account_settings_are_left_alone()
    {
        await bench.AppliedAsync(FileBench.Example.Replace("\"optional\"", "\"required\"", StringComparison.Ordinal));
        string[] Kept() => [.. bench.Hub.Rows("Passwords"), .. bench.Hub.Rows("Totps"), .. bench.Hub.Rows("EmailCodes"), .. bench.Hub.Rows("Accounts")];
        var before = Kept();

        Assert.Equal(0, await bench.AppliedAsync("""
            { "accounts": [ { "id": "northside", "name": "Northside School District" } ],
              "users": [ { "userName": "pat@northside.example", "givenName": "Pat", "familyName": "Primary", "email": "pat@northside.example",
                "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": ["expert-console"] } ] } ] }
            """));

        Assert.Equal(before, Kept());
    }

    [Fact]
    public async Task Another_spelling_of_a_name_is_the_same_user()
    {
        await bench.AppliedAsync(FileBench.Example);
        Assert.Equal(1, await bench.AppliedAsync(FileBench.Example.Replace("\"userName\": \"pat@", "\"userName\": \"Pat@", StringComparison.Ordinal)));
        Assert.Equal(1, bench.Hub.Count("Users"));
        Assert.Equal("Pat@northside.example", (await bench.UserAsync("pat@northside.example")).UserName);
    }

    [Fact]
    public async Task A_disabled_client_stays_disabled_and_a_changed_secret_takes_its_place()
    {
        await bench.AppliedAsync(FileBench.Example);
        await bench.Hub.WriteAsync(async transaction =>
        {
            var client = Domain.Clients.Clients.Find(transaction, "portal")!;
            client.Disabled = true;
            await Domain.Clients.Clients.PutAsync(transaction, client);
        });

        Assert.Equal(1, await bench.AppliedAsync(FileBench.Example.Replace("portal-secret-0", "portal-secret-1", StringComparison.Ordinal)));

        var portal = (await bench.Hub.ReadAsync(reader => Task.FromResult(Domain.Clients.Clients.Find(reader, "portal"))))!;
        Assert.True(portal.Disabled);
        Assert.True(bench.Secrets.Verify("portal-secret-1123456789abcdef0123456789", portal.SecretHash!));
    }

    [Fact]
    public async Task Deactivation_goes_through_the_lifecycle_and_comes_back_without_what_died()
    {
        const string Two = """
            { "applications": [ { "id": "console", "name": "Console", "seated": true } ],
              "accounts": [ { "id": "a", "name": "A", "seats": { "console": 1 } } ],
              "users": [
                { "userName": "boss@a.example", "memberships": [ { "account": "a", "role": "Administrator" } ] },
                { "userName": "worker@a.example", "memberships": [ { "account": "a", "role": "User", "active": true, "seats": ["console"] } ] } ] }
            """;
        await bench.AppliedAsync(Two);
        var epoch = (await bench.UserAsync("worker@a.example")).Epoch;

        var inactive = Two.Replace("\"active\": true, \"seats\": [\"console\"]", "\"active\": false", StringComparison.Ordinal);
        await bench.AppliedAsync(inactive);

        var worker = await bench.UserAsync("worker@a.example");
        Assert.False(worker.Active);
        Assert.True(worker.Epoch > epoch);
        Assert.Equal(0, bench.Hub.Count("SeatAssignments"));
        Assert.Equal(1, bench.Hub.Count("Audit", "Action = 'member.deactivated'"));
        // The worker hears of it, and so does who administers the account, which has no PRIMARY.
        Assert.Equal(2, bench.Hub.Count("Outbox", "Kind = 'mail'"));
        var before = bench.Hub.Everything();
        Assert.Equal(0, await bench.AppliedAsync(inactive));
        Assert.Equal(before, bench.Hub.Everything());

        await bench.AppliedAsync(Two);
        Assert.True((await bench.UserAsync("worker@a.example")).Active);
        Assert.Equal(1, bench.Hub.Count("SeatAssignments"));
    }

    [Fact]
    public async Task A_guest_whom_the_file_calls_active_is_taken_in_whatever_they_were()
    {
        const string File = """
            { "accounts": [ { "id": "a", "name": "A" }, { "id": "b", "name": "B" } ],
              "users": [ { "userName": "guest@a.example", "memberships": [ { "account": "a", "role": "User" }, { "account": "b", "role": "User" } ] } ] }
            """;
        await bench.AppliedAsync(File.Replace(""", { "account": "b", "role": "User" }""", "", StringComparison.Ordinal));
        var guest = await bench.UserAsync("guest@a.example");
        var added = (Memberships.AddResult.Added)await bench.Hub.WriteAsync(transaction =>
            Memberships.AddAsync(transaction, new(guest.Id, "b", Role.User, null, MembershipStatus.Invited)));

        Assert.Equal(1, await bench.AppliedAsync(File));
        Assert.Equal(0, await bench.AppliedAsync(File));
        Assert.Equal(1, bench.Hub.Count("Memberships", "AccountId = 'b' AND Status = 'Active'"));

        // Also one who never was a member and was deactivated.
        await bench.Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, added.Membership.Id));
        await bench.Hub.WriteAsync(transaction => Memberships.AddAsync(transaction, new(guest.Id, "b", Role.User, null, MembershipStatus.Inactive)));
        Assert.True(await bench.AppliedAsync(File) > 0);
        Assert.Equal(0, await bench.AppliedAsync(File));
        Assert.Equal(1, bench.Hub.Count("Memberships", "AccountId = 'b' AND Status = 'Active'"));
    }

    [Fact]
    public async Task A_member_who_is_new_and_inactive_can_sign_in_nowhere_and_gets_no_mail()
    {
        await bench.AppliedAsync("""
            { "accounts": [ { "id": "a", "name": "A" } ],
              "users": [ { "userName": "gone@a.example", "memberships": [ { "account": "a", "role": "User", "active": false } ] } ] }
            """);
        Assert.False((await bench.UserAsync("gone@a.example")).Active);
        Assert.Equal(0, bench.Hub.Count("Outbox"));
    }

    [Fact]
    public async Task A_seat_moves_from_one_member_to_another_and_a_pool_shrinks_in_one_file()
    {
        static string With(int capacity, string first, string second) => $$"""
            { "applications": [ { "id": "console", "name": "Console", "seated": true } ],
              "accounts": [ { "id": "a", "name": "A", "seats": { "console": {{capacity}} } } ],
              "users": [
                { "userName": "one@a.example", "memberships": [ { "account": "a", "role": "User", "seats": [{{first}}] } ] },
                { "userName": "two@a.example", "memberships": [ { "account": "a", "role": "User", "seats": [{{second}}] } ] } ] }
            """;
        await bench.AppliedAsync(With(2, "", "\"console\""));
        await bench.AppliedAsync(With(1, "\"console\"", ""));
        Assert.Equal(1L, bench.Hub.Scalar("SELECT Used FROM SeatPools"));
        Assert.Equal(1L, bench.Hub.Scalar("SELECT Capacity FROM SeatPools"));
        await bench.AppliedAsync(With(2, "\"console\"", "\"console\""));
        Assert.Equal(2, bench.Hub.Count("SeatAssignments"));
    }

    [Fact]
    public async Task The_administrator_is_handed_over_within_one_file()
    {
        static string With(string first, string second) => $$"""
            { "accounts": [ { "id": "a", "name": "A" } ],
              "users": [
                { "userName": "one@a.example", "memberships": [ { "account": "a", "role": "{{first}}" } ] },
                { "userName": "two@a.example", "memberships": [ { "account": "a", "role": "{{second}}" } ] } ] }
            """;
        await bench.AppliedAsync(With("Administrator", "User"));
        Assert.Equal(2, await bench.AppliedAsync(With("User", "Administrator")));

        Assert.Equal(["users[1].memberships[0].role"], await bench.RefusedPlacesAsync(With("User", "User")));
    }

    [Fact]
    public async Task Memberships_that_the_file_does_not_name_stay()
    {
        await bench.AppliedAsync("""
            { "accounts": [ { "id": "a", "name": "A" }, { "id": "b", "name": "B" } ],
              "users": [ { "userName": "x@a.example", "memberships": [ { "account": "a", "role": "User" }, { "account": "b", "role": "User" } ] } ] }
            """);
        Assert.Equal(0, await bench.AppliedAsync("""
            { "users": [ { "userName": "x@a.example", "memberships": [ { "account": "a", "role": "User" } ] } ] }
            """));
        Assert.Equal(2, bench.Hub.Count("Memberships"));
        Assert.Equal(["users[0].memberships[0].account"], await bench.RefusedPlacesAsync("""
            { "users": [ { "userName": "x@a.example", "memberships": [ { "account": "b", "role": "User" } ] } ] }
            """));
    }

    [Fact]
    public async Task A_thousand_users_take_seconds_and_hashing_never_holds_the_writer()
    {
        var users = string.Join(",", Enumerable.Range(0, 1000).Select(number =>
            $$"""{ "userName": "u{{number}}@a.example", "memberships": [ { "account": "a", "role": "User", "permissionLevel": "SUPPORT" } ] }"""));
        var started = TimeProvider.System.GetTimestamp();
        await bench.AppliedAsync($$"""{ "accounts": [ { "id": "a", "name": "A" } ], "users": [ {{users}} ] }""");
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }
}
