namespace IdentityHub.Samples.Tests;

/// <summary>The real time, moved on by hand.</summary>
internal sealed class ManualClock : TimeProvider
{
    private TimeSpan offset;

    public void Advance(TimeSpan by) => offset += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;

    public long Seconds => GetUtcNow().ToUnixTimeSeconds();
}
