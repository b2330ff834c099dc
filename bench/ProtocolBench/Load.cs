using System.Diagnostics;

namespace IdentityHub.Bench.Protocol;

/// <summary>Drives one server over kept-alive connections, each sending its next request when the last is answered.</summary>
internal sealed class Load(Server server, Connection[] connections)
{
    public const int Connections = 16;

    public static async Task<Load> OpenAsync(Server server)
    {
        var connections = new Connection[Connections];
        for (var i = 0; i < connections.Length; i++)
        {
            connections[i] = await Connection.OpenAsync(server.Address);
        }

        return new(server, connections);
    }

    /// <summary>Sends requests for a time, or until there are no more.</summary>
    /// <param name="next">The next request of a connection; null when it has no more.</param>
    /// <param name="take">Takes the answer.</param>
    /// <param name="duration">At most this long.</param>
    /// <param name="latencies">Gets the milliseconds that each request took; then one connection sends alone.</param>
    /// <returns>The server's processor time per request in microseconds, and how many there were.</returns>
    public async Task<(double Microseconds, int Count)> RunAsync(Func<int, byte[]?> next, Action<int, Answer> take, TimeSpan duration, ICollection<double>? latencies = null)
    {
        var clock = Stopwatch.StartNew();
        var before = server.CpuTime;
        var counts = await Task.WhenAll(connections.Take(latencies is null ? Connections : 1).Select((connection, index) => Task.Run(async () =>
        {
            var count = 0;
            while (clock.Elapsed < duration && next(index) is { } request)
            {
                var sent = Stopwatch.GetTimestamp();
                take(index, await connection.SendAsync(request));
                latencies?.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                count++;
            }

            return count;
        })));
        var sum = counts.Sum();
        return ((server.CpuTime - before).TotalMicroseconds / Math.Max(sum, 1), sum);
    }
}
