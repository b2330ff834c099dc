using System.Diagnostics;
using Xunit;

namespace IdentityHub.Storage.Tests.Crash;

[Trait("Speed", "slow")]
public sealed class KillTests
{
    private const int Kills = 50;
    private const int KillsWhilePreparing = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task What_was_answered_survives_50_kills_of_the_process()
    {
        var folder = TestHub.NewFolder();
        var answered = new List<string>();
        foreach (var delay in Delays(Kills, longest: 200))
        {
            using var victim = new Victim(FileIn(folder));
            await victim.WaitForAsync(CrashWorker.Ready);
            var round = await victim.KillAfterAsync(delay);
            answered.AddRange(round);
            await VerifyAsync(folder, round);
        }

        Assert.True(answered.Count > Kills, $"Only {answered.Count} writes were answered: the kills came before the work.");
        await VerifyAsync(folder, answered);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_hub_killed_while_it_prepares_its_database_starts_again()
    {
        foreach (var delay in Delays(KillsWhilePreparing, longest: 700))
        {
            var folder = TestHub.NewFolder();
            using var victim = new Victim(FileIn(folder));
            await victim.WaitForAsync(CrashWorker.Preparing);
            await VerifyAsync(folder, await victim.KillAfterAsync(delay));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string FileIn(string folder)
    {
        var hub = TestHub.Open(folder);
        hub.Close();
        return hub.File;
    }

    private static async Task VerifyAsync(string folder, List<string> answered)
    {
        var hub = TestHub.Open(folder);
        var started = Stopwatch.GetTimestamp();
        await hub.Database.PrepareAsync();
        Assert.True(await hub.Database.IsReadyAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Patience);

        var missing = await hub.Store.ReadAsync(reader => Task.FromResult(
            answered.SelectMany(id => CrashWorker.Halves.Select(half => id + half)).Where(id => !TestHub.HasRow(reader, id)).ToList()));
        Assert.Empty(missing);
        Assert.Null(hub.Outside("SELECT substr(TokenId, 1, 32) FROM RevokedTokens GROUP BY 1 HAVING count(*) <> 2"));
        Assert.Equal("ok", hub.Outside("PRAGMA integrity_check"));
        await hub.SqlAsync("DELETE FROM Throttles");
        hub.Close();
    }

    /// <summary>Scattered, and the same in every run: the generator of ISO C's rand().</summary>
    private static IEnumerable<TimeSpan> Delays(int count, int longest)
    {
        var state = 20260101u;
        for (var i = 0; i < count; i++)
        {
            state = (state * 1103515245u) + 12345u;
            yield return TimeSpan.FromMilliseconds((state >> 16) % (uint)longest);
        }
    }
}
