namespace IdentityHub.Testing;

/// <summary>A clock that stands until a test moves it. Timers and delays made from it fire as it passes them, in their order, on the thread that moves it.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now = start;

    public ManualTime() : this(new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero)) { }

    /// <summary>The present moment. Setting it moves the clock forward; it never goes back.</summary>
    public DateTimeOffset Now
    {
        get { lock (gate) { return now; } }
        set => MoveTo(value);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;

    public void Advance(TimeSpan by) => MoveTo(Now + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(DateTimeOffset moment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moment, Now);
        while (TakeDue(moment) is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Moves to the next timer that is due by then, or to the moment itself when none is.</summary>
    private ManualTimer? TakeDue(DateTimeOffset moment)
    {
        lock (gate)
        {
            var next = timers.Where(timer => timer.DueAt <= moment).MinBy(timer => timer.DueAt);
            if (next is null)
            {
                now = moment;
                return null;
            }

            now = next.DueAt > now ? next.DueAt : now;
            next.Reschedule();
            return next;
        }
    }

    private sealed class ManualTimer(ManualTime clock, Action callback) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset DueAt { get; private set; }

        public void Fire() => callback();

        /// <summary>Called with the clock's gate held.</summary>
        public void Reschedule()
        {
            if (period > TimeSpan.Zero)
            {
                DueAt += period;
            }
            else
            {
                clock.timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                clock.timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan && dueTime > TimeSpan.Zero)
                {
                    DueAt = clock.now + dueTime;
                    clock.timers.Add(this);
                }
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.QueueUserWorkItem(static action => ((Action)action!)(), callback);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
