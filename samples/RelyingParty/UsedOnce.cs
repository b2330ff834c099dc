namespace IdentityHub.RelyingParty;

/// <summary>Remembers what was used until it would have expired anyway, so that nothing works twice.</summary>
/// <remarks>Bounded: when full, the entry that expires first makes room.</remarks>
internal sealed class UsedOnce(TimeProvider time, int capacity = 10_000)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> byExpiry = new();

    /// <returns>False when <paramref name="id"/> was used before.</returns>
    public bool TryUse(string id, DateTimeOffset until)
    {
        lock (gate)
        {
            Prune(time.GetUtcNow());
            if (!used.Add(id))
            {
                return false;
            }

            byExpiry.Enqueue(id, until);
            return true;
        }
    }

    private void Prune(DateTimeOffset now)
    {
        while (byExpiry.TryPeek(out var id, out var until) && (until <= now || used.Count >= capacity))
        {
            byExpiry.Dequeue();
            used.Remove(id);
        }
    }
}
