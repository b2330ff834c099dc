using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace IdentityHub.Bench.Revocation;

/// <summary>Takes people's access away, one after the other or many at once, and measures until every effect is there.</summary>
internal sealed class Trials(Site site)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Milliseconds from sending to each effect, by what was sent and which effect.</summary>
    public ConcurrentDictionary<(string Way, string Effect), ConcurrentBag<double>> Measured { get; } = new();

    /// <summary>Requests begun after the hub's answer.</summary>
    public long Probes;

    /// <summary>Those of them that still let somebody in: there may be none.</summary>
    public long Successes;

    public async Task OneAsync(string way, Person person, int probes)
    {
        var sent = Stopwatch.GetTimestamp();
        var effects = Task.WhenAll(
            UntilAsync(way, "introspection inactive", sent, async () => !await person.AccessLivesAsync(0)),
            UntilAsync(way, "sign-in refused", sent, async () => !await person.SessionLivesAsync()),
            UntilAsync(way, "refresh refused", sent, async () => !await person.RefreshLivesAsync(1)),
            ClosedAsync(way, person, sent));
        using var answer = await (way == "DELETE"
            ? site.ScimAsync(HttpMethod.Delete, "/Users/" + person.ScimId)
            : site.ScimAsync(HttpMethod.Patch, "/Users/" + person.ScimId, Deactivation));
        Note(way, "answer", sent, Stopwatch.GetTimestamp());
        if ((int)answer.StatusCode >= 300)
        {
            throw new InvalidOperationException($"{way}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        await ProbeAsync(person, probes);
        await effects;
        await ToldAsync(way, person, sent);
    }

    public async Task<double> BulkAsync(IReadOnlyList<Person> people)
    {
        var sent = Stopwatch.GetTimestamp();
        foreach (var chunk in people.Chunk(500))
        {
            using var answer = await site.ScimAsync(HttpMethod.Post, "/Bulk", new
            {
                schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:BulkRequest" },
                Operations = chunk.Select(person => new { method = "PATCH", path = "/Users/" + person.ScimId, data = Deactivation }),
            });
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"Bulk: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
        }

        Note("Bulk", "answer", sent, Stopwatch.GetTimestamp());
        foreach (var person in people)
        {
            await ProbeAsync(person, 3);
        }

        foreach (var person in people)
        {
            await ToldAsync("Bulk", person, sent);
        }

        return Measured.Where(pair => pair.Key.Way == "Bulk" && pair.Key.Effect.StartsWith("app told", StringComparison.Ordinal)).SelectMany(pair => pair.Value).DefaultIfEmpty().Max();
    }

    /// <summary>Waits until every healthy app was told of the person.</summary>
    public async Task ToldAsync(string way, Person person, long sent)
    {
        foreach (var app in site.Apps.Where(app => !app.IsDown))
        {
            var clock = Stopwatch.StartNew();
            long at;
            while (!app.Told.TryGetValue(person.Subject, out at))
            {
                if (clock.Elapsed > Patience)
                {
                    throw new TimeoutException($"{app.Id} was not told of {person.UserName}.");
                }

                await Task.Delay(2);
            }

            Note(way, app.Id.StartsWith("slow", StringComparison.Ordinal) ? "slow app told" : "app told", sent, at);
        }
    }

    private async Task ProbeAsync(Person person, int probes)
    {
        Func<Task<bool>>[] ways = [() => person.AccessLivesAsync(0), () => person.RefreshLivesAsync(2), person.SessionLivesAsync];
        await Parallel.ForEachAsync(Enumerable.Range(0, probes), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var lives = await ways[i % ways.Length]();
            Interlocked.Increment(ref Probes);
            Interlocked.Add(ref Successes, lives ? 1 : 0);
        });
    }

    private async Task UntilAsync(string way, string effect, long sent, Func<Task<bool>> isThere)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(3))
        {
            if (await isThere())
            {
                Note(way, effect, sent, Stopwatch.GetTimestamp());
                return;
            }
        }

        throw new TimeoutException($"{way}: {effect} did not come.");
    }

    private async Task ClosedAsync(string way, Person person, long sent)
    {
        using var limit = new CancellationTokenSource(Patience);
        await person.Live!.ReceiveAsync(new byte[16].AsMemory(), limit.Token);
        if ((int?)person.Live.CloseStatus != 4401)
        {
            throw new InvalidOperationException("The live connection was not closed as told.");
        }

        Note(way, "WebSocket closed", sent, Stopwatch.GetTimestamp());
    }

    private void Note(string way, string effect, long sent, long at) =>
        Measured.GetOrAdd((way, effect), _ => []).Add(Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds);

    private static readonly object Deactivation = new
    {
        schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:PatchOp" }, Operations = new object[] { new { op = "replace", path = "active", value = false } },
    };
}
