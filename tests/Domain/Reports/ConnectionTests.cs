using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IdentityHub.Domain.Tests.Reports;

/// <summary>What is written down of a connection: that it began, was used, and how it ended, whichever way it does.</summary>
public sealed class ConnectionTests : HubTests
{
    private TestMember admin = null!;
    private TestMember member = null!;
    private Domain.Sessions.Session session = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 5);
        await Hub.AddAccountAsync("other", seats: 5);
        admin = await Hub.AddMemberAsync("admin", "home", Role.Administrator);
        await Hub.AddMemberAsync("otheradmin", "other", Role.Administrator);
        member = await Hub.AddMemberAsync("pat", "home");
        await Hub.AddClientAsync("portal");
        await Hub.AddClientAsync("expert", requireSeat: TestDirectory.Console);
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, member.MembershipId, TestDirectory.Console));
        session = await Hub.SignInAsync(member.UserId);
    }

    [Fact]
    public async Task A_grant_is_a_connection_from_its_first_moment_on()
    {
        var grant = await ConnectAsync("portal");
        Hub.Time.Advance(TimeSpan.FromMinutes(7));
        var line = Assert.Single(await LinesAsync());
        Assert.Equal((grant, "portal", "pat", member.MembershipId), (line.Id, line.ClientName, line.UserName, line.MembershipId));
        Assert.Null(line.EndedAt);
        Assert.Null(line.Ending);
        Assert.Equal(("192.0.2.7", "Firefox on Windows"), (line.Address, line.Browser));
        Assert.Equal(TimeSpan.FromMinutes(7), line.LengthAt(Hub.Time.Now));
    }

    [Fact]
    public async Task Where_somebody_signed_in_stands_nowhere_in_clear()
    {
        await ConnectAsync("portal");
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains("192.0.2.7", StringComparison.Ordinal) || row.Contains("Firefox", StringComparison.Ordinal)
            || row.Contains(Convert.ToHexString("192.0.2.7"u8), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refreshing_is_when_it_was_last_used_and_that_stays_after_its_end()
    {
        var grant = await ConnectAsync("portal");
        Hub.Time.Advance(TimeSpan.FromMinutes(20));
        var used = Hub.Time.Now;
        await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.TryRotate(transaction, grant, "portal", 0)));
        Hub.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(used, Assert.Single(await LinesAsync()).LastSeenAt);
        await EndSessionAsync("signed out");
        Assert.Equal((used, Hub.Time.Now), Assert.Single(await LinesAsync()) is var line ? (line.LastSeenAt, line.EndedAt!.Value) : default);
        await SweepAfterAsync(TimeSpan.FromDays(3));
        Assert.Equal(0, Hub.Count("Grants"));
        Assert.Equal((used, ConnectionEnd.SignedOut), Assert.Single(await LinesAsync()) is var kept ? (kept.LastSeenAt, kept.Ending) : default);
    }

    [Theory]
    [InlineData("signed out", ConnectionEnd.SignedOut)]
    [InlineData("another user signed in", ConnectionEnd.AnotherSignedIn)]
    [InlineData("ended by an administrator", ConnectionEnd.EndedByAdministrator)]
    public async Task Ending_a_session_says_why(string reason, ConnectionEnd expected)
    {
        await ConnectAsync("portal");
        await EndSessionAsync(reason);
        Assert.Equal(expected, await HowItEndedAsync());
    }

    [Fact]
    public async Task A_person_who_ends_an_own_session_elsewhere_signed_out()
    {
        await ConnectAsync("portal");
        await Hub.Store.WriteAsync(new Actor.Person(member.UserId), transaction => Domain.Sessions.Sessions.EndAsync(transaction, session.Id, "ended on the page of sessions"));
        Assert.Equal(ConnectionEnd.SignedOut, await HowItEndedAsync());
    }

    [Fact]
    public async Task A_grant_that_outlives_its_session_outlives_it_in_the_report()
    {
        await ConnectAsync("portal", offline: true);
        await EndSessionAsync("signed out");
        Assert.Null(Assert.Single(await LinesAsync()).EndedAt);
    }

    [Fact]
    public async Task Deactivating_says_so_and_the_report_stays_readable()
    {
        await ConnectAsync("portal", offline: true);
        await ConnectAsync("expert");
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));
        Assert.All(await LinesAsync(), line => Assert.Equal((ConnectionEnd.Deactivated, Hub.Time.Now, "192.0.2.7"), (line.Ending!.Value, line.EndedAt!.Value, line.Address)));
    }

    [Fact]
    public async Task Taking_the_seat_ends_what_needed_it_and_nothing_else()
    {
        await ConnectAsync("portal");
        await ConnectAsync("expert");
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.ReleaseAsync(transaction, member.MembershipId, TestDirectory.Console));
        Assert.Equal([(ConnectionEnd?)null, ConnectionEnd.SeatTaken], (await LinesAsync()).OrderBy(line => line.ClientId == "portal" ? 0 : 1).Select(line => line.Ending));
    }

    [Fact]
    public async Task Another_role_another_password_the_app_and_theft_each_say_so()
    {
        await ConnectAsync("portal");
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, member.MembershipId, Role.Administrator));
        Assert.Null(await HowItEndedAsync());
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, member.MembershipId, Role.User));
        Assert.Equal(ConnectionEnd.AccessChanged, await HowItEndedAsync());

        var revoked = await ConnectAsync("portal");
        Assert.False(await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.RevokeOf(transaction, revoked, "expert"))));
        Assert.Null(await HowItEndedAsync());
        await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.RevokeOf(transaction, revoked, "portal")));
        Assert.Equal(ConnectionEnd.AppRevoked, await HowItEndedAsync());

        var stolen = await ConnectAsync("portal");
        await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.TryRotate(transaction, stolen, "portal", 0)));
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.TryRotate(transaction, stolen, "portal", 0)));
        Assert.Equal(ConnectionEnd.UsedTwice, await HowItEndedAsync());

        await ConnectAsync("portal");
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, member.UserId, "one"));
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, member.UserId, "two"));
        Assert.Equal(ConnectionEnd.CredentialReplaced, await HowItEndedAsync());
    }

    [Fact]
    public async Task An_app_that_may_do_less_ends_its_connections_and_no_others()
    {
        await ConnectAsync("expert");
        await ConnectAsync("portal");
        await Hub.WriteAsync(async transaction =>
        {
            var client = Domain.Clients.Clients.Find(transaction, "portal")!;
            client.Disabled = true;
            await Domain.Clients.Clients.PutAsync(transaction, client);
        });
        Assert.Equal([(ConnectionEnd?)null, ConnectionEnd.AppChanged], (await LinesAsync()).OrderBy(line => line.ClientId).Select(line => line.Ending));
    }

    [Fact]
    public async Task Taking_it_back_from_an_app_and_a_suspended_account_say_so()
    {
        await ConnectAsync("portal", offline: true);
        await ConnectAsync("expert");
        await Hub.WriteAsync(transaction => Domain.Grants.ConnectedApps.DisconnectAsync(transaction, member.UserId, "portal"));
        Assert.Equal([(ConnectionEnd?)null, ConnectionEnd.Disconnected], (await LinesAsync()).OrderBy(line => line.ClientId).Select(line => line.Ending));
        await Hub.WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, "home"));
        await Hub.WriteAsync(transaction => Domain.Grants.Revocation.EndGrantsOfMembersAsync(transaction, [member.MembershipId], 1, ConnectionEnd.AccountShut));
        Assert.Equal([ConnectionEnd.AccountShut, ConnectionEnd.Disconnected], (await LinesAsync()).OrderBy(line => line.ClientId).Select(line => line.Ending!.Value));
    }

    [Fact]
    public async Task An_administrator_who_signs_somebody_out_everywhere_is_told_as_such()
    {
        await ConnectAsync("portal", offline: true);
        await ConnectAsync("expert");
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, member.UserId, "one"));
        await Hub.Store.WriteAsync(new Actor.Person(admin.UserId), transaction => MemberActs.SignOutEverywhereAsync(transaction, "home", member.MembershipId));
        Assert.All(await LinesAsync(), line => Assert.Equal(ConnectionEnd.EndedByAdministrator, line.Ending));
    }

    [Fact]
    public async Task What_runs_out_ended_when_it_ran_out_before_and_after_housekeeping()
    {
        await ConnectAsync("portal");
        var end = session.ExpiresAt;
        Hub.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal((end, ConnectionEnd.Expired), Assert.Single(await LinesAsync()) is var derived ? (derived.EndedAt!.Value, derived.Ending!.Value) : default);

        // Whatever would end it later comes too late.
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));
        await SweepAfterAsync(TimeSpan.Zero);
        Assert.Equal(1, Hub.Count("Connections", "Ending = 'Expired'"));
        Assert.Equal((end, ConnectionEnd.Expired), Assert.Single(await LinesAsync()) is var settled ? (settled.EndedAt!.Value, settled.Ending!.Value) : default);
    }

    [Fact]
    public async Task Deleting_a_user_erases_the_report_and_leaves_the_days_counts()
    {
        await ConnectAsync("portal");
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, member.MembershipId));
        Assert.Equal(0, Hub.Count("Connections"));
        Assert.Equal(1, Hub.Count("SignInDays", "ClientId = '' AND SignIns = 1 AND People = 1"));
    }

    [Fact]
    public async Task Deleting_a_guest_erases_what_was_of_that_account_alone()
    {
        var guest = await Hub.AddMemberAsync("pat", "other");
        await ConnectAsync("portal");
        await ConnectAsync("portal", membership: guest.MembershipId);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, guest.MembershipId));
        Assert.Equal(1, Hub.Count("Connections"));
        Assert.Single(await LinesAsync());
    }

    [Fact]
    public async Task An_operator_in_no_account_is_recorded_and_erased_too()
    {
        var operatorId = await Hub.WriteAsync(async transaction =>
            ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("root", "Root", null, null, false, true))).User.Id);
        var own = await Hub.SignInAsync(operatorId);
        await Hub.AuthorizeAsync("portal", own, membershipId: null);
        Assert.Equal(1, Hub.Count("Connections", "AccountId IS NULL AND MembershipId IS NULL AND EndedAt IS NULL"));
        Assert.Equal(0, Hub.Count("SignInDays"));
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, operatorId, "one"));
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, operatorId, "two"));
        Assert.Equal(1, Hub.Count("Connections", "Ending = 'CredentialReplaced'"));
    }

    [Fact]
    public async Task A_refused_grant_leaves_no_connection()
    {
        var without = await Hub.AddMemberAsync("sam", "home");
        Assert.Null(await Hub.AuthorizeAsync("expert", await Hub.SignInAsync(without.UserId), without.MembershipId));
        Assert.Equal(0, Hub.Count("Connections"));
    }

    [Fact]
    public async Task An_account_keeps_reports_as_long_as_it_says()
    {
        Assert.Equal(ReportRetention.SetResult.OutOfRange, await SetRetentionAsync("home", 29));
        Assert.Equal(ReportRetention.SetResult.OutOfRange, await SetRetentionAsync("home", 3651));
        Assert.Equal(ReportRetention.SetResult.NoSuchAccount, await SetRetentionAsync("nowhere", 30));
        Assert.Equal(ReportRetention.SetResult.Changed, await SetRetentionAsync("home", 40));
        Assert.Equal(ReportRetention.SetResult.Unchanged, await SetRetentionAsync("home", 40));
        var elsewhere = await Hub.AddMemberAsync("kim", "other");
        await ConnectAsync("portal");
        await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(elsewhere.UserId), elsewhere.MembershipId);
        await SweepAfterAsync(TimeSpan.FromDays(39));
        Assert.Equal((2, 4), (Hub.Count("Connections"), Hub.Count("SignInDays")));
        await SweepAfterAsync(TimeSpan.FromDays(2));
        Assert.Equal((1, 2), (Hub.Count("Connections", "AccountId = 'other'"), Hub.Count("SignInDays", "AccountId = 'other'")));
        Assert.Equal((1, 2), (Hub.Count("Connections"), Hub.Count("SignInDays")));
        await SweepAfterAsync(TimeSpan.FromDays(330));
        Assert.Equal((0, 0), (Hub.Count("Connections"), Hub.Count("SignInDays")));
    }

    private Task<ReportRetention.SetResult> SetRetentionAsync(string account, int days) =>
        Hub.WriteAsync(transaction => ReportRetention.SetAsync(transaction, account, days));

    private async Task SweepAfterAsync(TimeSpan time)
    {
        Hub.Time.Advance(time);
        using var housekeeping = new Housekeeping(Hub.Store, Hub.Time, NullLogger<Housekeeping>.Instance);
        await housekeeping.SweepAsync(CancellationToken.None);
    }

    private async Task<string> ConnectAsync(string client, bool offline = false, string? membership = null)
    {
        // Whatever ended the former session ended with it: the person signs in again.
        if (Hub.Count("Sessions", $"Id = '{session.Id}' AND EndedAt IS NULL") == 0)
        {
            session = await Hub.SignInAsync(member.UserId);
        }

        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        return await Hub.WriteAsync(transaction =>
        {
            var code = Domain.Grants.Grants.Issue(transaction, new(
                client, session.Id, session.ExpiresAt, membership ?? member.MembershipId, "openid", offline, ClaimsRequest: null, Acr: "x", RedirectUri: null, CodeChallenge: null, Nonce: null)
            {
                Origin = new(member.UserId, "192.0.2.7", "Firefox on Windows"),
            });
            return Task.FromResult(Domain.Grants.Grants.FindCode(transaction, code!)!.GrantId);
        });
    }

    private Task<bool> EndSessionAsync(string reason) => Hub.WriteAsync(transaction => Domain.Sessions.Sessions.EndAsync(transaction, session.Id, reason));

    private async Task<ConnectionEnd?> HowItEndedAsync() => (await LinesAsync())[0].Ending;

    private async Task<IReadOnlyList<ConnectionLine>> LinesAsync() => (await Hub.ReadAsync(reader => Task.FromResult(ReportReader.Page(
        reader, new("home", new(2029, 1, 1), new(2032, 1, 1)), null, 50)))).Lines;
}
