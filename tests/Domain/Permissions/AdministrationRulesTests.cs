using IdentityHub.Domain.Permissions;
using Xunit;
using Why = IdentityHub.Domain.Permissions.AdministrationRefusal;

namespace IdentityHub.Domain.Tests.Permissions;

public sealed class AdministrationRulesTests
{
    private static readonly ActingAdministrator User = new("me", false, Role.User, PermissionLevel.Support);
    private static readonly ActingAdministrator Administrator = new("me", false, Role.Administrator, null);
    private static readonly ActingAdministrator Primary = new("me", false, Role.User, PermissionLevel.Primary);
    private static readonly ActingAdministrator Stranger = new("me", false, null, null);
    private static readonly ActingAdministrator Operator = new("me", true, null, null);

    private static readonly MemberActedOn AUser = new("other", false, Role.User, null);
    private static readonly MemberActedOn AnAdministrator = new("other", false, Role.Administrator, PermissionLevel.Acatr);
    private static readonly MemberActedOn ThePrimary = new("other", false, Role.Administrator, PermissionLevel.Primary);
    private static readonly MemberActedOn AnOperator = new("other", true, Role.Administrator, null);
    private static readonly MemberActedOn Myself = new("me", false, Role.Administrator, null);
    private static readonly MemberActedOn MyselfPrimary = new("me", false, Role.User, PermissionLevel.Primary);
    private static readonly MemberActedOn MyselfOperator = new("me", true, Role.Administrator, null);

    private static readonly MemberAct[] All = Enum.GetValues<MemberAct>();
    private static readonly MemberAct[] NotOnOneself = [MemberAct.Deactivate, MemberAct.Delete, MemberAct.LowerTwoFactor, MemberAct.ChangeFactors, MemberAct.ResetPassword, MemberAct.ResetFactors, MemberAct.Thaw];
    private static readonly MemberAct[] SignInOf =
        [MemberAct.ChangeProfile, MemberAct.ChangeFactors, MemberAct.ResetPassword, MemberAct.SignOutEverywhere, MemberAct.Deactivate, MemberAct.Delete, MemberAct.ResetFactors, MemberAct.Thaw];

    /// <summary>Who acts on whom, what they are refused and why; every act that is not named is allowed.</summary>
    private static readonly (string Name, ActingAdministrator Actor, MemberActedOn Member, Func<MemberAct, Why?> Refusal)[] Table =
    [
        ("a User on a User", User, AUser, _ => Why.NoAdministrator),
        ("a User on the PRIMARY", User, ThePrimary, _ => Why.NoAdministrator),
        ("somebody of another account on a User", Stranger, AUser, _ => Why.NoAdministrator),
        ("an Administrator on a User", Administrator, AUser, _ => null),
        ("an Administrator on an Administrator", Administrator, AnAdministrator, _ => null),
        ("an Administrator on the PRIMARY", Administrator, ThePrimary, act => act == MemberAct.ResetFactors ? null : Why.ActsOnPrimary),
        ("an Administrator on an operator at home", Administrator, AnOperator, act => SignInOf.Contains(act) ? Why.RunsTheHub : null),
        ("an Administrator on themself", Administrator, Myself, act => NotOnOneself.Contains(act) ? Why.OnThemselves : null),
        ("an Administrator who is operator on themself", new("me", true, Role.Administrator, null), MyselfOperator, act => NotOnOneself.Contains(act) ? Why.OnThemselves : null),
        ("the PRIMARY on an Administrator", Primary, AnAdministrator, _ => null),
        ("the PRIMARY on themself", Primary, MyselfPrimary, act => NotOnOneself.Contains(act) ? Why.OnThemselves : null),
        ("the operator on the PRIMARY", Operator, ThePrimary, _ => null),
        ("the operator on another operator", Operator, AnOperator, _ => null),
        ("the configuration file on the PRIMARY", ActingAdministrator.TheOperator, ThePrimary, _ => null),
        ("provisioning on the PRIMARY", ActingAdministrator.Provisioning, ThePrimary, _ => Why.ActsOnPrimary),
        ("provisioning on an Administrator", ActingAdministrator.Provisioning, AnAdministrator, _ => null),
        ("nobody on a User", ActingAdministrator.Nobody, AUser, _ => Why.NoAdministrator),
    ];

