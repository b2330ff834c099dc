using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Every way to become signed in, or to change what one signs in with, in every state of the user: no token below what the client and the account require.</summary>
public sealed class PathwaysTests(PathwayRuns runs) : IClassFixture<PathwayRuns>
{
    /// <summary>The states in which a way leads to a token, whatever else it leads to. In every other it leads to a page, or to nothing.</summary>
    private static readonly Dictionary<string, string[]> LeadOn = new()
    {
        ["password"] = ["active"],
        ["authenticator app"] = ["active", "required by the account", "required of the member", "required by the client"],
        ["code by e-mail"] = ["active"],
        ["recovery code"] = ["active", "required by the account", "required of the member", "required by the client"],
        ["temporary code"] = [],

        // A browser that its owner signs in with has attempts of its own: strangers do not use them up.
        ["remembered browser"] = ["active", "throttled"],
        ["invitation"] = ["active"],
        ["password reset"] = [],
        ["first password"] = ["active", "must change password"],
        ["refresh"] = ["active", "throttled", "required by the client"],
        ["authorization code of before"] = ["active", "throttled", "required by the client"],
    };

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var way in LeadOn.Keys)
        {
            foreach (var state in PathwayRuns.States)
            {
                cells.Add(way, state);
            }
        }

        return cells;
    }

    [Theory, MemberData(nameof(Cells))]
    [Spec("OWASP ASVS 5.0", "6.3.4"), Spec("OWASP ASVS 5.0", "6.3.3")]
    public async Task No_way_leads_to_a_token_below_what_is_required(string way, string state)
    {
        var run = await runs.RunAsync(way, state);
        var user = await runs.Hub.ReadAsync(reader => Users.FindAsync(reader, run.UserId));
        var places = await runs.Hub.ReadAsync(reader => Memberships.OfUserAsync(reader, run.UserId));
        foreach (var amr in run.Amrs)
        {
            Assert.True(user is { Active: true, FrozenAt: null, MustEnrol: false }, $"a token ({amr}) for who may not sign in");
            var place = Assert.Single(places);
            Assert.True(place.LetsIn, $"a token ({amr}) in a place that lets nobody in");
            Assert.True(FactorRules.IsEnoughFor(amr, place), $"a token ({amr}) below what the account requires");
            Assert.True(!run.ClientRequiresTwo || Assurance.LevelOf(amr) >= AssuranceLevel.TwoFactors, $"a token ({amr}) below what the client requires");
            Assert.False(run.MustChangePassword, $"a token ({amr}) with a password that must be changed");
        }

        Assert.True(LeadOn[way].Contains(state) == run.Amrs.Count > 0, $"tokens: {string.Join(", ", run.Amrs)}; the way ended at: {run.End}");
    }
}
