using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>The page of one user: changing them, seats, invitations, the end.</summary>
public sealed class MemberTests(UsersHub users) : IClassFixture<UsersHub>
{
    private static string PageOf(string id) => $"{UsersHub.Users}/{id}";

    private async Task<Browser> OpenAsync(string id, string userName = UsersHub.Boss) => await (await users.AsAsync(userName)).GoAsync(PageOf(id));

    private static string? Flash(Browser browser) => browser.Page!.Document.QuerySelector("main > .alert.good")?.TextContent;

    private static string? Fault(Browser browser) => browser.Page!.Document.QuerySelector("main > .alert.bad")?.TextContent;

    [Fact]
    public async Task Everything_is_changed_by_one_form_and_what_changed_is_said()
    {
        var id = await users.AddAsync("change@x.example", "Cha", "Nge");
        var boss = await OpenAsync(id);
        await boss.SendAsync(
            "#change-form", ("Given", "New"), ("Family", "Name"), ("UserName", "new.name@x.example"), ("Email", "new.mail@x.example"), ("Role", "Administrator"), ("Level", "INVOICES"), ("TwoFactor", "true"),
            ("CodeAddress", "codes@x.example"));
        Assert.Contains("name from Cha Nge to New Name; user name from change@x.example to new.name@x.example;", Flash(boss), StringComparison.Ordinal);
        Assert.Contains("permission level from none to INVOICES; second factor required from no to yes; address for codes from none to codes@x.example.", Flash(boss), StringComparison.Ordinal);
        var state = await users.StateAsync(id);
        Assert.Equal(("New Name", "new.name@x.example", "new.mail@x.example", "codes@x.example"), (state.DisplayName, state.UserName, state.Email, state.CodeAddress));
        Assert.Equal((Role.Administrator, PermissionLevel.Invoices, true), (state.Role, state.Level, state.TwoFactorRequired));

        await boss.SendAsync("#change-form");
        Assert.Equal("Nothing to change: it is so already.", Flash(boss));
        await boss.SendAsync("#change-form", ("Status", "Inactive"));
        Assert.Equal(MembershipStatus.Inactive, (await users.StateAsync(id)).Status);
    }

    [Fact]
    public async Task Of_two_administrators_the_second_is_shown_what_the_first_changed_beside_what_they_typed()
    {
        var id = await users.AddAsync("twice@x.example", "Two", "Fold");
        var (boss, second) = (await OpenAsync(id), await OpenAsync(id, UsersHub.Second));
        await boss.SendAsync("#change-form", ("Level", "SUPPORT"), ("Family", "Firstly"));

        await second.SendAsync("#change-form", ("Role", "Administrator"), ("Family", "Secondly"));
        Assert.Equal(HttpStatusCode.Conflict, second.Page!.Status);
        Assert.Contains("somebody changed this user after you opened the form", second.Page.Alert, StringComparison.Ordinal);
        var last = second.Page.Document.GetElementById("last-change")!;
        Assert.StartsWith("The last change: Billie Boss changed ", last.TextContent, StringComparison.Ordinal);
        Assert.NotNull(last.QuerySelector("time[datetime]"));
        Assert.Equal("Secondly", second.Page.Document.GetElementById("Family")!.GetAttribute("value"));
        Assert.Equal("Now: Firstly", second.Page.Document.GetElementById("Family-now")!.TextContent);
        Assert.Equal("Now: SUPPORT", second.Page.Document.GetElementById("Level-now")!.TextContent);
        Assert.Equal("Now: User", second.Page.Document.GetElementById("Role-now")!.TextContent);
        Assert.Null(second.Page.Document.GetElementById("Given-now"));
        var state = await users.StateAsync(id);
        Assert.Equal(("Two Firstly", Role.User, PermissionLevel.Support), (state.DisplayName, state.Role, state.Level));

        // Having seen it, they may put theirs in its place.
        await second.SendAsync("#change-form", ("Level", "SUPPORT"));
        Assert.NotNull(Flash(second));
        state = await users.StateAsync(id);
        Assert.Equal(("Two Secondly", Role.Administrator, PermissionLevel.Support), (state.DisplayName, state.Role, state.Level));
    }

