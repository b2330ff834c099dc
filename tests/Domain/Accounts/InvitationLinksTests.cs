using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>Links to hand over, withdrawing, and how an invitation stands. Ivy is at home in <c>home</c> and has no password.</summary>
public sealed class InvitationLinksTests : HubTests
{
    private const string Issuer = "https://hub.example/base";
    private TestMember ivy = null!;
    private TestMember boss = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home");
        await Hub.AddAccountAsync("guest");
        boss = await Hub.AddMemberAsync("boss", "home", Role.Administrator);
        ivy = await Hub.AddMemberAsync("ivy", "home");
        await Hub.WriteAsync(transaction => Domain.Users.Users.ChangeProfileAsync(transaction, ivy.UserId, new("ivy", "Ivy", null, "ivy@mail.example", false, false)));
    }

    private Task<Invitations.InviteResult> LinkAsync(string membershipId) =>
        Hub.Store.WriteAsync(new Actor.Person(boss.UserId), transaction => Invitations.MakeLinkAsync(transaction, membershipId, Issuer));

    private async Task<string> TokenAsync() => ((Invitations.InviteResult.LinkMade)await LinkAsync(ivy.MembershipId)).Link.Split($"{Issuer}/invitation?token=")[1];

    private Task<Invitations.RedeemResult> RedeemAsync(string token) => Hub.WriteAsync(transaction => Invitations.RedeemAsync(transaction, token, "a hash"));

    private Task<Invitations.Waiting> WaitingAsync(string? membershipId = null) => Hub.ReadAsync(reader => Invitations.WaitingOfAsync(reader, membershipId ?? ivy.MembershipId));

    [Fact]
    public async Task A_link_to_hand_over_is_told_once_and_mailed_to_nobody()
    {
        var token = "";
        Assert.Empty(await Hub.TellsAsync(async () => token = await TokenAsync()));
        Assert.Equal(43, token.Length);
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains(token, StringComparison.Ordinal));
        Assert.Equal(1, Hub.Count("Audit", $"Action = 'member.invitation-link-made' AND AccountId = 'home' AND ActorId = '{boss.UserId}' AND SubjectUserId = '{ivy.UserId}'"));
        Assert.Equal(nameof(Invitations.InviteResult.LinkMade), new Invitations.InviteResult.LinkMade("secret", default).ToString());

        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(token));
        Assert.Equal(Invitations.RedeemResult.HasPassword, await RedeemAsync(token));

        // Whoever was handed a link has not shown that they read anybody's mail.
        Assert.False((await Hub.UserAsync(ivy.UserId)).EmailVerified);
    }

    [Fact]
    public async Task It_takes_the_place_of_one_by_mail_and_the_other_way_round()
    {
        var first = await TokenAsync();
        var second = await TokenAsync();
        Assert.Equal(Invitations.RedeemResult.Gone, await RedeemAsync(first));
        Assert.IsType<Invitations.InviteResult.Invited>(await Hub.WriteAsync(transaction => Invitations.InviteAsync(transaction, ivy.MembershipId, Issuer)));
        Assert.Equal(Invitations.RedeemResult.Gone, await RedeemAsync(second));
        var mailed = (await Hub.MailsAsync())[^1].Text.Split("token=")[1].Split('\n')[0];
        var third = await TokenAsync();
        Assert.Equal(Invitations.RedeemResult.Gone, await RedeemAsync(mailed));
        Assert.Equal(Invitations.RedeemResult.Redeemed, await RedeemAsync(third));
    }

    [Fact]
    public async Task It_is_made_only_for_who_is_at_home_active_and_without_a_password()
    {
        var guest = await Hub.AddMemberAsync("ivy", "guest");
        Assert.IsType<Invitations.InviteResult.NotAtHome>(await LinkAsync(guest.MembershipId));
        Assert.IsType<Invitations.InviteResult.NoSuchMember>(await LinkAsync("nobody"));
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, ivy.MembershipId));
        Assert.IsType<Invitations.InviteResult.NotActive>(await LinkAsync(ivy.MembershipId));
        await Hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, ivy.MembershipId));
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, ivy.UserId, "own"));
        Assert.IsType<Invitations.InviteResult.HasPassword>(await LinkAsync(ivy.MembershipId));
        Assert.Equal(0, Hub.Count("Invitations"));
    }

    [Theory, InlineData("deactivated"), InlineData("another address"), InlineData("withdrawn"), InlineData("a week")]
    public async Task It_is_no_good_any_more_after(string what)
    {
        var token = await TokenAsync();
        await Hub.WriteAsync(async transaction =>
        {
            switch (what)
            {
                case "deactivated":
                    await UserLifecycle.DeactivateAsync(transaction, ivy.MembershipId);
                    await UserLifecycle.ReactivateAsync(transaction, ivy.MembershipId);
                    break;
                case "another address":
                    await Domain.Users.Users.ChangeProfileAsync(transaction, ivy.UserId, new("ivy", "Ivy", null, "other@mail.example", false, false));
                    break;
                case "withdrawn":
                    Assert.True(await Invitations.WithdrawAsync(transaction, ivy.MembershipId));
                    Assert.False(await Invitations.WithdrawAsync(transaction, ivy.MembershipId));
                    break;
                default:
                    Hub.Time.Advance(TimeSpan.FromDays(7));
                    break;
            }
        });
        Assert.Equal(Invitations.RedeemResult.Gone, await RedeemAsync(token));
        Assert.Null(await Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, ivy.UserId)));
    }

    [Fact]
    public async Task How_it_stands_is_seen()
    {
        Assert.IsType<Invitations.Waiting.NotInvited>(await WaitingAsync());
        var since = Hub.Time.Now;
        await TokenAsync();
        Assert.Equal(new Invitations.Waiting.Open(since, since + Invitations.Lifetime), await WaitingAsync());
        await Hub.WriteAsync(transaction => Invitations.WithdrawAsync(transaction, ivy.MembershipId));
        Assert.IsType<Invitations.Waiting.NotInvited>(await WaitingAsync());
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.invitation-withdrawn'"));
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        await TokenAsync();
        Hub.Time.Advance(Invitations.Lifetime);
        Assert.IsType<Invitations.Waiting.Expired>(await WaitingAsync());
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, ivy.UserId, "own"));
        Assert.IsType<Invitations.Waiting.NotNeeded>(await WaitingAsync());
        Assert.IsType<Invitations.Waiting.NotNeeded>(await WaitingAsync("nobody"));
        Assert.False(await Hub.WriteAsync(transaction => Invitations.WithdrawAsync(transaction, "nobody")));
    }
}
