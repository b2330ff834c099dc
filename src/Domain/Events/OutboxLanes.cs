namespace IdentityHub.Domain.Events;

/// <summary>A message that this process has taken to send.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Kind">Which handler sends it.</param>
/// <param name="Destination">To whom.</param>
/// <param name="Attempts">How often it was tried, this time included.</param>
/// <param name="CreatedAt">When it was queued.</param>
/// <param name="MayWaitForOperator">Whether what it says is kept when it is given up, so that the operator may send it again.</param>
internal sealed record OutboxAttempt(long Sequence, string Kind, string Destination, int Attempts, DateTimeOffset CreatedAt, bool MayWaitForOperator)
{
    public string Lane => OutboxLanes.NameOf(Kind, Destination);
}

/// <summary>What is to be written of an attempt that has come to its end.</summary>
internal abstract record OutboxChange
{
    private OutboxChange() { }

    public sealed record Delivered(long Sequence) : OutboxChange;

    /// <summary>Tried again at <paramref name="At"/>; <paramref name="Why"/> is null where it was never really tried.</summary>
    public sealed record Again(long Sequence, DateTimeOffset At, string? Why) : OutboxChange;

    public sealed record Dead(long Sequence, string Why, bool KeepsPayload) : OutboxChange;

    /// <summary>Everything that waits for a destination that was down goes now.</summary>
    public sealed record Released(string Kind, string Destination) : OutboxChange;
}

/// <summary>The destinations to which something is on its way, or which are down: what one process knows of them. Used by the dispatcher's loop alone.</summary>
internal sealed class OutboxLanes(IReadOnlyDictionary<string, DeliveryPolicy> policies)
{
    /// <summary>How long what waits for a destination that is down stands back. The message that probes it, coming through, calls it earlier.</summary>
    public static readonly TimeSpan StandBack = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Lane> lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, OutboxAttempt> underWay = [];

    private sealed class Lane(DeliveryPolicy policy)
    {
        public int UnderWay { get; set; }

        /// <summary>When it is tried with one message; null for one that is up.</summary>
        public DateTimeOffset? ProbeAt { get; set; }

        /// <summary>The message that it is tried with.</summary>
        public long? Probe { get; set; }

        /// <summary>The message in whose place that one is.</summary>
        public long? Former { get; set; }

        public bool IsFull => UnderWay >= (ProbeAt is null ? policy.AtOnce : 1);
    }

    public static string NameOf(string kind, string destination) => kind + "|" + destination;

    /// <summary>The messages that are on their way: not to be taken again, and still held.</summary>
    public IReadOnlyCollection<long> UnderWay => underWay.Keys;

    /// <summary>The destinations that take nothing more at the moment.</summary>
    public string[] Full() => [.. lanes.Where(lane => lane.Value.IsFull).Select(lane => lane.Key)];

    /// <summary>How many of a lane's messages may be taken now.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="kind">Of which kind its messages are.</param>
    /// <param name="wasTried">Whether the next of them was tried before: its time has come, or the operator wants it tried.</param>
    /// <param name="now">The moment.</param>
    public int Room(string lane, string kind, bool wasTried, DateTimeOffset now)
    {
        var state = lanes.GetValueOrDefault(lane);
        var most = state?.ProbeAt is not { } probeAt ? policies[kind].AtOnce : probeAt <= now || wasTried ? 1 : 0;
        return Math.Max(most - (state?.UnderWay ?? 0), 0);
    }

    public bool IsDown(string lane) => lanes.TryGetValue(lane, out var state) && state.ProbeAt is not null;

    public void Take(OutboxAttempt attempt)
    {
        if (!lanes.TryGetValue(attempt.Lane, out var lane))
        {
            lanes[attempt.Lane] = lane = new(policies[attempt.Kind]);
        }

        lane.UnderWay++;
        underWay[attempt.Sequence] = attempt;
        if (lane.ProbeAt is not null && lane.Probe != attempt.Sequence)
        {
            // One message at a time asks whether it is up again.
            lane.Former = lane.Probe;
            lane.Probe = attempt.Sequence;
        }
    }

    /// <summary>Notes how an attempt ended.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="outcome">How; null when the hub's end cut it short.</param>
    /// <param name="now">When.</param>
    /// <returns>What is to be written.</returns>
    public IEnumerable<OutboxChange> Settle(OutboxAttempt attempt, Delivery? outcome, DateTimeOffset now)
    {
        underWay.Remove(attempt.Sequence);
        var lane = lanes[attempt.Lane];
        lane.UnderWay--;
        var shares = policies[attempt.Kind].SharesOutage;
        switch (outcome)
        {
            case null:
                return [new OutboxChange.Again(attempt.Sequence, now, null)];
            case Delivery.Delivered:
                return [new OutboxChange.Delivered(attempt.Sequence), .. Up(lane, attempt, shares)];
            case Delivery.Refused refused:
                // Whoever refuses is there.
                return [new OutboxChange.Dead(attempt.Sequence, refused.Why, attempt.Kind == Sessions.LogoutNotices.Kind), .. Up(lane, attempt, shares)];
            default:
                return Fail(lane, attempt, (Delivery.Failed)outcome, shares, now);
        }
    }

    /// <summary>Forgets the destinations of which there is nothing to know.</summary>
    public void Tidy(DateTimeOffset now)
    {
        foreach (var (name, lane) in lanes)
        {
            if (lane.UnderWay == 0 && (lane.ProbeAt is not { } probeAt || now - probeAt > StandBack + StandBack))
            {
                lanes.Remove(name);
            }
        }
    }

    private static IEnumerable<OutboxChange> Up(Lane lane, OutboxAttempt attempt, bool shares)
    {
        // A process that was just started knows of no outage, but sees that the message had failed.
        var wasDown = shares && (lane.ProbeAt is not null || attempt.Attempts > 1);
        (lane.ProbeAt, lane.Probe, lane.Former) = (null, null, null);
        return wasDown ? [new OutboxChange.Released(attempt.Kind, attempt.Destination)] : [];
    }

    private static IEnumerable<OutboxChange> Fail(Lane lane, OutboxAttempt attempt, Delivery.Failed failed, bool shares, DateTimeOffset now)
    {
        var age = now - attempt.CreatedAt;
        var next = now + RetryPauses.After(attempt.Attempts, age, failed.RetryAfter);
        var standsBack = shares && lane.ProbeAt is not null && lane.Probe != attempt.Sequence;
        if (shares && !standsBack)
        {
            (lane.ProbeAt, lane.Probe) = (next, attempt.Sequence);
        }

        if (lane.Former is { } former)
        {
            lane.Former = null;
            yield return new OutboxChange.Again(former, now + StandBack, null);
        }

        yield return age >= RetryPauses.GiveUpAfter
            ? new OutboxChange.Dead(attempt.Sequence, failed.Why, attempt.MayWaitForOperator)
            : new OutboxChange.Again(attempt.Sequence, standsBack ? now + StandBack : next, failed.Why);
    }
}
