using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Users;

/// <summary>"This wasn't me": the link in every mail about a sign-in, what it ends, and who ends that.</summary>
public sealed class FreezeTests : HubTests
{
    private const string Issuer = "https://hub.example";
    private static readonly PasswordHashing Hashing = new();
    private TestMember pat = null!;
    private TestMember boss = null!;
    private TestMember prime = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        pat = await Hub.AddMemberAsync("pat", "a");
        boss = await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        prime = await Hub.AddMemberAsync("prime", "a", Role.User, PermissionLevel.Primary);
        await Hub.WriteAsync(async transaction =>
        {
            await Passwords.SetAsync(transaction, pat.UserId, "first");
            await SecondFactors.PutEmailCodesAsync(transaction, pat.UserId, "codes@pat.example");
        });
        await AsAsync(pat, transaction => Passwords.SetAsync(transaction, pat.UserId, Hashing.Hash("second")));
    }

    [Fact]
    public async Task The_link_freezes_once_and_ends_everything()
    {
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
        var session = await Hub.SignInAsync(pat.UserId);
        var grant = await Hub.AuthorizeAsync("portal", session, pat.MembershipId, offline: true);
        await Hub.WriteAsync(transaction => PasswordResets.StartAsync(transaction, pat.UserId, Issuer, requestedByAdministrator: false));
        var token = await TokenAsync();

        Assert.IsType<FreezeLinks.Standing.Open>(await Hub.ReadAsync(reader => FreezeLinks.FindAsync(reader, token)));
        Assert.True(await UseAsync(token));
        Assert.NotNull((await Hub.UserAsync(pat.UserId)).FrozenAt);
        Assert.Empty(await Hub.ReadAsync(reader => OwnSessions.ListAsync(reader, pat.UserId, null)));
        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
        Assert.Equal(0, Hub.Count("PasswordResets", "UsedAt IS NULL AND WithdrawnAt IS NULL"));
        Assert.Equal(["pat: frozen", "codes: frozen", "prime: frozen-primary"], (await Hub.MailsAsync()).TakeLast(3).Select(mail => $"{mail.To.Split('@')[0]}: {mail.Template}"));
        Assert.IsType<PasswordResets.StartResult.NotActive>(await Hub.WriteAsync(transaction => PasswordResets.StartAsync(transaction, pat.UserId, Issuer, requestedByAdministrator: false)));

        Assert.False(await UseAsync(token));
        Assert.IsType<FreezeLinks.Standing.Gone>(await Hub.ReadAsync(reader => FreezeLinks.FindAsync(reader, token)));
    }

    [Fact]
    public async Task A_link_outlives_other_changes_and_not_its_seven_days()
    {
        var token = await TokenAsync();
        await AsAsync(pat, transaction => Passwords.SetAsync(transaction, pat.UserId, "third"));
        Hub.Time.Advance(FreezeLinks.Lifetime - TimeSpan.FromSeconds(1));
        Assert.IsType<FreezeLinks.Standing.Open>(await Hub.ReadAsync(reader => FreezeLinks.FindAsync(reader, token)));
        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await UseAsync(token));
        Assert.Null((await Hub.UserAsync(pat.UserId)).FrozenAt);
    }

    [Fact]
    public async Task The_database_holds_no_token_and_no_other_token_is_one()
    {
        var token = await TokenAsync();
        Assert.Equal(0, Hub.Count("FreezeLinks", $"TokenHash = '{token}' OR TokenHash = '{RandomId.HashOf(token)}'"));
        await Hub.WriteAsync(transaction => PasswordResets.StartAsync(transaction, pat.UserId, Issuer, requestedByAdministrator: false));
        var mail = (await Hub.MailsAsync())[^1].Text;
        var reset = mail.Split("token=")[1].Split('\n')[0].Trim();
        foreach (var other in new[] { reset, "", token[..^1], token + "x", new string('x', 10_000) })
        {
            Assert.False(await UseAsync(other));
        }

        Assert.IsType<PasswordResets.Standing.Gone>(await Hub.ReadAsync(reader => PasswordResets.FindAsync(reader, token)));
    }

    [Fact]
    public async Task Of_64_uses_at_once_one_freezes()
    {
        var token = await TokenAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => UseAsync(token)));
        Assert.Single(results, used => used);
        Assert.Single(await Hub.MailsAsync(), mail => mail.Template == "frozen-primary");
    }

    [Fact]
    public async Task Let_in_again_the_former_password_is_nobodys_and_a_link_gives_another()
    {
        await UseAsync(await TokenAsync());
        Assert.IsType<MemberAccess.Result.Done>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
        Assert.Null((await Hub.UserAsync(pat.UserId)).FrozenAt);
        Assert.Equal(PasswordVerdict.Wrong, Hashing.Verify(await Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, pat.UserId)), "second"));
        var mail = (await Hub.MailsAsync())[^1];
        Assert.Equal(("pat@mail.example", "password-reset-administrator"), (mail.To, mail.Template));
        Assert.True(await Hub.WriteAsync(transaction => PasswordResets.TryRedeemAsync(transaction, mail.Text.Split("token=")[1].Split('\n')[0].Trim(), Hashing.Hash("fourth"))));
        Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
    }

    [Fact]
    public async Task Let_in_again_nobody_has_what_was_enrolled_and_a_code_is_handed_over_where_there_was_a_factor()
    {
        await Hub.WriteAsync(async transaction =>
        {
            await SecondFactors.PutTotpAsync(transaction, boss.UserId, new byte[20]);
            await SecondFactors.PutTotpAsync(transaction, pat.UserId, new byte[20]);
            await Passkeys.TryAddAsync(transaction, new("intruder", pat.UserId, [1, 2, 3], 0, "internal", true, true, DateTimeOffset.UnixEpoch), "Key");
            await RecoveryCodes.ReplaceAsync(transaction, pat.UserId, new([], new byte[16], ["one", "two"]));
            transaction.Db.RememberedDevices.Add(new()
            {
                Id = "device", UserId = pat.UserId, UserEpoch = 0, SecretHash = "secret", CreatedAt = transaction.Now, LastUsedAt = transaction.Now, ExpiresAt = transaction.Now.AddDays(3),
            });
        });
        await UseAsync(await TokenAsync());
        var letIn = Assert.IsType<MemberAccess.Result.LetIn>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
        Assert.Equal(EnrolledFactors.None with { MustEnrol = true }, await Hub.ReadAsync(reader => SecondFactors.OfAsync(reader, pat.UserId)));
        Assert.Equal(0, Hub.Count("RememberedDevices"));
        Assert.DoesNotContain(letIn.Code, letIn.ToString(), StringComparison.Ordinal);
        Assert.True(await Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, pat.UserId, letIn.Code)));
        Assert.False(await Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, pat.UserId, letIn.Code)));

        var mails = (await Hub.MailsAsync()).Where(mail => mail.Template == "thawed").ToList();
        Assert.Equal(["pat@mail.example", "codes@pat.example"], mails.Select(mail => mail.To));
        Assert.All(mails, mail => Assert.Contains("the code that an administrator of", mail.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Letting_in_again_uses_up_every_earlier_link_and_the_mail_about_it_has_a_new_one()
    {
        var (first, second) = (await TokenAsync(), await OtherTokenAsync());
        await UseAsync(first);
        Assert.IsType<MemberAccess.Result.Done>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
        Assert.False(await UseAsync(second));
        var told = (await Hub.MailsAsync()).Last(mail => mail.Template == "thawed").Text;
        Assert.DoesNotContain("the code that", told, StringComparison.Ordinal);
        Assert.True(await UseAsync(TokenIn(told)));
    }

    [Fact]
    public async Task Who_may_not_lets_nobody_in_again()
    {
        var chief = await Hub.AddMemberAsync("chief", "b", Role.Administrator);
        await Hub.AddMemberAsync("pat", "b");
        var guest = await Hub.ReadAsync(async reader => (await reader.Db.Memberships.SingleAsync(row => row.UserId == pat.UserId && row.AccountId == "b")).Id);
        await Hub.WriteAsync(async transaction =>
        {
            await UserLifecycle.FreezeAsync(transaction, pat.UserId);
            await UserLifecycle.FreezeAsync(transaction, prime.UserId);
        });
        Assert.IsType<MemberAccess.Result.NoSuchMember>(await AsAsync(chief, transaction => MemberAccess.ThawAsync(transaction, "b", pat.MembershipId, Issuer)));
        Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(chief, transaction => MemberAccess.ThawAsync(transaction, "b", guest, Issuer)));
        Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(chief, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
        Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(pat, transaction => MemberAccess.ThawAsync(transaction, "a", pat.MembershipId, Issuer)));
        Assert.Contains("operator", Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", prime.MembershipId, Issuer))).Sentence, StringComparison.Ordinal);
        Assert.Equal(2, Hub.Count("Users", "FrozenAt IS NOT NULL"));
    }

    [Fact]
    public async Task A_request_to_reset_their_factors_is_over_with_a_freeze()
    {
        await Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, prime.UserId, new byte[20]));
        Assert.IsType<FactorResets.Result.Requested>(await AsAsync(boss, transaction => FactorResets.ResetAsync(transaction, "a", prime.MembershipId, "Lost", "pwd swk user mfa")));
        await Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, prime.UserId));
        Assert.Empty(await Hub.ReadAsync(reader => FactorResets.WaitingInAsync(reader, "a")));
    }

    private Task<bool> UseAsync(string token) => Hub.WriteAsync(transaction => FreezeLinks.TryUseAsync(transaction, token));

    private Task<T> AsAsync<T>(TestMember actor, Func<Domain.Persistence.HubTransaction, Task<T>> work) => Hub.Store.WriteAsync(new Actor.Person(actor.UserId), work);

    private Task<bool> AsAsync(TestMember actor, Func<Domain.Persistence.HubTransaction, Task> work) => AsAsync(actor, async transaction =>
    {
        await work(transaction);
        return true;
    });

    /// <summary>Of the newest mail that pat has about the password.</summary>
    private async Task<string> TokenAsync()
    {
        var mails = (await Hub.MailsAsync()).Where(mail => mail.Template == "sign-in-changed").ToList();
        Assert.Equal(["codes@pat.example", "pat@mail.example"], mails.TakeLast(2).Select(mail => mail.To));
        Assert.Contains("Your password was changed. You did this, or somebody who was signed in as you.", mails[^1].Text, StringComparison.Ordinal);
        return TokenIn(mails[^1].Text);
    }

    /// <summary>Of a later mail.</summary>
    private async Task<string> OtherTokenAsync()
    {
        await AsAsync(pat, transaction => Passwords.SetAsync(transaction, pat.UserId, Hashing.Hash("later")));
        return await TokenAsync();
    }

    private static string TokenIn(string text) => text.Split(Issuer + "/freeze?token=")[1].Split('\n')[0].Trim();
}
