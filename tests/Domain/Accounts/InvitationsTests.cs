using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>Ivy is at home in <c>home</c>, has an unverified e-mail and no password.</summary>
public sealed class InvitationsTests : HubTests
{
    private const string Issuer = "https://hub.example/base";
    private const string Hash = "the hash of a password";
    private TestMember ivy = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home");
        await Hub.AddAccountAsync("guest");
        await Hub.AddMemberAsync("boss", "home", Role.Administrator);
        ivy = await MakeAsync("ivy", "ivy@mail.example");
    }

    private async Task<TestMember> MakeAsync(string userName, string? email, string account = "home") => await Hub.WriteAsync(async transaction =>
    {
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(userName, "Ivy", "New", email, EmailVerified: false, Operator: false));
        var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, account, Role.User, null, MembershipStatus.Active));
        return new TestMember(created.User.Id, added.Membership.Id);
    });

    private Task<Invitations.InviteResult> InviteAsync(TestMember member) => Hub.WriteAsync(transaction => Invitations.InviteAsync(transaction, member.MembershipId, Issuer));

    /// <summary>Invites and opens the mail.</summary>
    private async Task<string> TokenAsync(TestMember member)
    {
        Assert.IsType<Invitations.InviteResult.Invited>(await InviteAsync(member));
        return TokenIn(await LastMailAsync());
    }

    private static string TokenIn(QueuedMail mail) => mail.Text.Split($"{Issuer}/invitation?token=")[1].Split('\n')[0];

    private async Task<QueuedMail> LastMailAsync() => (await Hub.MailsAsync())[^1];

    private Task<Invitations.RedeemResult> RedeemAsync(string token) => Hub.WriteAsync(transaction => Invitations.RedeemAsync(transaction, token, Hash));

    private Task<Invitations.Standing> FindAsync(string token) => Hub.ReadAsync(reader => Invitations.FindAsync(reader, token));

    private Task<string?> PasswordAsync(TestMember member) => Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, member.UserId));

    private async Task AssertRefusedAsync(string token, Invitations.RedeemResult result = Invitations.RedeemResult.Gone)
    {
        var before = await PasswordAsync(ivy);
        Assert.Equal(result, await RedeemAsync(token));
        Assert.Equal(result == Invitations.RedeemResult.Gone, await FindAsync(token) is Invitations.Standing.Gone);
        Assert.Equal(before, await PasswordAsync(ivy));
    }

    [Fact]
    public async Task The_mail_says_who_invites_where_to_and_until_when()
    {
        var result = Assert.IsType<Invitations.InviteResult.Invited>(await InviteAsync(ivy));
        Assert.Equal(Hub.Time.Now + TimeSpan.FromDays(7), result.Until);
        var mail = await LastMailAsync();
        Assert.Equal("ivy@mail.example", mail.To);
        Assert.Equal("Account home invites you", mail.Subject);
        Assert.Contains("Your user name is ivy.", mail.Text, StringComparison.Ordinal);
        Assert.Contains(result.Until.ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture) + " UTC", mail.Text, StringComparison.Ordinal);
        var token = TokenIn(mail);
        Assert.Equal(43, token.Length);
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.invited' AND AccountId = 'home'"));
        Assert.Equal(ivy.UserId, Hub.Scalar("SELECT UserId FROM Outbox ORDER BY Sequence DESC LIMIT 1"));

        // Neither the token nor the address is in the row.
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(Hub.Rows("Invitations"), row => row.Contains("mail.example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_gives_a_password_once_and_verifies_the_address()
    {
        var token = await TokenAsync(ivy);
        for (var looks = 0; looks < 3; looks++)
        {
            Assert.Equal(new Invitations.Standing.Open(ivy.UserId, "ivy", "Account home"), await FindAsync(token));
        }

        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(token));
        Assert.Equal(Hash, await PasswordAsync(ivy));
        Assert.True((await Hub.UserAsync(ivy.UserId)).EmailVerified);
        Assert.Equal(1, Hub.Count("Audit", "Action = 'invitation.redeemed'"));
        await AssertRefusedAsync(token, Invitations.RedeemResult.HasPassword);
    }

    [Fact]
    public async Task Of_many_at_once_one_uses_it()
    {
        var token = await TokenAsync(ivy);
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(number =>
            Task.Run(() => Hub.WriteAsync(transaction => Invitations.RedeemAsync(transaction, token, $"hash {number}")))));
        Assert.Single(results, result => result == Invitations.RedeemResult.Redeemed);
        Assert.Equal(31, results.Count(result => result == Invitations.RedeemResult.HasPassword));
        Assert.Equal($"hash {Array.IndexOf(results, Invitations.RedeemResult.Redeemed)}", await PasswordAsync(ivy));
    }

    [Fact]
    public async Task It_is_no_way_to_another_password()
    {
        var token = await TokenAsync(ivy);
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, ivy.UserId, "their own"));
        await AssertRefusedAsync(token, Invitations.RedeemResult.HasPassword);
        Assert.IsType<Invitations.InviteResult.HasPassword>(await InviteAsync(ivy));
    }

    [Theory, InlineData(0, true), InlineData(-1, false)]
    public async Task It_is_good_for_seven_days(int secondsAfter, bool expired)
    {
        var token = await TokenAsync(ivy);
        Hub.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(secondsAfter));
        if (expired)
        {
            await AssertRefusedAsync(token);
        }
        else
        {
            Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(token));
        }
    }

    [Fact]
    public async Task What_has_expired_is_forgotten()
    {
        using var housekeeping = new Housekeeping(Hub.Store, Hub.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<Housekeeping>.Instance);
        await TokenAsync(ivy);
        Hub.Time.Advance(TimeSpan.FromDays(7));
        await housekeeping.SweepAsync(CancellationToken.None);
        Assert.Equal(1, Hub.Count("Invitations"));
        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        await housekeeping.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Hub.Count("Invitations"));
    }

    [Fact]
    public async Task A_newer_one_takes_its_place()
    {
        var (former, newer) = (await TokenAsync(ivy), await TokenAsync(ivy));
        await AssertRefusedAsync(former);
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(newer));
        await AssertRefusedAsync(former);
    }

    [Fact]
    public async Task Anothers_newer_one_does_not()
    {
        var token = await TokenAsync(ivy);
        await TokenAsync(await MakeAsync("ian", "ian@mail.example"));
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(token));
    }

    [Fact]
    public async Task A_deactivation_ends_it_for_good()
    {
        var token = await TokenAsync(ivy);
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, ivy.MembershipId));
        await AssertRefusedAsync(token);
        Assert.IsType<Invitations.InviteResult.NotActive>(await InviteAsync(ivy));
        await Hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, ivy.MembershipId));
        await AssertRefusedAsync(token);
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(await TokenAsync(ivy)));
    }

    [Fact]
    public async Task A_deletion_leaves_nothing_of_it()
    {
        var token = await TokenAsync(ivy);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, ivy.MembershipId));
        await AssertRefusedAsync(token);
        Assert.Equal(0, Hub.Count("Invitations"));
        Assert.IsType<Invitations.InviteResult.NoSuchMember>(await InviteAsync(ivy));

        // Somebody new under the same name is somebody else.
        await MakeAsync("ivy", "ivy@mail.example");
        await AssertRefusedAsync(token);
    }

    [Fact]
    public async Task An_invitation_does_not_outlive_a_change_of_address_or_name()
    {
        async Task ChangeAsync(string userName, string? email) => await Hub.WriteAsync(transaction =>
            Domain.Users.Users.ChangeProfileAsync(transaction, ivy.UserId, new(userName, "Ivy", "New", email, false, false)));

        var token = await TokenAsync(ivy);
        await ChangeAsync("ivy", "other@mail.example");
        await AssertRefusedAsync(token);
        Assert.False((await Hub.UserAsync(ivy.UserId)).EmailVerified);

        // Nor does it come back with the address.
        await ChangeAsync("ivy", "ivy@mail.example");
        await AssertRefusedAsync(token);
        token = await TokenAsync(ivy);
        await ChangeAsync("ivy-too", "ivy@mail.example");
        await AssertRefusedAsync(token);
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(await TokenAsync(ivy)));
    }

    [Fact]
    public async Task An_invitation_is_good_only_while_the_address_is_the_one_that_it_went_to()
    {
        var token = await TokenAsync(ivy);
        await Hub.WriteAsync(transaction => transaction.Db.Users.Where(row => row.Id == ivy.UserId).ExecuteUpdateAsync(update => update.SetProperty(row => row.Email, "other@mail.example")));
        await AssertRefusedAsync(token);
    }

    [Theory]
    [InlineData("ida@mail.example", null, "ida@mail.example")]
    [InlineData("ida@mail.example", "other@mail.example", "other@mail.example")]
    [InlineData("ida", null, null)]
    [InlineData("ida@mail.example", "no address", null)]
    public async Task It_goes_to_the_email_or_to_a_user_name_that_is_an_address(string userName, string? email, string? to)
    {
        var member = await MakeAsync(userName, email);
        var mails = Hub.Count("Outbox");
        var result = await InviteAsync(member);
        if (to is null)
        {
            Assert.IsType<Invitations.InviteResult.NoAddress>(result);
            Assert.Equal(mails, Hub.Count("Outbox"));
            Assert.Equal(0, Hub.Count("Invitations"));
            return;
        }

        var mail = await LastMailAsync();
        Assert.Equal(to, mail.To);
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(TokenIn(mail)));
        Assert.Equal(email is not null, (await Hub.UserAsync(member.UserId)).EmailVerified);
    }

    [Fact]
    public async Task A_guest_account_gives_nobody_a_way_to_a_password()
    {
        var guest = await Hub.AddMemberAsync("ivy", "guest");
        Assert.IsType<Invitations.InviteResult.NotAtHome>(await InviteAsync(guest));
        Assert.Equal(0, Hub.Count("Invitations"));
    }

    [Theory, InlineData(""), InlineData("x"), InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_token_is_good_for_nothing(string wrong)
    {
        var token = await TokenAsync(ivy);
        await AssertRefusedAsync(wrong);
        await AssertRefusedAsync(token + wrong.PadLeft(1));
        await AssertRefusedAsync(RandomId.HashOf(token));
    }

    [Fact]
    public async Task Names_keep_to_their_line_in_the_mail()
    {
        await Hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, "home", "Home\r\nBcc: all@mail.example\n", TwoFactorPolicy.Optional, new()));
        await InviteAsync(ivy);
        var mail = await LastMailAsync();
        Assert.DoesNotContain(mail.Subject, char.IsControl);
        Assert.DoesNotContain(mail.Text.Split('\n'), line => line.StartsWith("Bcc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_many_invitations_to_one_user_are_refused_whoever_sends_them_and_said_plainly()
    {
        var boss = (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "boss")))!.Id;
        Task<MemberAccess.Result> SendAsync() =>
            Hub.Store.WriteAsync(new Actor.Person(boss), transaction => MemberAccess.InviteAsync(transaction, "home", ivy.MembershipId, Issuer));
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<MemberAccess.Result.Sent>(await SendAsync());
        }

        Assert.Contains("Too soon", Assert.IsType<MemberAccess.Result.Refused>(await SendAsync()).Sentence, StringComparison.Ordinal);
        Assert.Equal(3, Hub.Count("Invitations"));
        Hub.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<MemberAccess.Result.Sent>(await SendAsync());
    }

    [Fact]
    public async Task An_account_that_had_thousands_invited_waits_and_the_user_loses_no_turn_by_it()
    {
        var boss = (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "boss")))!.Id;
        Assert.True(await Hub.WriteAsync(transaction => Task.FromResult(Enumerable.Range(0, 2000).All(_ => MailLimits.Allows(transaction, MailLimits.InvitationsOfAccount, "home")))));
        Task<Invitations.InviteResult> SendAsync() => Hub.Store.WriteAsync(new Actor.Person(boss), transaction => Invitations.InviteAsync(transaction, ivy.MembershipId, Issuer));
        for (var i = 0; i < 4; i++)
        {
            Assert.IsType<Invitations.InviteResult.TooMany>(await SendAsync());
        }

        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<Invitations.InviteResult.Invited>(await SendAsync());
    }
}
