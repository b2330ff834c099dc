using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>Every trigger × every artefact, generated from the table. Beside each person stands another at the same apps, to whom nothing may happen.</summary>
public sealed class RevocationMatrixTests(RevocationRuns runs) : IClassFixture<RevocationRuns>
{
    public static TheoryData<Trigger, Artefact> Cells()
    {
        var cells = new TheoryData<Trigger, Artefact>();
        foreach (var trigger in Enum.GetValues<Trigger>())
        {
            foreach (var artefact in Enum.GetValues<Artefact>().Where(artefact => RevocationTable.IsHeld(trigger, artefact)))
            {
                cells.Add(trigger, artefact);
            }
        }

        return cells;
    }

    public static TheoryData<Trigger> Triggers() => [.. Enum.GetValues<Trigger>()];

    [Fact]
    public void Every_trigger_has_its_line() => Assert.Equal(Enum.GetValues<Trigger>(), RevocationTable.Lines.Keys.Order());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task An_artefact_dies_or_survives(Trigger trigger, Artefact artefact)
    {
        var run = await runs.OfAsync(trigger);
        var line = RevocationTable.Lines[trigger];
        Assert.True(run.Before[artefact], $"the {artefact} was good before");
        Assert.True(line.Survivors.Contains(artefact) == run.After[artefact], $"{trigger}: the {artefact} {(run.After[artefact] ? "survived" : "died")}. {line.Why}");
    }

    [Theory]
    [MemberData(nameof(Triggers))]
    [Spec("OpenID Connect Back-Channel Logout", "2.7")]
    public async Task The_app_is_told_or_not(Trigger trigger) => Assert.Equal(RevocationTable.Lines[trigger].Told, (await runs.OfAsync(trigger)).Told);

    [Theory]
    [MemberData(nameof(Triggers))]
    public async Task Nobody_else_is_touched(Trigger trigger)
    {
        var run = await runs.OfAsync(trigger);
        Assert.Equal("", string.Join(", ", run.TouchedOfTwin));
    }
}
