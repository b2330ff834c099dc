using System.Diagnostics;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using IdentityHub.Testing;
using Xunit;
using Xunit.Abstractions;

namespace IdentityHub.Domain.Tests.Jobs;

public sealed class BulkSpeedTests(ITestOutputHelper output) : JobTests
{
    /// <summary>What the issue asks for, of the change as of the preview. And nobody else who writes meanwhile waits long.</summary>
    [Fact]
    public async Task A_thousand_users_are_changed_within_ten_seconds()
    {
        var members = await AddMembersAsync(1000);
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.ResizeAsync(transaction, North, TestDirectory.Console, 1000));
        foreach (var action in new JobAction[]
        {
            new JobAction.ChangeRole(Role.Administrator), new JobAction.GiveSeat(TestDirectory.Console), new JobAction.Deactivate(), new JobAction.Delete(),
        })
        {
            var id = await PrepareAsync(action, members);
            var preview = await TimeAsync(() => RunAsync());
            await ConfirmAsync(id);
            using var stop = new CancellationTokenSource();
            var others = Task.Run(() => OthersAsync(stop.Token));
            var run = await TimeAsync(() => RunAsync());
            await stop.CancelAsync();

            output.WriteLine($"{action.GetType().Name}: preview {preview.TotalSeconds:0.00} s, change {run.TotalSeconds:0.00} s, others waited {string.Join(" / ", (await others).Select(wait => $"{wait:0}"))} ms (median / 95 % / longest)");
            Assert.Equal(new(0, 1000, 0, 0, 0, 0), (await JobAsync(id)).Counts);
            Assert.InRange(run.TotalSeconds, 0, 10);
            Assert.InRange(preview.TotalSeconds, 0, 10);
        }
    }

    /// <summary>Somebody who writes again and again.</summary>
    private async Task<double[]> OthersAsync(CancellationToken stopping)
    {
        var waits = new List<double>();
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var name = $"other-{i}";
            waits.Add((await TimeAsync(() => Hub.WriteAsync(transaction => Domain.Seats.Seats.PutApplicationAsync(transaction, "other", name, seated: false)))).TotalMilliseconds);
        }

        waits.Sort();
        return waits.Count == 0 ? [] : [waits[waits.Count / 2], waits[waits.Count * 95 / 100], waits[^1]];
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started);
    }
}
