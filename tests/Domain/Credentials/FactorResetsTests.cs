using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;
using Result = IdentityHub.Domain.Credentials.FactorResets.Result;

namespace IdentityHub.Domain.Tests.Credentials;

/// <summary>Who resets whose second factors, what that takes, and what becomes of them.</summary>
public sealed class FactorResetsTests : HubTests
{
    private const string Password = "pwd";
    private const string Strong = "pwd swk user mfa";
    private const string Why = "Lost the phone";
    private TestMember boss = null!;
    private TestMember second = null!;
    private TestMember prime = null!;
    private TestMember user = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        boss = await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        second = await Hub.AddMemberAsync("second", "a", Role.Administrator);
        prime = await Hub.AddMemberAsync("prime", "a", Role.Administrator, PermissionLevel.Primary);
        user = await Hub.AddMemberAsync("user", "a");
        foreach (var member in new[] { boss, second, prime, user })
        {
            await EnrolAsync(member);
        }
    }

    [Fact]
    public async Task A_reset_takes_every_factor_ends_everything_and_leaves_a_code()
    {
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
        var session = await Hub.SignInAsync(user.UserId);
        var grant = await Hub.AuthorizeAsync("portal", session, user.MembershipId, offline: true);
        var reset = Assert.IsType<Result.Reset>(await ResetAsync(boss, user));

        var factors = await FactorsAsync(user);
        Assert.Equal(EnrolledFactors.None with { MustEnrol = true }, factors);
        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
        Assert.Empty(await Hub.ReadAsync(reader => OwnSessions.ListAsync(reader, user.UserId, null)));
        Assert.Equal(0, Hub.Count("RememberedDevices", $"UserId = '{user.UserId}'"));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
        Assert.Null((await Hub.UserAsync(user.UserId)).RecoveryHoldUntil);
        Assert.True(await Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, user.UserId, reset.Code)));
        Assert.DoesNotContain(reset.Code, reset.ToString(), StringComparison.Ordinal);
        Assert.Equal(["user: factors-reset", "codes: factors-reset", "prime: factors-reset-primary"], (await Hub.MailsAsync()).TakeLast(3).Select(mail => $"{mail.To.Split('@')[0]}: {mail.Template}"));
        Assert.All((await Hub.MailsAsync()).TakeLast(3), mail => Assert.Contains("https://hub.example/freeze?token=", mail.Text, StringComparison.Ordinal));
        Assert.All((await Hub.MailsAsync()).TakeLast(3), mail => Assert.Contains(Why, mail.Text, StringComparison.Ordinal));
        var line = await LastAsync("second-factor.reset");
        Assert.Equal("reset the second factors of user, who had authenticator app, codes by e-mail, passkeys: 1, recovery codes: 10. Why: Lost the phone", line.Sentence);
    }

    [Fact]
    public async Task Another_code_is_made_while_none_is_enrolled_and_the_former_is_no_good()
    {
        var first = Assert.IsType<Result.Reset>(await ResetAsync(boss, user));
        var next = Assert.IsType<Result.Reset>(await AsAsync(second, transaction => FactorResets.IssueCodeAsync(transaction, "a", user.MembershipId, Password)));
        Assert.False(await Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, user.UserId, first.Code)));
        Hub.Time.Advance(TemporaryCodes.Lifetime);
        Assert.False(await Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, user.UserId, next.Code)));
        Assert.IsType<Result.Refused>(await ResetAsync(boss, user));
        Assert.IsType<Result.Refused>(await AsAsync(second, transaction => FactorResets.IssueCodeAsync(transaction, "a", prime.MembershipId, Strong)));
        Assert.IsType<Result.Refused>(await AsAsync(user, transaction => FactorResets.IssueCodeAsync(transaction, "a", user.MembershipId, Strong)));
    }

    [Fact]
    public async Task Of_an_administrator_it_takes_a_passkey_and_leaves_a_hold()
    {
        Assert.IsType<Result.NeedsPasskey>(await ResetAsync(boss, second, amr: "pwd otp mfa"));
        Assert.True((await FactorsAsync(second)).Any);
        Assert.IsType<Result.Reset>(await ResetAsync(boss, second, amr: Strong));
        var until = Hub.Time.GetUtcNow() + TimeSpan.FromHours(1);
        Assert.Equal(until, await HoldAsync(second));
        Assert.Equal(ActingAdministrator.Nobody, await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Administrator(reader, new Actor.Person(second.UserId), "a"))));

        await Hub.WriteAsync(transaction => Passkeys.TryAddAsync(transaction, PasskeyOf(second, "again"), "Key"));
        Assert.Null(await HoldAsync(second));
        Assert.True((await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Administrator(reader, new Actor.Person(second.UserId), "a")))).May(PermissionMatrix.ManageUsers));
    }

    [Fact]
    public async Task A_hold_is_over_after_an_hour_and_holds_who_administers_anywhere()
    {
        await Hub.AddMemberAsync("user", "b", Role.Administrator);
        Assert.IsType<Result.NeedsPasskey>(await ResetAsync(boss, user));
        Assert.IsType<Result.Reset>(await ResetAsync(boss, user, amr: Strong));
        Assert.Equal(ActingAdministrator.Nobody, await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Administrator(reader, new Actor.Person(user.UserId), "b"))));
        Hub.Time.Advance(RecoveryHold.Length);
        Assert.Null(await HoldAsync(user));
    }

    [Fact]
    public async Task Who_has_a_lower_rank_is_no_administrator_acts_on_themself_or_belongs_elsewhere_resets_nobody()
    {
        var chief = await Hub.AddMemberAsync("chief", "b", Role.Administrator);
        var guest = await Hub.AddMemberAsync("chief", "a");
        Assert.IsType<Result.Refused>(await ResetAsync(user, boss, amr: Strong));
        Assert.IsType<Result.Refused>(await ResetAsync(boss, boss, amr: Strong));
        Assert.IsType<Result.Refused>(await ResetAsync(prime, prime, amr: Strong));
        Assert.IsType<Result.Refused>(await ResetAsync(boss, guest, amr: Strong));
        Assert.IsType<Result.NothingThere>(await AsAsync(chief, transaction => FactorResets.ResetAsync(transaction, "b", user.MembershipId, Why, Strong)));
        Assert.IsType<Result.Refused>(await AsAsync(chief, transaction => FactorResets.ResetAsync(transaction, "a", user.MembershipId, Why, Strong)));
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, second.MembershipId));
        Assert.IsType<Result.Refused>(await ResetAsync(second, user, amr: Strong));
        Assert.Equal(0, Hub.Count("Users", "MustEnrol"));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("  \r\n\t "), InlineData("x", 501)]
    public async Task Without_a_reason_nothing_is_done(string? reason, int times = 1)
    {
        var typed = reason is null ? null : string.Concat(Enumerable.Repeat(reason, times));
        Assert.IsType<Result.Refused>(await AsAsync(boss, transaction => FactorResets.ResetAsync(transaction, "a", user.MembershipId, typed, Password)));
        Assert.True((await FactorsAsync(user)).Any);
    }

    [Fact]
    public async Task Of_the_PRIMARY_it_waits_for_another_administrator_with_a_passkey()
    {
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Assert.True((await FactorsAsync(prime)).Any);
        Assert.Equal(
            ["prime: factor-reset-requested", "codes: factor-reset-requested", "second: factor-reset-to-approve"],
            (await Hub.MailsAsync()).TakeLast(3).Select(mail => $"{mail.To.Split('@')[0]}: {mail.Template}"));
        var waiting = Assert.Single(await Hub.ReadAsync(reader => FactorResets.WaitingInAsync(reader, "a")));
        Assert.Equal((Why, "boss", "prime"), (waiting.Reason, waiting.RequestedBy, waiting.Name));
        Assert.IsType<Result.Refused>(await ResetAsync(second, prime, amr: Strong));

        Assert.IsType<Result.Refused>(await ApproveAsync(boss, requested.Id));
        Assert.IsType<Result.Refused>(await ApproveAsync(prime, requested.Id));
        Assert.IsType<Result.Refused>(await ApproveAsync(user, requested.Id));
        Assert.IsType<Result.NeedsPasskey>(await ApproveAsync(second, requested.Id, "pwd otp mfa"));
        Assert.IsType<Result.NothingThere>(await AsAsync(second, transaction => FactorResets.ApproveAsync(transaction, "b", requested.Id, Strong)));
        Assert.True((await FactorsAsync(prime)).Any);

        Assert.IsType<Result.Reset>(await ApproveAsync(second, requested.Id));
        Assert.Equal(EnrolledFactors.None with { MustEnrol = true }, await FactorsAsync(prime));
        Assert.NotNull(await HoldAsync(prime));
        Assert.IsType<Result.NothingThere>(await ApproveAsync(second, requested.Id));
        Assert.Contains("agreed that the second factors of prime be reset", (await LastAsync("factor-reset.approved")).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parallel_approvals_are_one()
    {
        var third = await Hub.AddMemberAsync("third", "a", Role.Administrator);
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => ApproveAsync(i % 2 == 0 ? second : third, requested.Id)));
        Assert.Single(results.OfType<Result.Reset>());
        Assert.Equal(31, results.OfType<Result.NothingThere>().Count());
    }

    [Fact]
    public async Task An_operator_agrees_for_any_account()
    {
        var operatorId = await OperatorAsync();
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Assert.Contains((await Hub.MailsAsync()), mail => mail.To == "op@mail.example" && mail.Template == "factor-reset-to-approve");
        Assert.IsType<Result.NeedsPasskey>(await Hub.Store.WriteAsync(new Actor.Person(operatorId), transaction => FactorResets.ApproveAsync(transaction, null, requested.Id, Password)));
        Assert.IsType<Result.Reset>(await Hub.Store.WriteAsync(new Actor.Person(operatorId), transaction => FactorResets.ApproveAsync(transaction, null, requested.Id, Strong)));
    }

    [Fact]
    public async Task The_PRIMARY_refuses_who_asked_takes_it_back_and_time_ends_it()
    {
        var first = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Assert.IsType<Result.NothingThere>(await AsAsync(user, transaction => FactorResets.RefuseAsync(transaction, null, first.Id)));
        Assert.Single(await Hub.ReadAsync(reader => FactorResets.WaitingForAsync(reader, prime.UserId)));
        Assert.IsType<Result.Ended>(await AsAsync(prime, transaction => FactorResets.RefuseAsync(transaction, null, first.Id)));
        Assert.IsType<Result.NothingThere>(await ApproveAsync(second, first.Id));

        var next = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Assert.IsType<Result.Refused>(await AsAsync(second, transaction => FactorResets.WithdrawAsync(transaction, "a", next.Id)));
        Assert.IsType<Result.Ended>(await AsAsync(boss, transaction => FactorResets.WithdrawAsync(transaction, "a", next.Id)));
        Assert.IsType<Result.NothingThere>(await ApproveAsync(second, next.Id));

        var last = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Hub.Time.Advance(FactorResets.Lifetime);
        Assert.IsType<Result.NothingThere>(await ApproveAsync(second, last.Id));
        Assert.Empty(await Hub.ReadAsync(reader => FactorResets.WaitingAsync(reader)));
        Assert.Equal(1, await Hub.WriteAsync(transaction => FactorResets.SweepAsync(transaction, 10)));
        Assert.Equal(0, await Hub.WriteAsync(transaction => FactorResets.SweepAsync(transaction, 10)));
        Assert.Equal(["Refused", "Withdrawn", "Expired"], Enum.GetNames<FactorResetOutcome>()[1..].Where(name => Hub.Count("FactorResets", $"Outcome = '{name}'") == 1));
        Assert.True((await FactorsAsync(prime)).Any);
    }

    [Fact]
    public async Task What_somebody_asked_who_administers_no_more_nobody_agrees_to()
    {
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, boss.MembershipId));
        Assert.IsType<Result.Refused>(await ApproveAsync(second, requested.Id));
        Assert.True((await FactorsAsync(prime)).Any);
    }

    [Fact]
    public async Task Of_the_PRIMARY_of_another_account_it_waits_for_the_operator()
    {
        await Hub.AddMemberAsync("user", "b", Role.User, PermissionLevel.Primary);
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, user, amr: Strong));
        Assert.Contains("operator", Assert.IsType<Result.Refused>(await ApproveAsync(second, requested.Id)).Sentence, StringComparison.Ordinal);
        Assert.IsType<Result.Refused>(await ApproveAsync(prime, requested.Id));
        Assert.True((await FactorsAsync(user)).Any);
        var operatorId = await OperatorAsync();
        Assert.IsType<Result.Reset>(await Hub.Store.WriteAsync(new Actor.Person(operatorId), transaction => FactorResets.ApproveAsync(transaction, null, requested.Id, Strong)));

        await Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, user.UserId));
        Assert.IsType<MemberAccess.Result.Refused>(await AsAsync(boss, transaction => MemberAccess.ThawAsync(transaction, "a", user.MembershipId, "https://hub.example")));
        Assert.NotNull((await Hub.UserAsync(user.UserId)).FrozenAt);
    }

    [Fact]
    public async Task Who_became_an_administrator_after_it_was_asked_for_does_not_agree()
    {
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        var added = await Hub.AddMemberAsync("added", "a", Role.Administrator);
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, user.MembershipId, Role.Administrator));
        Assert.IsType<Result.Refused>(await ApproveAsync(added, requested.Id));
        Assert.IsType<Result.Refused>(await ApproveAsync(user, requested.Id));
        Assert.True((await FactorsAsync(prime)).Any);
        Assert.IsType<Result.Reset>(await ApproveAsync(second, requested.Id));
    }

    [Fact]
    public async Task Who_asked_for_the_reset_of_the_PRIMARY_gets_no_code_by_themself()
    {
        var requested = Assert.IsType<Result.Requested>(await ResetAsync(boss, prime, amr: Strong));
        Assert.IsType<Result.Reset>(await ApproveAsync(second, requested.Id));
        Assert.IsType<Result.Refused>(await CodeAsync(boss, prime));
        Assert.IsType<Result.Reset>(await CodeAsync(second, prime));
        var operatorId = await OperatorAsync();
        Assert.IsType<Result.Reset>(await Hub.Store.WriteAsync(new Actor.Person(operatorId), transaction => FactorResets.IssueCodeAsync(transaction, "a", prime.MembershipId, Strong)));
    }

    [Fact]
    public async Task After_the_operator_let_a_PRIMARY_in_again_only_the_operator_makes_codes()
    {
        await Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, prime.UserId));
        await Hub.WriteAsync(transaction => UserLifecycle.ThawAsync(transaction, prime.UserId, "https://hub.example"));
        Assert.True((await FactorsAsync(prime)).MustEnrol);
        Assert.IsType<Result.Refused>(await CodeAsync(second, prime));
        var operatorId = await OperatorAsync();
        Assert.IsType<Result.Reset>(await Hub.Store.WriteAsync(new Actor.Person(operatorId), transaction => FactorResets.IssueCodeAsync(transaction, "a", prime.MembershipId, Strong)));
    }

    private Task<Result> CodeAsync(TestMember actor, TestMember target) => AsAsync(actor, transaction => FactorResets.IssueCodeAsync(transaction, "a", target.MembershipId, Strong));

    private Task<string> OperatorAsync() => Hub.WriteAsync(async transaction =>
        ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("op", null, null, "op@mail.example", true, true))).User.Id);

    private Task<Result> ResetAsync(TestMember actor, TestMember target, string amr = Password) =>
        AsAsync(actor, transaction => FactorResets.ResetAsync(transaction, "a", target.MembershipId, Why, amr));

    private Task<Result> ApproveAsync(TestMember actor, string id, string amr = Strong) => AsAsync(actor, transaction => FactorResets.ApproveAsync(transaction, "a", id, amr));

    private Task<T> AsAsync<T>(TestMember actor, Func<HubTransaction, Task<T>> work) => Hub.Store.WriteAsync(new Actor.Person(actor.UserId), work);

    private Task<EnrolledFactors> FactorsAsync(TestMember member) => Hub.ReadAsync(reader => SecondFactors.OfAsync(reader, member.UserId));

    private Task<DateTimeOffset?> HoldAsync(TestMember member) => Hub.ReadAsync(reader => Task.FromResult(RecoveryHold.Of(reader, member.UserId)));

    private async Task<AuditLine> LastAsync(string action) => (await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = "a" }, null, 500))).Lines.First(line => line.Action == action);

    private static StoredPasskey PasskeyOf(TestMember member, string id) => new(id + member.UserId, member.UserId, [1, 2, 3], 0, "internal", true, true, DateTimeOffset.UnixEpoch);

    private Task EnrolAsync(TestMember member) => Hub.WriteAsync(async transaction =>
    {
        await SecondFactors.PutTotpAsync(transaction, member.UserId, new byte[20]);
        await SecondFactors.PutEmailCodesAsync(transaction, member.UserId, $"codes@{member.UserId}.example");
        await Passkeys.TryAddAsync(transaction, PasskeyOf(member, "key"), "Key");
        await RecoveryCodes.ReplaceAsync(transaction, member.UserId, new([], new byte[16], [.. Enumerable.Range(0, 10).Select(i => member.UserId + i)]));
        transaction.Db.RememberedDevices.Add(new()
        {
            Id = RandomId.New(), UserId = member.UserId, UserEpoch = 0, SecretHash = RandomId.New(), CreatedAt = transaction.Now, LastUsedAt = transaction.Now, ExpiresAt = transaction.Now.AddDays(3),
        });
    });
}
