using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Testing;
using Xunit;
using Result = IdentityHub.Domain.Accounts.AccountSecurity.Result;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>What an account asks of sign-ins: who changes it, within which bounds, and what tightening ends.</summary>
public sealed class AccountSecurityTests : HubTests
{
    private static readonly SecuritySettings Begun = new(TwoFactorPolicy.Optional, false, 0, 30, null, null);
    private TestMember boss = null!;
    private TestMember user = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        boss = await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        user = await Hub.AddMemberAsync("user", "a");
        await Hub.AddClientAsync("portal");
    }

    [Fact]
    public async Task It_is_changed_told_and_written_down_with_before_and_after()
    {
        var wanted = new SecuritySettings(TwoFactorPolicy.Optional, true, 7, 14, 30, 240);
        Assert.Equal(new Result.Changed(SignedOut: false), await ChangeAsync(boss, wanted, Begun));
        Assert.Equal(wanted, await Hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, "a")));
        var mail = (await Hub.MailsAsync())[^1];
        Assert.Equal(("boss@mail.example", "account-security"), (mail.To, mail.Template));
        Assert.Contains("- Codes by e-mail are enough: no \u2192 yes\n- Days to set one up: 0 \u2192 7\n", mail.Text, StringComparison.Ordinal);
        var line = (await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = "a" }, null, 10))).Lines.First(one => one.Action == "account.security-changed");
        Assert.Contains(new AuditChange("rememberedDeviceDays", "30", "14"), line.Details.Changes);
        Assert.Equal(new Result.Unchanged(), await ChangeAsync(boss, wanted, Begun));
        Assert.Equal(Begun, await Hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, "b")));
    }

    [Fact]
    public async Task Asking_more_ends_what_was_granted_with_less_and_asking_less_ends_nothing()
    {
        var grant = await GrantAsync();
        Assert.Equal(new Result.Changed(SignedOut: true), await ChangeAsync(boss, Begun with { TwoFactor = TwoFactorPolicy.Required, EmailCodesCount = true }, Begun));
        Assert.False(await Hub.IsLiveAsync(grant));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'account-shut'"));

        grant = await GrantAsync();
        Assert.Equal(new Result.Changed(SignedOut: true), await ChangeAsync(boss, Begun with { TwoFactor = TwoFactorPolicy.Required }, Begun with { TwoFactor = TwoFactorPolicy.Required, EmailCodesCount = true }));
        Assert.False(await Hub.IsLiveAsync(grant));

        grant = await GrantAsync();
        Assert.Equal(new Result.Changed(SignedOut: false), await ChangeAsync(boss, Begun with { TwoFactor = TwoFactorPolicy.Administrators }, Begun with { TwoFactor = TwoFactorPolicy.Required }));
        Assert.True(await Hub.IsLiveAsync(grant));
    }

    [Fact]
    public async Task Who_does_not_administer_changes_nothing_and_nobody_changes_what_they_did_not_see()
    {
        var chief = await Hub.AddMemberAsync("chief", "b", Role.Administrator);
        var wanted = Begun with { GraceDays = 3 };
        Assert.IsType<Result.MayNot>(await ChangeAsync(user, wanted, Begun));
        Assert.IsType<Result.MayNot>(await ChangeAsync(chief, wanted, Begun));
        Assert.Equal(new Result.Stale(Begun), await ChangeAsync(boss, wanted, Begun with { RememberedDays = 5 }));
        Assert.Equal(Begun, await Hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, "a")));
    }

    [Theory]
    [InlineData(-1, 30, null, null, "GraceDays"), InlineData(15, 30, null, null, "GraceDays"), InlineData(0, -1, null, null, "RememberedDays"), InlineData(0, 31, null, null, "RememberedDays")]
    [InlineData(0, 30, 4, null, "IdleMinutes"), InlineData(0, 30, 61, null, "IdleMinutes"), InlineData(0, 30, null, 4, "LifetimeMinutes"), InlineData(0, 30, null, 721, "LifetimeMinutes")]
    [InlineData(0, 30, 60, 59, "IdleMinutes"), InlineData(int.MaxValue, int.MinValue, 0, int.MaxValue, "GraceDays RememberedDays IdleMinutes LifetimeMinutes")]
    public async Task Out_of_bounds_nothing_is_changed(int grace, int remembered, int? idle, int? lifetime, string fields)
    {
        var invalid = Assert.IsType<Result.Invalid>(await ChangeAsync(boss, new(TwoFactorPolicy.Optional, false, grace, remembered, idle, lifetime), Begun));
        Assert.Equal(fields.Split(' '), invalid.Faults.Select(fault => fault.Field));
        Assert.Equal(Begun, await Hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, "a")));
    }

    [Theory, InlineData(14, 30, 5, 5), InlineData(0, 0, 60, 720)]
    public async Task At_the_bounds_it_is(int grace, int remembered, int? idle, int? lifetime) =>
        Assert.IsType<Result.Changed>(await ChangeAsync(boss, new(TwoFactorPolicy.Optional, false, grace, remembered, idle, lifetime), Begun));

    private Task<Result> ChangeAsync(TestMember actor, SecuritySettings wanted, SecuritySettings seen) =>
        Hub.Store.WriteAsync(new Actor.Person(actor.UserId), transaction => AccountSecurity.ChangeAsync(transaction, "a", wanted, seen));

    private async Task<string> GrantAsync() => (await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(user.UserId), user.MembershipId))!.GrantId;
}
