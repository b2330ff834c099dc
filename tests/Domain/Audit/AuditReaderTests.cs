using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Audit;

/// <summary>What an account reads of its audit: sentences with names, what was before and after, from where; and nothing of another account.</summary>
public sealed class AuditReaderTests : HubTests
{
    private TestMember admin = null!;
    private TestMember pat = null!;
    private TestMember kim = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 5);
        await Hub.AddAccountAsync("other", seats: 5);
        admin = await Hub.AddMemberAsync("admin", "home", Role.Administrator);
        pat = await Hub.AddMemberAsync("pat", "home");
        kim = await Hub.AddMemberAsync("kim", "other", Role.Administrator);
    }

    private Actor Admin => new Actor.Person(admin.UserId) { From = "192.0.2.7" };

    [Fact]
    public async Task A_change_says_who_whom_from_where_before_and_after()
    {
        await Hub.Store.WriteAsync(Admin, transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        var line = (await LinesAsync())[0];
        Assert.Equal("changed the role of pat from User to Administrator", line.Sentence);
        Assert.Equal((new("admin", admin.MembershipId), new("pat", pat.MembershipId), "192.0.2.7"), (line.Actor, line.Subject!, line.From));
        Assert.Equal([new("role", "User", "Administrator")], line.Details.Changes);
        Assert.Equal((AuditFamily.People, "home", false), (line.Family!.Value, line.AccountId, line.IsErased));
    }

    [Fact]
    public async Task Names_addresses_and_values_stand_nowhere_in_clear()
    {
        await Hub.Store.WriteAsync(Admin, transaction => Domain.Users.Users.ChangeProfileAsync(transaction, pat.UserId, new("pat", "Hidden", "Name", "pat@mail.example", true, false)));
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, pat.MembershipId));
        Assert.DoesNotContain(Hub.Rows("Audit"), row => row.Contains("192.0.2.7", StringComparison.Ordinal) || row.Contains("Hidden", StringComparison.Ordinal)
            || row.Contains(Convert.ToHexString("Hidden"u8), StringComparison.Ordinal) || row.Contains(Convert.ToHexString("192.0.2.7"u8), StringComparison.Ordinal));
        Assert.Contains((await LinesAsync()).SelectMany(line => line.Details.Changes), change => change == new AuditChange("familyName", null, "Name"));
    }

    [Fact]
    public async Task What_is_on_file_and_settings_and_seats_say_before_and_after()
    {
        await Hub.Store.WriteAsync(Admin, async transaction =>
        {
            await MemberProfiles.PutAsync(transaction, pat.MembershipId, new("pat", "e-1", new JsonObject { ["title"] = "Älteste", ["emails"] = new JsonArray(new JsonObject { ["value"] = "pat@mail.example" }) }));
            await Domain.Accounts.Accounts.PutAsync(transaction, "home", "Account home", TwoFactorPolicy.Required, new());
            return await Domain.Seats.Seats.ResizeAsync(transaction, "home", TestDirectory.Console, 9);
        });
        var lines = await LinesAsync();
        Assert.Equal("changed the number of seats for Console from 5 to 9", lines[0].Sentence);
        Assert.Equal([new("twoFactor", "Optional", "Required")], lines[1].Details.Changes);
        var onFile = lines.Single(line => line.Action == "member.profile-changed");
        Assert.Contains(new AuditChange("title", null, "Älteste"), onFile.Details.Changes);
        Assert.Contains(new AuditChange("externalId", null, "e-1"), onFile.Details.Changes);
    }

    [Fact]
    public async Task A_changed_client_says_which_of_its_fields_and_never_a_secret()
    {
        await Hub.AddClientAsync("portal");
        await Hub.WriteAsync(async transaction =>
        {
            var client = Domain.Clients.Clients.Find(transaction, "portal")!;
            client.RequireMfa = true;
            client.SecretHash = "the-hash-of-a-secret";
            await Domain.Clients.Clients.PutAsync(transaction, client);
        });
        var line = (await LinesAsync(new() { AccountId = null }))[0];
        Assert.Equal("changed the app portal", line.Sentence);
        Assert.Equal([new("RequireMfa", "false", "true"), new("SecretHash", null, "(not shown)")], line.Details.Changes.OrderBy(change => change.Field));
    }

    [Fact]
    public async Task Filters_narrow_and_names_are_found()
    {
        await Hub.Store.WriteAsync(Admin, transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, pat.MembershipId, TestDirectory.Console));
        var found = await Hub.ReadAsync(reader => AuditReader.FindPeopleAsync(reader, "home", "PA"));
        Assert.Equal([pat.UserId], found);
        Assert.Empty(await Hub.ReadAsync(reader => AuditReader.FindPeopleAsync(reader, "home", "kim")));
        Assert.Equal(["seat.assigned", "member.changed", "member.added"], await ActionsAsync(Query() with { SubjectUserIds = found }));
        Assert.Equal(["member.changed"], await ActionsAsync(Query() with { ActorUserIds = [admin.UserId] }));
        Assert.Equal(["seat.assigned", "seats.resized"], await ActionsAsync(Query() with { Family = AuditFamily.Seats }));
        Assert.Empty(await ActionsAsync(Query() with { SubjectUserIds = [] }));
        Assert.Empty(await ActionsAsync(Query() with { To = new(2030, 1, 1) }));
        Assert.Equal(await ActionsAsync(Query()), await ActionsAsync(Query() with { From = new(2030, 1, 2), To = new(2030, 1, 2) }));
    }

    [Fact]
    public async Task An_account_reads_nothing_of_another_and_knows_no_strangers_by_name()
    {
        var guest = await Hub.AddMemberAsync("pat", "other");
        await Hub.Store.WriteAsync(new Actor.Person(pat.UserId), transaction => Memberships.RequireTwoFactorAsync(transaction, guest.MembershipId, true));
        Assert.DoesNotContain(await LinesAsync(), line => line.AccountId != "home");
        Assert.DoesNotContain(await LinesAsync(Query() with { AccountId = "other" }), line => line.AccountId != "other");
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, guest.MembershipId));
        var line = (await LinesAsync(Query() with { AccountId = "other" })).Single(line => line.Action == "member.changed");
        Assert.Equal(("someone who is not in this account", (string?)null), (line.Subject!.Name, line.Subject.MembershipId));
        Assert.Equal(line.Subject, line.Actor);
    }

    [Fact]
    public async Task From_where_somebody_acts_who_is_not_in_the_account_is_read_by_whoever_runs_the_hub_alone()
    {
        await Hub.Store.WriteAsync(new Actor.Person(kim.UserId) { From = "203.0.113.5" }, transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        var line = (await LinesAsync())[0];
        Assert.Equal(("member.changed", "someone who is not in this account", (string?)null), (line.Action, line.Actor.Name, line.From));
        Assert.Equal("203.0.113.5", (await LinesAsync(new() { AccountId = null }))[0].From);
    }

    [Fact]
    public async Task Of_a_deleted_person_it_is_read_that_something_was_done_and_not_to_whom()
    {
        await Hub.Store.WriteAsync(Admin, transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        var line = (await LinesAsync()).Single(line => line.Action == "member.changed");
        Assert.Equal(("changed a deleted user", true), (line.Sentence, line.IsErased));
        Assert.Empty(line.Details.Changes);
    }

    [Fact]
    public async Task Pages_and_the_export_go_through_everything_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await Hub.WriteAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, pat.MembershipId, i % 2 == 0));
        }

        var seen = new List<long>();
        AuditCursor? next = null;
        do
        {
            var after = next;
            var page = await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, Query(), after, 2));
            seen.AddRange(page.Lines.Select(line => line.Sequence));
            next = page.Next is { } cursor ? AuditCursor.Parse(cursor.ToString()) : null;
        }
        while (next is not null);
        Assert.Equal(Hub.Count("Audit", "AccountId = 'home'"), seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
        var exported = new List<long>();
        await foreach (var chunk in AuditReader.AllAsync(Hub.Store, Query()))
        {
            exported.AddRange(chunk.Select(line => line.Sequence));
        }

        Assert.Equal(seen, exported);
    }

    [Fact]
    public async Task What_people_do_to_themselves_reads_so()
    {
        await Hub.Store.WriteAsync(new Actor.Person(pat.UserId), transaction => Domain.Sessions.Sessions.StartAsync(transaction, pat.UserId, 0, transaction.Now, "pwd"));
        var line = (await LinesAsync())[0];
        Assert.Equal(("session.started", "home", "signed in"), (line.Action, line.AccountId, line.Sentence));
    }

    private static AuditQuery Query() => new() { AccountId = "home" };

    private async Task<IReadOnlyList<AuditLine>> LinesAsync(AuditQuery? query = null) => (await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, query ?? Query(), null, 100))).Lines;

    private async Task<IEnumerable<string>> ActionsAsync(AuditQuery query) => (await LinesAsync(query)).Select(line => line.Action);
}
