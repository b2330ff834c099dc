using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>Adding a user, rightly and wrongly.</summary>
public sealed class NewUserTests(UsersHub users) : IClassFixture<UsersHub>
{
    private const string New = UsersHub.Users + "/new";

    private async Task<Browser> FillAsync(params (string Name, string Value)[] values)
    {
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(New);
        return await boss.SendAsync("main form", values);
    }

    private static string IdOf(Page page) => page.Address.Segments[^1];

    private static string? Wrong(Page page, string name)
    {
        var input = page.Document.GetElementById(name)!;
        var said = page.Document.GetElementById(name + "-wrong");
        Assert.Equal(said is not null, input.GetAttribute("aria-invalid") == "true");
        Assert.True(said is null || input.GetAttribute("aria-describedby")!.Split(' ').Contains(name + "-wrong"));
        return said?.TextContent;
    }

    [Fact]
    public async Task A_new_user_gets_what_the_form_says_and_an_invitation_by_mail()
    {
        var boss = await FillAsync(
            ("Given", "Nora"), ("Family", "New"), ("Email", "nora@x.example"), ("Role", "Administrator"), ("Level", "SUPPORT"), ("Seats", "desk"), ("TwoFactor", "true"), ("CodeAddress", "nora@codes.example"));
        Assert.Contains("Nora New was added. An invitation went to nora@x.example", boss.Page!.Text, StringComparison.Ordinal);
        var state = await users.StateAsync(IdOf(boss.Page));
        Assert.Equal(("Nora New", "nora@x.example", Role.Administrator, PermissionLevel.Support, true), (state.DisplayName, state.UserName, state.Role, state.Level, state.TwoFactorRequired));
        Assert.Equal(("nora@codes.example", MemberSource.Pages, false), (state.CodeAddress, state.Source, state.HasPassword));
        Assert.Equal(["desk"], state.Seats);
        Assert.Contains("Invited on", boss.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_password_signs_in_and_is_never_shown_again()
    {
        const string Password = "three words of theirs";
        var boss = await FillAsync(("Given", "Fay"), ("Email", "fay@x.example"), ("Access", "password"), ("Password", Password));
        Assert.Contains("Tell them the first password yourself", boss.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, boss.Page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.True((await users.StateAsync(IdOf(boss.Page))).HasPassword);
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_each_field_and_what_was_typed_stays_but_no_password()
    {
        var boss = await FillAsync(
            ("Given", " "), ("Family", ""), ("Email", "no address"), ("CodeAddress", "neither"), ("Level", "ACATR"), ("TwoFactor", "true"), ("Access", "password"), ("Password", "short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
        Assert.Equal("Write a name.", Wrong(boss.Page, "Given"));
        Assert.Equal("Write an e-mail address, such as name@example.org.", Wrong(boss.Page, "Email"));
        Assert.Equal("Write an e-mail address, such as name@example.org.", Wrong(boss.Page, "CodeAddress"));
        Assert.Equal("Choose a password of 15 characters or more. A few words in a row do well.", Wrong(boss.Page, "Password"));
        Assert.Null(Wrong(boss.Page, "Level"));
        Assert.Equal("no address", boss.Page.Document.GetElementById("Email")!.GetAttribute("value"));
        Assert.Equal("ACATR", boss.Page.Document.QuerySelector("#Level option[selected]")!.GetAttribute("value"));
        Assert.True(boss.Page.Document.QuerySelector("input[name=TwoFactor]")!.HasAttribute("checked"));
        Assert.Null(boss.Page.Document.GetElementById("Password")!.GetAttribute("value"));
        Assert.DoesNotContain("short\"", boss.Page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);

        // Corrected where it stands, it goes through: what was chosen before is chosen still.
        await boss.SendAsync("main form", ("Given", "Corrected"), ("Email", "corrected@x.example"), ("CodeAddress", ""), ("Access", "invite"));
        var state = await users.StateAsync(IdOf(boss.Page!));
        Assert.Equal((PermissionLevel.Acatr, true), (state.Level, state.TwoFactorRequired));
    }

    [Fact]
    public async Task No_seat_left_is_said_with_a_way_to_the_plan_and_nobody_is_added()
    {
        await users.AddAsync("holder@x.example", seats: "tool");
        var boss = await FillAsync(("Given", "Sea"), ("Email", "seatless@x.example"), ("Seats", "tool"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
        var said = boss.Page.Document.GetElementById("seats-wrong")!;
        Assert.Contains("No seat of Expert tool is left: all 1 are taken.", said.TextContent, StringComparison.Ordinal);
        Assert.Equal("/admin/accounts/north/plan", said.QuerySelector("a")!.GetAttribute("href"));
        await boss.GoAsync(UsersHub.Users + "?q=seatless");
        Assert.Contains("Nobody matches", boss.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_of_another_account_becomes_a_guest_who_is_asked()
    {
        await users.AddAsync("guest@x.example", "Gus", "Own", "south");
        var boss = await FillAsync(("Given", "Our"), ("Family", "Guest"), ("Email", "Guest@x.example"), ("Access", "password"), ("Password", "a password that is not theirs"));
        Assert.Contains("They are asked at their next sign-in", boss.Page!.Text, StringComparison.Ordinal);
        var state = await users.StateAsync(IdOf(boss.Page));
        Assert.Equal((false, MembershipStatus.Invited, "Our Guest"), (state.Home, state.Status, state.DisplayName));
        Assert.DoesNotContain("Gus", boss.Page.Text, StringComparison.Ordinal);

        // Who is here already is shown, not added twice.
        boss = await FillAsync(("Given", "Again"), ("Email", "guest@x.example"));
        Assert.Equal(state.Id, IdOf(boss.Page!));
        Assert.Contains("This account has a user with that e-mail address already", boss.Page!.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_form_does_not_offer_is_refused_when_it_is_sent_all_the_same()
    {
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(New);
        var token = boss.Page!.Document.QuerySelector("main form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        KeyValuePair<string, string>[] Fields(string role, string level) =>
        [
            new("__RequestVerificationToken", token), new("Given", "X"), new("Email", "forced@x.example"), new("Role", role), new("Level", level), new("Status", "Active"),
        ];
        await boss.PostAsync(New, Fields("User", "PRIMARY"));
        Assert.Equal("There is one Primary User. Ask for a change on the Primary User page.", Wrong(boss.Page!, "Level"));
        await boss.PostAsync(New, Fields("King", "SUPPORT"));
        Assert.Equal("Choose a role.", Wrong(boss.Page!, "Role"));
        await boss.PostAsync(New, Fields("User", "EVERYTHING"));
        Assert.Equal("Choose a permission level, or none.", Wrong(boss.Page!, "Level"));

        // Without its proof of origin a form does nothing, and comes again.
        await boss.PostAsync(New, Fields("User", "").Skip(1));
        Assert.Contains("Nothing was changed", boss.Page!.Alert, StringComparison.Ordinal);
        await boss.GoAsync(UsersHub.Users + "?q=forced");
        Assert.Contains("Nobody matches", boss.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_roles_and_levels_bring_is_shown_where_they_are_chosen()
    {
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(New);
        var rows = boss.Page!.Document.QuerySelectorAll("details.explain tbody tr");
        Assert.Equal(PermissionMatrix.Of(Role.Administrator, PermissionLevel.Primary).Length, rows.Length);
        var billing = rows.Single(row => row.QuerySelector("th")!.TextContent == "See and change billing details");
        Assert.Equal(["–", "✓ yes", "✓ yes", "–", "–", "–"], billing.QuerySelectorAll("td").Select(cell => cell.TextContent));
        var invoices = rows.Single(row => row.QuerySelector("th")!.TextContent == "Invoices");
        Assert.Equal(["–", "–", "✓ yes", "–", "✓ yes", "–"], invoices.QuerySelectorAll("td").Select(cell => cell.TextContent));
    }
}