    [Fact]
    public async Task A_form_without_its_version_or_with_a_made_up_one_changes_nothing()
    {
        var id = await users.AddAsync("version@x.example", "Ver", "Sion");
        var boss = await OpenAsync(id);
        foreach (var version in (string[])["", "0", "x"])
        {
            await boss.SendAsync("#change-form", ("Version", version), ("Role", "Administrator"));
            Assert.Equal(HttpStatusCode.Conflict, boss.Page!.Status);
            Assert.Equal(Role.User, (await users.StateAsync(id)).Role);
        }
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_each_field_and_nothing_is_changed()
    {
        var id = await users.AddAsync("wrong@x.example", "Wro", "Ng");
        var before = await users.StateAsync(id);
        var boss = await OpenAsync(id);
        await boss.SendAsync(
            "#change-form", ("Given", ""), ("Family", ""), ("UserName", UsersHub.Second), ("Email", "a b"), ("CodeAddress", "@"), ("Role", "Administrator"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
        Assert.Equal("Write a name.", boss.Page.Document.GetElementById("Given-wrong")!.TextContent);
        Assert.NotNull(boss.Page.Document.GetElementById("Email-wrong"));
        Assert.NotNull(boss.Page.Document.GetElementById("CodeAddress-wrong"));
        Assert.Equal("a b", boss.Page.Document.GetElementById("Email")!.GetAttribute("value"));

        await boss.SendAsync("#change-form", ("Given", "Wro"), ("Family", "Ng"), ("Email", "wrong@x.example"), ("CodeAddress", ""));
        Assert.Equal("Somebody else has this user name already. Choose another one.", boss.Page!.Document.GetElementById("UserName-wrong")!.TextContent);
        Assert.Equal(before.Version, (await users.StateAsync(id)).Version);
    }

    [Fact]
    public async Task Nobody_is_found_who_is_not_here_and_nothing_is_done_to_them()
    {
        var southerner = await users.AddAsync("foreign@x.example", "For", "Eign", "south");
        var own = await users.AddAsync("own@x.example");
        var boss = await OpenAsync(own);
        var token = boss.Page!.Document.QuerySelector("#change-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var id in (string[])[southerner, "nobody", "..", new string('x', 3000)])
        {
            foreach (var path in (string[])["", "/delete", "/password"])
            {
                await boss.GoAsync(PageOf(Uri.EscapeDataString(id)) + path);
                Assert.Contains(boss.Page!.Status, (HttpStatusCode[])[HttpStatusCode.NotFound]);
            }

            foreach (var handler in (string[])["", "Give", "Take", "Move", "Deactivate", "Reactivate", "SignOut", "Invite", "Withdraw", "Reset", "Link"])
            {
                await boss.PostAsync($"{PageOf(Uri.EscapeDataString(id))}?handler={handler}", [new("__RequestVerificationToken", token), new("application", "desk"), new("to", UsersHub.Second), new("Role", "User")]);
                Assert.Equal(HttpStatusCode.NotFound, boss.Page!.Status);
            }
        }

        Assert.Equal(MembershipStatus.Active, (await users.StateAsync(southerner, "south")).Status);
    }

    [Fact]
    public async Task A_guest_shows_only_what_is_this_accounts_to_change()
    {
        await users.AddAsync("visitor@x.example", "Vi", "Sitor", "south");
        var id = await users.AddAsync("visitor@x.example");
        var boss = await OpenAsync(id);
        foreach (var hidden in (string[])["Given", "Family", "UserName", "Email", "CodeAddress"])
        {
            Assert.Null(boss.Page!.Document.GetElementById(hidden));
        }

        Assert.Contains("belongs to another account, which alone helps them to a password", boss.Page!.Text, StringComparison.Ordinal);
        await boss.SendAsync("#change-form", ("Role", "Administrator"), ("Level", "ACATR"));
        Assert.NotNull(Flash(boss));
        var token = boss.Page!.Document.QuerySelector("#change-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var handler in (string[])["Invite", "Link", "Reset", "Withdraw"])
        {
            await boss.PostAsync($"{PageOf(id)}?handler={handler}", [new("__RequestVerificationToken", token)]);
            Assert.Contains("belongs to another account", Fault(boss), StringComparison.Ordinal);
        }

        // What the form does not have is not taken from it either.
        var state = await users.StateAsync(id);
        await boss.PostAsync(PageOf(id), [new("__RequestVerificationToken", token), new("Version", state.Version), new("Role", "User"), new("Level", "ACATR"), new("UserName", "mine@x.example"), new("Given", "Mine"), new("Status", "Active")]);
        state = await users.StateAsync(id);
        Assert.Equal((Role.User, "visitor@x.example"), (state.Role, state.UserName));
    }

    [Fact]
    public async Task Only_the_PRIMARY_changes_the_PRIMARY_and_nobody_ends_themself()
    {
        var prime = await users.Console.MemberIdAsync(UsersHub.Prime, "north");
        var boss = await OpenAsync(prime);
        Assert.Null(boss.Page!.Document.GetElementById("change-form"));
        Assert.Null(boss.Page.Document.QuerySelector("a.danger"));
        Assert.Contains("This is the account's Primary User. Only they themselves can change this.", boss.Page.Text, StringComparison.Ordinal);

        var own = await OpenAsync(await users.Console.MemberIdAsync(UsersHub.Boss, "north"));
        Assert.NotNull(own.Page!.Document.GetElementById("change-form"));
        Assert.Null(own.Page.Document.GetElementById("Status"));
        Assert.Contains("You cannot delete yourself. Ask another administrator.", own.Page.Text, StringComparison.Ordinal);

        var token = own.Page.Document.QuerySelector("#change-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await own.PostAsync($"{PageOf(prime)}?handler=Deactivate", [new("__RequestVerificationToken", token)]);
        Assert.Contains("Primary User", Fault(own), StringComparison.Ordinal);
        await own.PostAsync($"{PageOf(await users.Console.MemberIdAsync(UsersHub.Boss, "north"))}?handler=Deactivate", [new("__RequestVerificationToken", token)]);
        Assert.Equal("You cannot deactivate yourself. Ask another administrator.", Fault(own));
    }

    [Fact]
    public async Task Seats_are_given_taken_and_moved_and_when_none_is_left_the_plan_is_named()
    {
        var (one, other) = (await users.AddAsync("seat1@x.example", "Seat", "One"), await users.AddAsync("seat2@x.example", "Seat", "Two"));
        await OpenAsync(one);
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.SendAsync("form[action='?handler=Give'] input[value=tool]");
        Assert.Equal("Changed: seats from none to Expert tool.", Flash(boss));

        await OpenAsync(other);
        Assert.Contains("No seat is left: all 1 are taken.", boss.Page!.Text, StringComparison.Ordinal);
        Assert.NotNull(boss.Page.Document.QuerySelector("main a[href='/admin/accounts/north/plan']"));
        Assert.Equal("seat1@x.example", boss.Page.Document.QuerySelector("#holders-tool option")!.GetAttribute("value"));
        await boss.SendAsync("#from-tool", ("from", "nobody@x.example"));
        Assert.Equal("No user here has that user name. No seat was moved.", Fault(boss));
        await boss.SendAsync("#from-tool", ("from", "SEAT1@x.example"));
        Assert.Equal("The seat was moved from SEAT1@x.example.", Flash(boss));
        Assert.Equal([], (await users.StateAsync(one)).Seats);
        Assert.Equal(["tool"], (await users.StateAsync(other)).Seats);

        await boss.SendAsync("#to-tool", ("to", "seat1@x.example"));
        Assert.Equal(["tool"], (await users.StateAsync(one)).Seats);
        await OpenAsync(one);
        await boss.SendAsync("form[action='?handler=Take'] input[value=tool]");
        Assert.Equal("Changed: seats from Expert tool to none.", Flash(boss));
    }

    [Fact]
    public async Task Deactivated_and_reactivated_they_are_out_and_in_again_without_seats()
    {
        var id = await users.AddAsync("away@x.example", "A", "Way", seats: "desk");
        var boss = await OpenAsync(id);
        await boss.PressAsync("Deactivate");
        Assert.Contains("Changed: status from Active to Inactive; seats from Help desk to none. If that was a mistake, activate them again: their sessions stay ended", Flash(boss), StringComparison.Ordinal);
        Assert.Contains("Seats and sessions do not come back by themselves", boss.Page!.Text, StringComparison.Ordinal);
        await boss.PressAsync("Activate again");
        Assert.Equal("Changed: status from Inactive to Active.", Flash(boss));
        Assert.Empty((await users.StateAsync(id)).Seats);

        // By the form too, and only there where it was just done.
        await boss.SendAsync("#change-form", ("Status", "Inactive"));
        Assert.NotNull(boss.Page!.Document.QuerySelector("main > .alert.good button"));
        await OpenAsync(id);
        Assert.Null(boss.Page!.Document.QuerySelector("main > .alert.good"));
        await boss.PressAsync("Reactivate");
        Assert.Equal(MembershipStatus.Active, (await users.StateAsync(id)).Status);
    }

    [Fact]
    public async Task An_invitation_is_mailed_copied_and_withdrawn_and_its_link_shown_once()
    {
        var id = await users.AddAsync("invite@x.example", "In", "Vite");
        var boss = await OpenAsync(id);
        Assert.Contains("They have no password and no open invitation.", boss.Page!.Text, StringComparison.Ordinal);
        await boss.PressAsync("Mail an invitation");
        Assert.Contains("A mail is on its way", Flash(boss), StringComparison.Ordinal);
        Assert.Contains("Invited on", boss.Page!.Text, StringComparison.Ordinal);
        users.Hub.Time.Advance(TimeSpan.FromSeconds(1));
        await boss.PressAsync("Make a link to copy");
        var link = boss.Page!.Document.GetElementById("link")!.TextContent;
        Assert.StartsWith(users.Hub.Issuer + "/invitation?token=", link, StringComparison.Ordinal);
        using var guest = users.Hub.NewBrowser();
        await guest.GoAsync(link);
        Assert.True(guest.Page!.Asks("new-password"));
        await OpenAsync(id);
        Assert.Null(boss.Page!.Document.GetElementById("link"));
        await boss.PressAsync("Withdraw the invitation");
        await guest.GoAsync(link);
        Assert.False(guest.Page!.Asks("new-password"));
        await boss.PressAsync("Mail an invitation");
    }

    [Fact]
    public async Task A_first_password_and_a_link_to_another_one_take_the_place_of_a_password_field()
    {
        var id = await users.AddAsync("reset@x.example", "Re", "Set");
        var boss = await OpenAsync(id);
        await boss.GoAsync(PageOf(id) + "/password");
        await boss.SendAsync("main form", ("password", "short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
        Assert.NotNull(boss.Page.Document.GetElementById("password-wrong"));
        Assert.False((await users.StateAsync(id)).HasPassword);
        await boss.SendAsync("main form", ("password", "words that they will change"));
        Assert.Contains("The first password is set.", Flash(boss), StringComparison.Ordinal);
        Assert.True((await users.StateAsync(id)).HasPassword);

        await boss.PressAsync("Send a link to choose another password");
        Assert.Contains("A mail is on its way", Flash(boss), StringComparison.Ordinal);
        var hash = await users.Hub.ReadAsync(async reader => await Passwords.HashOfAsync(reader, (await users.StateAsync(id)).UserId));
        await boss.SendAsync("#change-form", ("Level", "SUPPORT"));
        Assert.Equal(hash, await users.Hub.ReadAsync(async reader => await Passwords.HashOfAsync(reader, (await users.StateAsync(id)).UserId)));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_their_console_too()
    {
        var second = await users.Console.SignInAsync(UsersHub.Second);
        var boss = await OpenAsync(await users.Console.MemberIdAsync(UsersHub.Second, "north"));
        await boss.PressAsync("Sign out everywhere");
        Assert.Equal("Signed out everywhere. Apps were told.", Flash(boss));
        await second.GoAsync(UsersHub.Users);
        Assert.True(second.Page!.Asks("current-password"));
    }
}
