using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>What provisioning has mailed to people: invitations that follow a corrected address, notices of what was changed, neither without end, and none left of who was erased.</summary>
public sealed class ProvisioningMailTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private const string Given = $$""" "password":"{{ScimHub.Password}}" """;

    private ScimCaller Hr => hub.NorthCaller;

    private string Folder => Path.Combine(hub.Hub.DataDirectory, "mail");

    private static string Email(string address) => $$""" "emails":[{"value":"{{address}}","primary":true}] """;

    /// <summary>The mails to an address, oldest first, once nothing is on its way.</summary>
    private async Task<string[]> MailsAsync(string address) => [.. (await AllMailsAsync()).Where(mail => mail.Contains($"To: {address}\r\n", StringComparison.Ordinal))];

    private async Task<string[]> AllMailsAsync()
    {
        for (var i = 0; hub.Count("Outbox", "\"Kind\" LIKE 'mail%' AND \"DeliveredAt\" IS NULL AND \"DeadAt\" IS NULL") > 0; i++)
        {
            Assert.InRange(i, 0, 400);
            await Task.Delay(25);
        }

        return Directory.Exists(Folder)
            ? [.. Directory.GetFiles(Folder, "*.eml").Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).Replace("=\r\n", "", StringComparison.Ordinal))]
            : [];
    }

    private async Task<string[]> SubjectsAsync(string address) =>
        [.. (await MailsAsync(address)).Select(mail => mail.Split("\r\n").First(line => line.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..])];

    private static string LinkIn(string mail) => "/invitation?token=" + mail.Split("/invitation?token=3D")[1][..43];

    [Fact]
    public async Task An_invitation_to_a_wrong_mailbox_is_replaced_when_the_address_is_corrected()
    {
        var member = await Hr.AddUserAsync("typo@north.example", Email("tpyo@north.example"));
        var wrong = LinkIn((await MailsAsync("tpyo@north.example")).Single());
        (await Hr.PatchAsync("/Users/" + member.Id, """{"op":"replace","path":"emails","value":[{"value":"typo@north.example","primary":true}]}""")).Ok();
        var right = LinkIn((await MailsAsync("typo@north.example")).Single(mail => mail.Contains("invites you", StringComparison.Ordinal)));

        using var stranger = hub.Hub.NewBrowser();
        await stranger.GoAsync(wrong);
        Assert.False(stranger.Page!.Asks("new-password"), stranger.Page.Text);
        await stranger.GoAsync(right);
        Assert.True(stranger.Page.Asks("new-password"), stranger.Page.Text);
        Assert.DoesNotContain(await MailsAsync("tpyo@north.example"), mail => mail.Contains(right, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_is_told_what_others_changed_of_their_sign_in_at_the_former_address_too()
    {
        var member = await Hr.AddUserAsync("told@north.example", Given + "," + Email("told@north.example"));
        var path = "/Users/" + member.Id;
        (await Hr.PatchAsync(path, """{"op":"replace","path":"name.givenName","value":"Told"}""")).Ok();
        Assert.Equal(["You were added to North", "Your user account at North was changed"], await SubjectsAsync("told@north.example"));

        (await Hr.PatchAsync(path, """{"op":"replace","path":"emails","value":[{"value":"new@north.example","primary":true}]}""")).Ok();
        Assert.Equal("Your e-mail address was changed", (await SubjectsAsync("told@north.example"))[2..].Single());
        Assert.Equal(["Your e-mail address was changed"], await SubjectsAsync("new@north.example"));
        Assert.DoesNotContain("new@north", (await MailsAsync("told@north.example"))[2], StringComparison.Ordinal);

        (await Hr.PatchAsync(path, """{"op":"replace","path":"userName","value":"retold@north.example"}""")).Ok();
        (await Hr.PatchAsync(path, """{"op":"replace","path":"password","value":"another long password"}""")).Ok();
        Assert.Equal(["Your e-mail address was changed", "Your user name was changed", "Your password was changed"], await SubjectsAsync("new@north.example"));
        Assert.Equal(3, (await MailsAsync("told@north.example")).Length);
    }

    [Fact]
    public async Task Deactivating_and_activating_without_end_does_not_mail_without_end()
    {
        var member = await Hr.AddUserAsync("flap@north.example", Email("flap@north.example"));
        for (var i = 0; i < 30; i++)
        {
            (await Hr.PatchAsync("/Users/" + member.Id, $$"""{"op":"replace","path":"active","value":{{(i % 2 == 0 ? "false" : "true")}}}""")).Ok();
        }

        var subjects = await SubjectsAsync("flap@north.example");
        Assert.Equal((3, 10), (subjects.Count(subject => subject.Contains("invites", StringComparison.Ordinal)), subjects.Count(subject => subject.Contains("access", StringComparison.Ordinal))));
        Assert.Equal(10, (await MailsAsync(ScimHub.Pat)).Count(mail => mail.Contains("flap@north.example", StringComparison.Ordinal)));
        Assert.Equal((15, 15), (Audited("member.deactivated"), Audited("member.reactivated")));
        Assert.Equal(13, Audited("member.invitation-skipped"));

        hub.Hub.Time.Advance(TimeSpan.FromMinutes(11));
        (await Hr.PatchAsync("/Users/" + member.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        (await Hr.PatchAsync("/Users/" + member.Id, """{"op":"replace","path":"active","value":true}""")).Ok();
        Assert.Equal(subjects.Length + 2, (await SubjectsAsync("flap@north.example")).Length);

        long Audited(string action) => hub.Count("Audit", $"\"Action\" = '{action}' AND \"SubjectUserId\" = (SELECT \"UserId\" FROM \"Memberships\" WHERE \"Id\" = '{member.Id}')");
    }

    [Fact]
    public async Task Nothing_of_an_erased_user_stays_in_the_pickup_directory_but_the_last_notice()
    {
        var member = await Hr.AddUserAsync("erased@north.example", Email("erased@north.example"));
        var other = await Hr.AddUserAsync("stays@north.example", Email("stays@north.example"));
        (await Hr.PatchAsync("/Users/" + member.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        (await Hr.PatchAsync("/Users/" + other.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        Assert.Equal(4, (await AllMailsAsync()).Count(mail => mail.Contains("erased@north.example", StringComparison.Ordinal)));
        var others = (await AllMailsAsync()).Count(mail => mail.Contains("stays@north.example", StringComparison.Ordinal));

        (await Hr.DeleteAsync("/Users/" + member.Id)).Is(System.Net.HttpStatusCode.NoContent);
        await AllMailsAsync();
        var left = Assert.Single(await AllMailsAsync(), mail => mail.Contains("erased@north.example", StringComparison.Ordinal));
        Assert.Contains("You were removed from North", left, StringComparison.Ordinal);
        Assert.Equal(others, (await AllMailsAsync()).Count(mail => mail.Contains("stays@north.example", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_an_erased_administrator_was_told_about_others_does_not_stay_either()
    {
        var reader = await hub.SouthCaller.AddUserAsync("reader@south.example", Email("reader@south.example"));
        await hub.Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, reader.Id, Role.Administrator));
        var seen = await hub.SouthCaller.AddUserAsync("seen@south.example", Email("seen@south.example"));
        (await hub.SouthCaller.DeleteAsync("/Users/" + seen.Id)).Is(System.Net.HttpStatusCode.NoContent);
        string[] about = ["A user of South was deleted", "seen@south.example was added to South"];
        Assert.Equal(about, (await SubjectsAsync("reader@south.example"))[^2..].Order());

        await hub.Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, reader.Id));
        await AllMailsAsync();
        Assert.Equal(["You were removed from South"], await SubjectsAsync("reader@south.example"));
        Assert.Contains(about[0], await SubjectsAsync(ScimHub.Sol));
    }

    [Fact]
    public async Task Second_factors_of_a_guest_are_not_shown_before_they_accept()
    {
        var guest = await Hr.AddUserAsync(ScimHub.Gus, Email(ScimHub.Gus));
        async Task<string> SeenAsync(ScimCaller caller, string id) => (await caller.GetAsync("/Users/" + id)).Account["twoFactor"]!.ToJsonString();
        var home = await SeenAsync(hub.SouthCaller, await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Gus));
        Assert.Contains("totp", home, StringComparison.Ordinal);
        Assert.DoesNotContain("totp", await SeenAsync(Hr, guest.Id), StringComparison.Ordinal);
        Assert.Contains("\"enrolled\":false", await SeenAsync(Hr, guest.Id), StringComparison.Ordinal);
        Assert.DoesNotContain("totp", (await Hr.FilterAsync("/Users", $"userName eq \"{ScimHub.Gus}\"")).Text, StringComparison.Ordinal);

        using var browser = hub.Hub.NewBrowser();
        await browser.GoAsync(hub.Portal.AuthorizeAddress());
        await browser.SubmitAsync(("username", ScimHub.Gus), ("current-password", ScimHub.Password));
        await browser.SubmitAsync(("one-time-code", Domain.Credentials.Totp.CodeAt(Domain.Credentials.Base32.Decode(SampleDirectory.TotpSecret)!, Domain.Credentials.Totp.StepAt(hub.Hub.Time.Now))));
        await browser.PressAsync("answer", "accept");
        Assert.Contains("totp", await SeenAsync(Hr, guest.Id), StringComparison.Ordinal);
    }
}
