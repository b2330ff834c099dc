using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Reports;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Reports;

/// <summary>What reports show, and to whom.</summary>
public sealed class ReportReaderTests : HubTests
{
    private static readonly DateOnly Today = new(2030, 1, 2);
    private readonly Dictionary<string, (TestMember Member, Domain.Sessions.Session Session)> people = [];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 5);
        await Hub.AddAccountAsync("other", seats: 5);
        await Hub.AddClientAsync("portal");
        await Hub.AddClientAsync("expert");
        foreach (var (name, account) in new[] { ("admin", "home"), ("pat", "home"), ("kim", "other") })
        {
            var member = await Hub.AddMemberAsync(name, account, name == "admin" ? Role.Administrator : Role.User);
            people[name] = (member, await Hub.SignInAsync(member.UserId));
        }
    }

    [Fact]
    public async Task Pages_go_through_everything_once_the_newest_first()
    {
        for (var i = 0; i < 7; i++)
        {
            await ConnectAsync("pat", "portal", i % 2);
        }

        var seen = new List<ConnectionLine>();
        ReportCursor? next = null;
        do
        {
            var after = next;
            var page = await Hub.ReadAsync(reader => Task.FromResult(ReportReader.Page(reader, Query(), after, 3)));
            Assert.True(page.Lines.Count is 3 or 1);
            seen.AddRange(page.Lines);
            next = page.Next is { } cursor ? ReportCursor.Parse(cursor.ToString()) : null;
        }
        while (next is not null);
        Assert.Equal(7, seen.Select(line => line.Id).Distinct().Count());
        Assert.Equal(seen.Select(line => (line.StartedAt, line.Id)).OrderByDescending(at => at), seen.Select(line => (line.StartedAt, line.Id)));
        Assert.Equal(seen.Select(line => line.Id), await AllAsync(Query()));
    }

    [Fact]
    public async Task Filters_narrow_and_no_other_account_is_ever_seen()
    {
        var first = await ConnectAsync("pat", "portal");
        var second = await ConnectAsync("admin", "expert");
        var foreign = await ConnectAsync("kim", "portal");
        await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.EndAsync(transaction, people["pat"].Session.Id, "signed out"));
        Assert.Equal([second, first], await AllAsync(Query()));
        Assert.Equal([foreign], await AllAsync(Query() with { AccountId = "other" }));
        Assert.Equal([first], await AllAsync(Query() with { MembershipId = people["pat"].Member.MembershipId }));
        Assert.Equal([second], await AllAsync(Query() with { ClientId = "expert" }));
        Assert.Equal([first], await AllAsync(Query() with { Ending = ConnectionEnd.SignedOut }));
        Assert.Equal([second], await AllAsync(Query() with { OpenNow = true }));
        Assert.Empty(await AllAsync(Query() with { Ending = ConnectionEnd.Expired }));
        Assert.Empty(await AllAsync(Query() with { From = Today.AddDays(1), To = Today.AddDays(2) }));
        Assert.Empty(await AllAsync(Query() with { MembershipId = people["kim"].Member.MembershipId }));
        Assert.Empty(await AllAsync(Query() with { AccountId = "other", MembershipId = people["pat"].Member.MembershipId }));
        Assert.Empty(await AllAsync(Query() with { ClientId = "expert", MembershipId = people["pat"].Member.MembershipId }));
        Hub.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal([second], await AllAsync(Query() with { Ending = ConnectionEnd.Expired }));
        Assert.Empty(await AllAsync(Query() with { OpenNow = true }));
    }

    [Fact]
    public async Task Days_count_sign_ins_and_people_and_say_nothing_of_other_accounts()
    {
        await ConnectAsync("pat", "portal");
        await ConnectAsync("pat", "expert");
        await ConnectAsync("admin", "portal");
        await ConnectAsync("kim", "portal");
        await SignInAnewAsync(TimeSpan.FromDays(2));
        await ConnectAsync("pat", "portal");
        var range = Query() with { To = Today.AddDays(2) };
        Assert.Equal([(3, 2), (0, 0), (1, 1)], await TotalsAsync(range));
        Assert.Equal([(2, 2), (0, 0), (1, 1)], await TotalsAsync(range with { ClientId = "portal" }));
        Assert.Equal([(2, 1), (0, 0), (1, 1)], await TotalsAsync(range with { MembershipId = people["pat"].Member.MembershipId }));
        Assert.Equal([(1, 1), (0, 0), (1, 1)], await TotalsAsync(range with { MembershipId = people["pat"].Member.MembershipId, ClientId = "portal" }));
        Assert.Equal([(0, 0), (0, 0), (0, 0)], await TotalsAsync(range with { MembershipId = people["kim"].Member.MembershipId }));
        Assert.Equal([(1, 1), (0, 0), (0, 0)], await TotalsAsync(range with { AccountId = "other" }));
        Assert.Equal(["expert", "portal"], (await Hub.ReadAsync(reader => Task.FromResult(ReportTotals.ClientsOf(reader, "home")))).Select(client => client.Id));
    }

    [Fact]
    public async Task Seats_are_shown_for_every_day_with_the_most_that_were_taken()
    {
        Assert.Equal([(0, 0, 5)], await SeatsAsync(Today, Today));
        await SeatAsync("pat", true);
        await SeatAsync("admin", true);
        await SeatAsync("pat", false);
        await SignInAnewAsync(TimeSpan.FromDays(2));
        await SeatAsync("admin", false);
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.ResizeAsync(transaction, "home", TestDirectory.Console, 9));
        await SignInAnewAsync(TimeSpan.FromDays(1));

        // Peak, taken at the day's end, capacity; a day to come is none.
        Assert.Equal([(2, 1, 5), (1, 1, 5), (1, 0, 9), (0, 0, 9)], await SeatsAsync(Today, Today.AddDays(9)));
        Assert.Equal([(0, 0, 9)], await SeatsAsync(Today.AddDays(3), Today.AddDays(3)));
        Assert.Equal([(1, 1, 5)], await SeatsAsync(Today.AddDays(1), Today.AddDays(1)));
    }

    [Fact]
    public async Task A_seat_that_was_not_given_leaves_no_mark()
    {
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.ResizeAsync(transaction, "other", TestDirectory.Console, 0));
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, people["kim"].Member.MembershipId, TestDirectory.Console));
        Assert.Equal(1, Hub.Count("SeatDays", "AccountId = 'other' AND Peak = 0 AND Used = 0 AND Capacity = 0"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("x.0123456789abcdef0123456789abcdef")]
    [InlineData("12.short")]
    public void What_is_no_cursor_is_none(string? text) => Assert.Null(ReportCursor.Parse(text));

    private static ReportQuery Query() => new("home", Today.AddDays(-1), Today);

    private async Task<List<string>> AllAsync(ReportQuery query)
    {
        var lines = new List<string>();
        await foreach (var chunk in ReportReader.AllAsync(Hub.Store, query))
        {
            lines.AddRange(chunk.Select(line => line.Id));
        }

        return lines;
    }

    private async Task<IEnumerable<(int, int)>> TotalsAsync(ReportQuery query) =>
        (await Hub.ReadAsync(reader => Task.FromResult(ReportTotals.SignIns(reader, query)))).Where(total => total.Day >= Today).Select(total => (total.SignIns, total.People));

    private async Task<IEnumerable<(int, int, int)>> SeatsAsync(DateOnly from, DateOnly to) =>
        Assert.Single(await Hub.ReadAsync(reader => Task.FromResult(ReportTotals.SeatsOf(reader, new("home", from, to))))).Days.Select(day => (day.Peak, day.Used, day.Capacity));

    private Task SeatAsync(string name, bool give) => Hub.WriteAsync(async transaction =>
    {
        var id = people[name].Member.MembershipId;
        Assert.True(give
            ? await Domain.Seats.Seats.AssignAsync(transaction, id, TestDirectory.Console) is Domain.Seats.Seats.AssignResult.Assigned
            : await Domain.Seats.Seats.ReleaseAsync(transaction, id, TestDirectory.Console));
    });

    private async Task SignInAnewAsync(TimeSpan after)
    {
        Hub.Time.Advance(after);
        foreach (var (name, one) in people.ToList())
        {
            people[name] = (one.Member, await Hub.SignInAsync(one.Member.UserId));
        }
    }

    private async Task<string> ConnectAsync(string name, string client, int seconds = 1)
    {
        Hub.Time.Advance(TimeSpan.FromSeconds(seconds));
        return (await Hub.AuthorizeAsync(client, people[name].Session, people[name].Member.MembershipId))!.GrantId;
    }
}
