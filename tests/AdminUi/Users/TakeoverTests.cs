using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>What somebody who found a console open would begin with asks for a fresh sign-in; and a form changes only what was in it.</summary>
public sealed class TakeoverTests(UsersHub users) : IClassFixture<UsersHub>
{
    private static string PageOf(string id) => $"{UsersHub.Users}/{id}";

    /// <summary>Stands on a page that was opened a while ago.</summary>
    private async Task<Browser> StaleAsync(string page)
    {
        var boss = await users.Console.SignInAsync(UsersHub.Boss, page);
        users.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        return boss;
    }

    [Theory]
    [InlineData("Email", "mine@taken.example"), InlineData("UserName", "mine@taken.example"), InlineData("CodeAddress", "mine@taken.example"), InlineData("Role", "Administrator")]
    public async Task Who_signed_in_a_while_ago_changes_nobodys_sign_in_or_role(string field, string value)
    {
        var id = await users.AddAsync($"{field}@x.example", "Ta", "Ken");
        var before = (await users.StateAsync(id)).Version;
        var boss = await StaleAsync(PageOf(id));
        await boss.SendAsync("#change-form", (field, value));
        Assert.True(boss.Page!.Asks("current-password"));
        Assert.Equal(before, (await users.StateAsync(id)).Version);

        await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
        Assert.Equal(PageOf(id), boss.Page!.Address.AbsolutePath);
        Assert.Contains("Nothing was done yet", boss.Page.Alert, StringComparison.Ordinal);
        await boss.SendAsync("#change-form", (field, value));
        Assert.NotEqual(before, (await users.StateAsync(id)).Version);
    }

    [Fact]
    public async Task The_rest_of_the_form_asks_for_nothing_and_what_would_ask_is_said_above_it()
    {
        var id = await users.AddAsync("rest@x.example", "Re", "St");
        var boss = await StaleAsync(PageOf(id));
        await boss.SendAsync("#change-form", ("Level", "SUPPORT"), ("Family", "Sted"), ("TwoFactor", "true"));
        var state = await users.StateAsync(id);
        Assert.Equal((PermissionLevel.Support, "Re Sted", true), (state.Level, state.DisplayName, state.TwoFactorRequired));

        Assert.Contains("For changes of e-mail, user name, codes or role sign in again first.", boss.Page!.Text, StringComparison.Ordinal);
        await boss.SendAsync("form.alert");
        Assert.True(boss.Page!.Asks("current-password"));
        await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
        Assert.Equal(PageOf(id), boss.Page!.Address.AbsolutePath);
        Assert.Null(boss.Page.Document.QuerySelector("form.alert"));
    }

    [Fact]
    public async Task A_link_to_choose_a_password_is_made_or_mailed_only_after_a_fresh_sign_in()
    {
        var invited = await users.AddAsync("linked@x.example", "Lin", "Ked");
        foreach (var (id, button) in ((string, string)[])[(invited, "Make a link to copy"), (await users.Console.MemberIdAsync(UsersHub.Second, "north"), "Send a link to choose another password")])
        {
            var boss = await StaleAsync(PageOf(id));
            await boss.PressAsync(button);
            Assert.True(boss.Page!.Asks("current-password"));
            await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
            Assert.Equal(PageOf(id), boss.Page!.Address.AbsolutePath);
            Assert.Null(boss.Page.Document.GetElementById("link"));
            Assert.Null(boss.Page.Document.QuerySelector("main > .alert.good"));
        }
    }

    [Fact]
    public async Task Another_administrator_or_a_first_password_is_made_only_after_a_fresh_sign_in()
    {
        var boss = await users.Console.SignInAsync(UsersHub.Boss);
        foreach (var (name, value) in ((string, string)[])[("Role", "Administrator"), ("Access", "password")])
        {
            users.Hub.Time.Advance(TimeSpan.FromMinutes(16));
            await boss.GoAsync(UsersHub.Users + "/new");
            Assert.Contains("To add an administrator, or to give a first password, sign in again first.", boss.Page!.Text, StringComparison.Ordinal);
            await boss.SendAsync("form.card", ("Given", "Acc"), ("Email", "accomplice@x.example"), ("Password", "words that they will change"), (name, value));
            Assert.True(boss.Page!.Asks("current-password"));
            await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
            Assert.Equal(UsersHub.Users + "/new", boss.Page!.Address.AbsolutePath);
            Assert.Null(boss.Page.Document.QuerySelector("form.alert"));
        }

        users.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await boss.GoAsync(UsersHub.Users + "?q=accomplice");
        Assert.Contains("Nobody matches", boss.Page!.Text, StringComparison.Ordinal);
        await boss.GoAsync(UsersHub.Users + "/new");
        await boss.SendAsync("form.alert");
        Assert.True(boss.Page!.Asks("current-password"));
        await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
        users.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await boss.SendAsync("form.card", ("Given", "Plain"), ("Email", "plain.user@x.example"));
        Assert.Contains("Plain was added.", boss.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_with_codes_by_mail_changes_themself_and_keeps_the_address()
    {
        var own = await users.Console.MemberIdAsync(UsersHub.Second, "north");
        var second = await users.Console.SignInAsync(UsersHub.Second);
        await users.Hub.WriteAsync(async transaction => await SecondFactors.PutEmailCodesAsync(transaction, (await users.StateAsync(own)).UserId, "codes@second.example"));
        await second.GoAsync(PageOf(own));
        Assert.Null(second.Page!.Document.GetElementById("CodeAddress"));
        await second.SendAsync("#change-form", ("Family", "Secondo"));
        var state = await users.StateAsync(own);
        Assert.Equal(("Sandy Secondo", "codes@second.example"), (state.DisplayName, state.CodeAddress));
    }

    [Fact]
    public async Task Of_an_operator_who_is_at_home_here_the_level_changes_and_no_name_is_lost()
    {
        var id = await users.Hub.WriteAsync(async transaction =>
        {
            var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("runs@x.example", "Ru", "Ns", "runs@x.example", true, Operator: true));
            return ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, "north", Role.User, null, MembershipStatus.Active))).Membership.Id;
        });
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(id));
        Assert.Null(boss.Page!.Document.GetElementById("UserName"));
        await boss.SendAsync("#change-form", ("Level", "SUPPORT"));
        var state = await users.StateAsync(id);
        Assert.Equal((PermissionLevel.Support, "Ru Ns", "runs@x.example", "runs@x.example"), (state.Level, state.DisplayName, state.UserName, state.Email));
    }
}
