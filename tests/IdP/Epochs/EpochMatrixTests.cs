using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>Every artefact × everything that should kill it, or must not (contract §7, house §3; Zitadel CVE-2024-46999, Keycloak GHSA-895x and the like).</summary>
public sealed class EpochMatrixTests(EpochRuns runs) : IClassFixture<EpochRuns>
{
    private const string All = "session code jwt opaque online offline";

    /// <summary>What happens, and what of the person's artefacts survives it. Artefacts are of the account in which the trigger happens.</summary>
    private static readonly (string Trigger, string Survivors)[] Expected =
    [
        ("nothing", All),
        ("deactivated at home", ""),
        ("deactivated as a guest", ""),
        ("deleted at home", ""),
        ("deleted as a guest", ""),
        ("deactivated at home and active again", ""),
        ("deactivated as a guest and active again", "session"),
        ("deactivated at home, seen from the guest account", ""),
        ("deactivated as a guest, seen from home", All),
        ("role lowered", "session"),
        ("role raised", All),
        ("level taken", "session"),
        ("level changed", "session"),
        ("level given", All),
        ("seat released, the app that needs it", ""),
        ("seat released, another app", All),
        ("seat released and given again", "session"),
        ("client disabled", ""),
        ("client disabled and enabled again", "session"),
        ("client disabled, another app", All),
        ("password changed", ""),
        ("signed out", "offline"),
        ("another person deactivated", All),
        ("another person deleted", All),
        ("name changed", All),
        ("operator no more", ""),
    ];

    public static TheoryData<string, string, bool> Cells()
    {
        var cells = new TheoryData<string, string, bool>();
        foreach (var (trigger, survivors) in Expected)
        {
            foreach (var artefact in All.Split(' '))
            {
                cells.Add(artefact, trigger, survivors.Split(' ').Contains(artefact));
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task An_artefact_dies_or_survives(string artefact, string trigger, bool survives)
    {
        var outcome = await runs.OfAsync(trigger);
        Assert.True(outcome[artefact].Before, $"the {artefact} was good before");
        Assert.True(survives == outcome[artefact].After, $"{trigger}: the {artefact} {(outcome[artefact].After ? "survived" : "died")}: {outcome[artefact].Answer}");
    }
}
