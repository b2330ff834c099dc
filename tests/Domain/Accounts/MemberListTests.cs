using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class MemberListTests : HubTests
{
    private readonly Dictionary<string, TestMember> members = [];

    /// <summary>Five members of each kind, and one of the same name next door.</summary>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("north", seats: 2);
        await Hub.AddAccountAsync("south", seats: 2);
        members["ada"] = await AddAsync("ada", "Ada", "Ängström", Role.Administrator);
        members["bob"] = await AddAsync("bob", "Bob", "Zimmer", level: PermissionLevel.Support);
        members["cem"] = await AddAsync("cem", "Cem", "Öz", level: PermissionLevel.Primary);
        members["dee"] = await AddAsync("dee", "Dee", "O'Hara_100%", status: MembershipStatus.Inactive);
        await Hub.AddMemberAsync("eve", "south");
        members["eve"] = await Hub.AddMemberAsync("eve", "north", status: MembershipStatus.Invited);
        await Hub.AddMemberAsync("ada-next-door", "south");
        await Hub.WriteAsync(async transaction =>
        {
            await Domain.Seats.Seats.AssignAsync(transaction, members["bob"].MembershipId, TestDirectory.Console);
            await SecondFactors.PutTotpAsync(transaction, members["ada"].UserId, new byte[20]);
            await SecondFactors.PutEmailCodesAsync(transaction, members["eve"].UserId, "eve@codes.example");
            await Memberships.RequireTwoFactorAsync(transaction, members["bob"].MembershipId, true);
        });
        var session = await Hub.SignInAsync(members["cem"].UserId);
        await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.SwitchAccountAsync(transaction, session.Id, "north"));
    }

    private Task<TestMember> AddAsync(string name, string given, string family, Role role = Role.User, PermissionLevel? level = null, MembershipStatus status = MembershipStatus.Active) =>
        Hub.WriteAsync(async transaction =>
        {
            var user = ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name + "@north.example", given, family, null, false, false))).User;
            var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user.Id, "north", role, level, status));
            if (level == PermissionLevel.Primary)
            {
                await PrimaryTransfer.AppointFirstAsync(transaction, added.Membership.Id);
            }

            return new TestMember(user.Id, added.Membership.Id);
        });

    private Task<MemberPage> ReadAsync(MemberFilter? filter = null, MemberOrder? order = null, int page = 1, int size = 50, string account = "north") =>
        Hub.ReadAsync(reader => MemberList.ReadAsync(reader, new(account, filter ?? MemberFilter.All, order ?? new(), page, size)));

    private async Task<string> NamesAsync(MemberFilter? filter = null, MemberOrder? order = null)
    {
        var page = await ReadAsync(filter, order);
        Assert.Equal(page.Total, page.Rows.Count);
        Assert.Equal(page.Total, await Hub.ReadAsync(reader => MemberList.CountAsync(reader, "north", filter ?? MemberFilter.All)));
        return string.Join(' ', page.Rows.Select(row => members.Single(member => member.Value.MembershipId == row.Id).Key));
    }

    [Fact]
    public async Task A_line_says_all_of_a_member_and_nothing_of_a_guest_that_is_not_this_accounts()
    {
        var rows = (await ReadAsync()).Rows.ToDictionary(row => row.DisplayName);
        var (ada, bob, cem, eve) = (rows["Ada Ängström"], rows["Bob Zimmer"], rows["Cem Öz"], rows["eve"]);
        Assert.Equal((Role.Administrator, null, MembershipStatus.Active, true), (ada.Role, ada.Level, ada.Status, ada.HasTotp));
        Assert.Equal((true, false, false), (bob.TwoFactorRequired, bob.HasTotp, bob.ActiveNow));
        Assert.Equal([TestDirectory.Console], bob.Seats);
        Assert.Equal((PermissionLevel.Primary, true, Hub.Time.GetUtcNow()), (cem.Level, cem.ActiveNow, cem.LastSignInAt));

        // Who has not accepted yet shows no second factor, and no address but the one that this account wrote down.
        Assert.Equal((MembershipStatus.Invited, false, false, "eve@mail.example"), (eve.Status, eve.Home, eve.HasEmailCodes, eve.Email));
    }

    [Theory]
    [InlineData("ang", "ada"), InlineData("ÄNG", "ada"), InlineData("angstrom ada", "ada"), InlineData("oz", "cem"), InlineData("%", "dee"), InlineData("_100", "dee"), InlineData("o'h", "dee")]
    [InlineData("eve", "eve"), InlineData("BOB@north", "bob"), InlineData("north.example", "ada bob cem dee"), InlineData("  ", "ada bob cem dee eve"), InlineData("nobody", ""), InlineData("!", "")]
    [InlineData("ada bob", ""), InlineData("next-door", "")]
    public async Task What_is_typed_is_found_anywhere_in_a_name_however_it_is_written(string find, string expected) =>
        Assert.Equal(expected, await NamesAsync(new() { Find = find }));

    [Fact]
    public async Task What_nobody_would_type_harms_nothing()
    {
        foreach (var find in (string[])["\ud800", new string('a', 100_000), "\0", "'; DROP TABLE \"Users\"; --", string.Join(' ', Enumerable.Repeat("a", 10_000)), "\u0301", "\r\n"])
        {
            Assert.True((await ReadAsync(new() { Find = find })).Total <= 5);
        }
    }

    [Fact]
    public async Task Each_filter_leaves_who_it_names_and_filters_add_up()
    {
        Assert.Equal("ada", await NamesAsync(new() { Role = Role.Administrator }));
        Assert.Equal("bob", await NamesAsync(new() { Level = PermissionLevel.Support }));
        Assert.Equal("ada dee eve", await NamesAsync(new() { WithoutLevel = true }));
        Assert.Equal("dee", await NamesAsync(new() { Status = MembershipStatus.Inactive }));
        Assert.Equal("bob", await NamesAsync(new() { Seat = TestDirectory.Console }));
        Assert.Equal("", await NamesAsync(new() { Seat = "nothing" }));
        Assert.Equal("ada cem dee eve", await NamesAsync(new() { WithoutSeat = true }));
        Assert.Equal("bob", await NamesAsync(new() { TwoFactor = TwoFactorStanding.Required }));
        Assert.Equal("ada", await NamesAsync(new() { TwoFactor = TwoFactorStanding.Enrolled }));
        Assert.Equal("bob cem dee eve", await NamesAsync(new() { TwoFactor = TwoFactorStanding.None }));
        Assert.Equal("bob", await NamesAsync(new() { TwoFactor = TwoFactorStanding.Missing }));
        Assert.Equal("cem", await NamesAsync(new() { ActiveNow = true }));
        Assert.Equal("ada bob cem dee eve", await NamesAsync(new() { Source = MemberSource.File }));
        Assert.Equal("", await NamesAsync(new() { Source = MemberSource.Import }));
        Assert.Equal("bob", await NamesAsync(new() { Role = Role.User, Status = MembershipStatus.Active, Find = "north", TwoFactor = TwoFactorStanding.None, Seat = TestDirectory.Console }));
    }

    [Fact]
    public async Task What_the_account_asks_of_everyone_or_of_administrators_counts_as_required()
    {
        await Hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, "north", "North", TwoFactorPolicy.Administrators, new()));
        Assert.Equal("ada bob cem", await NamesAsync(new() { TwoFactor = TwoFactorStanding.Required }));
        Assert.Equal("ada bob cem", string.Join(' ', (await ReadAsync()).Rows.Where(row => row.TwoFactorRequired).Select(row => row.DisplayName[..3].ToLowerInvariant())));
        await Hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, "north", "North", TwoFactorPolicy.Required, new()));
        Assert.Equal("bob cem dee eve", await NamesAsync(new() { TwoFactor = TwoFactorStanding.Missing }));
    }

    [Theory]
    [InlineData(MemberColumn.Name, "ada bob cem dee eve", "eve dee cem bob ada")]
    [InlineData(MemberColumn.UserName, "ada bob cem dee eve", "eve dee cem bob ada")]
    [InlineData(MemberColumn.Role, "ada bob cem dee eve", "bob cem dee eve ada")]
    [InlineData(MemberColumn.Level, "cem bob ada dee eve", "ada dee eve bob cem")]
    [InlineData(MemberColumn.Seat, "bob ada cem dee eve", "ada cem dee eve bob")]
    [InlineData(MemberColumn.Status, "ada bob cem eve dee", "dee eve ada bob cem")]
    [InlineData(MemberColumn.TwoFactor, "ada bob cem dee eve", "cem dee eve bob ada")]
    [InlineData(MemberColumn.LastSignIn, "ada bob dee eve cem", "cem ada bob dee eve")]
    [InlineData(MemberColumn.ActiveNow, "cem ada bob dee eve", "ada bob dee eve cem")]
    [InlineData(MemberColumn.Source, "ada bob cem dee eve", "ada bob cem dee eve")]
    public async Task Every_column_sorts_both_ways_and_who_is_alike_stands_by_name(MemberColumn column, string ascending, string descending)
    {
        Assert.Equal(ascending, await NamesAsync(order: new(column, Seat: TestDirectory.Console)));
        Assert.Equal(descending, await NamesAsync(order: new(column, Descending: true, TestDirectory.Console)));
    }

    [Fact]
    public async Task Pages_hold_everybody_once_and_one_past_the_end_is_the_last()
    {
        foreach (var column in Enum.GetValues<MemberColumn>())
        {
            var ids = new List<string>();
            for (var page = 1; page <= 3; page++)
            {
                var part = await ReadAsync(order: new(column, true), page: page, size: 2);
                Assert.Equal((5, page, 3), (part.Total, part.Page, part.Pages));
                ids.AddRange(part.Rows.Select(row => row.Id));
            }

            Assert.Equal(members.Values.Select(member => member.MembershipId).Order(), ids.Order());
        }

        Assert.Equal(3, (await ReadAsync(page: int.MaxValue, size: 2)).Page);
        Assert.Equal(1, (await ReadAsync(page: int.MinValue, size: 2)).Page);
        Assert.Equal((0, 1, 1), ((await ReadAsync(account: "nowhere")) is var none ? (none.Total, none.Page, none.Pages) : default));
    }

    [Fact]
    public async Task Chunks_hold_everybody_once_in_the_order_of_names_with_the_same_filters()
    {
        foreach (var filter in (MemberFilter[])[MemberFilter.All, new() { Find = "north" }, new() { Role = Role.User }])
        {
            var rows = new List<MemberRow>();
            while (await Hub.ReadAsync(reader => MemberList.ReadChunkAsync(reader, "north", filter, rows is [.., var last] ? last.Position : null, 2)) is { Count: > 0 } chunk)
            {
                rows.AddRange(chunk);
            }

            Assert.Equal((await ReadAsync(filter)).Rows.Select(row => row.Id), rows.Select(row => row.Id));
            Assert.Equal(rows.Select(row => row.Id), await Hub.ReadAsync(reader => MemberList.IdsAsync(reader, "north", filter)));
        }
    }

    [Fact]
    public async Task Lines_are_read_by_their_ids_only_within_the_account()
    {
        var stranger = await Hub.AddMemberAsync("zoe", "south");
        var rows = await Hub.ReadAsync(reader => MemberList.ReadOnesAsync(reader, "north", [members["dee"].MembershipId, stranger.MembershipId, "nobody", members["ada"].MembershipId]));
        Assert.Equal([members["dee"].MembershipId, members["ada"].MembershipId], rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Who_was_not_seen_for_five_minutes_or_acts_elsewhere_is_not_active_now()
    {
        Hub.Time.Advance(MemberList.ActiveWithin - TimeSpan.FromSeconds(1));
        Assert.Equal("cem", await NamesAsync(new() { ActiveNow = true }));
        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", await NamesAsync(new() { ActiveNow = true }));

        await Hub.AddClientAsync("app");
        var session = await Hub.SignInAsync(members["bob"].UserId);
        Assert.Equal("", await NamesAsync(new() { ActiveNow = true }));
        await Hub.AuthorizeAsync("app", session, members["bob"].MembershipId);
        Assert.Equal("bob", await NamesAsync(new() { ActiveNow = true }));
        await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.EndAsync(transaction, session.Id, "test"));
        Assert.Equal("", await NamesAsync(new() { ActiveNow = true }));
    }

    [Fact]
    public async Task A_name_is_found_as_it_is_now_wherever_it_was_changed()
    {
        await Hub.WriteAsync(transaction => Domain.Users.Users.ChangeProfileAsync(transaction, members["bob"].UserId, new("robert@north.example", "Robert", "Zimmer", null, false, false)));
        Assert.Equal("bob", await NamesAsync(new() { Find = "robert zimmer" }));
        Assert.Equal("", await NamesAsync(new() { Find = "bob" }));

        // A guest is known by what this account has on file, else by the sign-in name.
        await Hub.WriteAsync(transaction => Domain.Users.Users.ChangeProfileAsync(transaction, members["eve"].UserId, new("evelyn", "Secret", "Name", null, false, false)));
        Assert.Equal("eve", await NamesAsync(new() { Find = "evelyn" }));
        Assert.Equal("", await NamesAsync(new() { Find = "secret" }));
        await Hub.WriteAsync(transaction => MemberProfiles.PutAsync(
            transaction, members["eve"].MembershipId, new("evelyn", null, new() { ["name"] = new JsonObject { ["givenName"] = "Guest", ["familyName"] = "Star" } })));
        Assert.Equal("eve", await NamesAsync(new() { Find = "guest star" }));
        Assert.Equal("Guest Star", (await ReadAsync(new() { Find = "guest star" })).Rows[0].DisplayName);

        // And so it stays when they accept, and when their own name changes.
        await Hub.WriteAsync(transaction => Memberships.AdmitAsync(transaction, members["eve"].MembershipId));
        await Hub.WriteAsync(transaction => Domain.Users.Users.ChangeProfileAsync(transaction, members["eve"].UserId, new("evelyn", "Other", "Name", null, false, false)));
        Assert.Equal("Guest Star", (await ReadAsync(new() { Find = "star" })).Rows[0].DisplayName);
    }

    [Fact]
    public async Task Who_adds_a_member_says_where_they_came_from()
    {
        foreach (var (actor, source) in ((Actor, MemberSource)[])
            [(new Actor.Person(members["ada"].UserId), MemberSource.Pages), (new Actor.Provisioning("north", "t"), MemberSource.Provisioning), (new Actor.Hub("file"), MemberSource.File)])
        {
            var id = await Hub.Store.WriteAsync(actor, async transaction =>
            {
                var user = ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("from-" + source, null, null, null, false, false))).User;
                return ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user.Id, "north", Role.User, null, MembershipStatus.Active))).Membership.Id;
            });
            Assert.Contains((await ReadAsync(new() { Source = source })).Rows, row => row.Id == id);
        }
    }

    [Theory]
    [InlineData("Łukasz  Ürün", "łukasz urun"), InlineData("ﬁne\u0000\r\nname", "fine name"), InlineData("\u202Eevil\u200B", "evil"), InlineData("\u200B", "\uFFFD")]
    public void Names_fold_to_what_people_type(string name, string key) => Assert.Equal(key, MemberNames.KeyOf(name));

    [Fact]
    public void A_long_name_is_found_by_its_beginning_and_a_broken_one_by_what_is_whole_in_it()
    {
        Assert.Equal("\uFFFD", MemberNames.KeyOf("\ud83d"));
        Assert.Equal(new string('x', MemberNames.KeyLength), MemberNames.KeyOf(new string('X', 1000)));
        Assert.True(MemberNames.KeyOf(string.Concat(Enumerable.Repeat("😀", 500))).Length <= MemberNames.KeyLength);
    }
}
