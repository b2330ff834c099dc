using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

/// <summary>A password that somebody else chose shows nothing of who reads the user's mail. <c>pat</c> is at home in <c>home</c>, verified, and invited by <c>other</c>.</summary>
public sealed class ChosenByOthersTests : HubTests
{
    private TestMember pat = null!;
    private TestMember invited = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home");
        await Hub.AddAccountAsync("other");
        pat = await Hub.AddMemberAsync("pat", "home");
        invited = await Hub.AddMemberAsync("pat", "other", status: MembershipStatus.Invited);
    }

    private async Task SetAsync(Actor actor, bool mustChange = false) => await Hub.Store.WriteAsync(actor, async transaction =>
    {
        await Passwords.SetAsync(transaction, pat.UserId, "given", mustChange);
        return true;
    });

    private async Task AssertAsync(bool verified)
    {
        Assert.Equal(verified, (await Hub.UserAsync(pat.UserId)).EmailVerified);
        var acceptance = await Hub.ReadAsync(reader => Memberships.AcceptanceOfAsync(reader, invited.MembershipId));
        Assert.True(verified ? acceptance is Memberships.Acceptance.Open : acceptance is Memberships.Acceptance.Unproved, acceptance?.ToString());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_first_password_takes_the_verification_away_whoever_had_one_before_or_not(bool hadOne)
    {
        if (hadOne)
        {
            await SetAsync(new Actor.Person(pat.UserId));
        }

        await AssertAsync(verified: true);
        await SetAsync(new Actor.Person("an administrator"), mustChange: true);
        await AssertAsync(verified: false);
    }

    [Fact]
    public async Task Choosing_ones_own_then_does_not_bring_it_back_and_reading_the_mail_does()
    {
        await SetAsync(new Actor.Person("an administrator"), mustChange: true);
        var user = await Hub.UserAsync(pat.UserId);
        var started = await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.StartAsync(transaction, user.Id, user.Epoch, transaction.Now, "pwd"));
        var session = (await Hub.ReadAsync(reader => Task.FromResult(Domain.Sessions.Sessions.Find(reader, started!.Value.Secret))))!;
        Assert.NotNull(await Hub.Store.WriteAsync(new Actor.Person(pat.UserId), transaction => Passwords.ReplaceFirstAsync(transaction, session, "given", "their own")));
        await AssertAsync(verified: false);
        await Hub.WriteAsync(transaction => Domain.Users.Users.VerifyEmailAsync(transaction, pat.UserId, "pat@mail.example"));
        await AssertAsync(verified: true);
    }

    [Fact]
    public async Task A_password_that_is_provisioned_takes_it_away_and_ones_own_or_one_of_the_configuration_does_not()
    {
        await SetAsync(new Actor.Person(pat.UserId));
        await AssertAsync(verified: true);
        await SetAsync(TestHub.Tester);
        await AssertAsync(verified: true);
        await SetAsync(new Actor.Provisioning("home", "token"));
        await AssertAsync(verified: false);
    }

    [Fact]
    public async Task What_verifies_in_the_same_transaction_is_not_undone_by_what_was_read_before() => Assert.True(await Hub.WriteAsync(async transaction =>
    {
        var user = await transaction.Db.Users.FindAsync(pat.UserId);
        await Passwords.SetAsync(transaction, pat.UserId, "given", mustChange: true);
        Assert.False(user!.EmailVerified);
        await Domain.Users.Users.VerifyEmailAsync(transaction, pat.UserId, "pat@mail.example");
        await transaction.FlushAsync();
        return (await Domain.Users.Users.FindAsync(transaction, pat.UserId))!.EmailVerified;
    }));
}