    public static IEnumerable<object[]> Cells => from line in Table from act in All select new object[] { line.Name, act };

    [Theory, MemberData(nameof(Cells))]
    public void Who_may_do_what_to_whom_is_one_table(string name, MemberAct act)
    {
        var (_, actor, member, refusal) = Table.Single(line => line.Name == name);
        Assert.Equal(refusal(act), AdministrationRules.Check(actor, member, act));
    }

    [Fact]
    public void What_a_reset_takes_follows_from_whom_it_is_done_to()
    {
        Assert.Equal(ResetSafeguard.FreshSignIn, AdministrationRules.SafeguardOf(AUser, administersElsewhere: false));
        Assert.Equal(ResetSafeguard.PhishingResistant, AdministrationRules.SafeguardOf(AUser, administersElsewhere: true));
        Assert.Equal(ResetSafeguard.PhishingResistant, AdministrationRules.SafeguardOf(AnAdministrator, administersElsewhere: false));
        Assert.Equal(ResetSafeguard.PhishingResistant, AdministrationRules.SafeguardOf(AnOperator with { Role = Role.User }, administersElsewhere: false));
        Assert.All([false, true], elsewhere => Assert.Equal(ResetSafeguard.SecondApprover, AdministrationRules.SafeguardOf(ThePrimary, elsewhere)));
    }

    [Fact]
    public void Nobody_agrees_to_what_they_asked_for_nor_to_a_reset_of_their_own()
    {
        Assert.Equal(Why.AskedThemselves, AdministrationRules.CheckApproval(Administrator, ThePrimary, "me"));
        Assert.Equal(Why.AskedThemselves, AdministrationRules.CheckApproval(Operator, ThePrimary, "me"));
        Assert.Null(AdministrationRules.CheckApproval(Administrator, ThePrimary, "asker"));
        Assert.Null(AdministrationRules.CheckApproval(Operator, ThePrimary, "asker"));
        Assert.Equal(Why.OnThemselves, AdministrationRules.CheckApproval(Primary, MyselfPrimary, "asker"));
        Assert.Equal(Why.NoAdministrator, AdministrationRules.CheckApproval(User, ThePrimary, "asker"));
        Assert.Equal(Why.NoAdministrator, AdministrationRules.CheckApproval(Stranger, ThePrimary, "asker"));
    }

    public static IEnumerable<object?[]> Standings =>
        from role in Enum.GetValues<Role>() from level in Enum.GetValues<PermissionLevel>().Cast<PermissionLevel?>().Append(null) select new object?[] { role, level };

    [Theory, MemberData(nameof(Standings))]
    public void Who_administers_gives_everything_but_PRIMARY_and_who_does_not_gives_nothing(Role role, PermissionLevel? level)
    {
        foreach (var before in (MemberActedOn?[])[null, AUser, AnAdministrator])
        {
            Why? expected = level == PermissionLevel.Primary ? Why.PrimaryIsTransferred : null;
            Assert.Equal(expected, AdministrationRules.CheckGrant(Administrator, before, role, level));
            Assert.Equal(expected, AdministrationRules.CheckGrant(Primary, before, role, level));
            Assert.Equal(expected, AdministrationRules.CheckGrant(Operator, before, role, level));
            Assert.Equal(Why.NoAdministrator, AdministrationRules.CheckGrant(User, before, role, level));
            Assert.Equal(Why.NoAdministrator, AdministrationRules.CheckGrant(Stranger, before, role, level));
        }

        // The PRIMARY keeps the level whatever the role becomes.
        Assert.Equal(level == PermissionLevel.Primary ? null : Why.PrimaryIsTransferred, AdministrationRules.CheckGrant(Primary, MyselfPrimary, role, level));
    }

    [Fact]
    public void Every_refusal_has_a_sentence()
    {
        foreach (var refusal in Enum.GetValues<Why>())
        {
            Assert.All(All, act => Assert.EndsWith(".", AdministrationRules.Explain(refusal, act), StringComparison.Ordinal));
        }
    }
}
