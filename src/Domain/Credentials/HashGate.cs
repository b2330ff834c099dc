using System.Threading.Channels;

namespace IdentityHub.Domain.Credentials;

/// <summary>Through here goes every slow hash: on threads of its own, one fewer than there are processors, behind a short queue, so that a flood of sign-ins starves nothing else.</summary>
public sealed class HashGate : IDisposable
{
    /// <summary>Work that may wait per thread: at about a tenth of a second each, two seconds' worth.</summary>
    private const int QueuePerThread = 20;

    private readonly Channel<Action> queue;
    private readonly Thread[] threads;

    public HashGate()
    {
        var count = Math.Max(1, Environment.ProcessorCount - 1);
        queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(count * QueuePerThread) { FullMode = BoundedChannelFullMode.Wait });
        threads = [.. Enumerable.Range(0, count).Select(number => new Thread(Work)
        {
            IsBackground = true, Name = $"password hash {number}", Priority = ThreadPriority.BelowNormal,
        })];
        foreach (var thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>Runs <paramref name="work"/> when its turn comes.</summary>
    /// <returns>Null at once when the queue is full; otherwise the running work.</returns>
    public Task<T>? TryRun<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = queue.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        });
        return taken ? done.Task : null;
    }

    private void Work()
    {
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.Reader.TryRead(out var work))
            {
                work();
            }
        }
    }

    public void Dispose() => queue.Writer.TryComplete();
}
