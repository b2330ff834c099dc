using System.Security.Cryptography;

namespace IdentityHub.Domain.Events;

/// <summary>How long to wait after a failed attempt.</summary>
internal static class RetryPauses
{
    /// <summary>How long a message is tried at all.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <summary>The longest pause that a receiver is granted who asks for one.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(60);

    /// <summary>After the first attempts, whatever the message's age.</summary>
    private static readonly TimeSpan[] First = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    /// <summary>Later, by how long the message waits already. What is down for minutes is asked every few seconds: its people wait for it to be told.</summary>
    private static readonly (TimeSpan Until, TimeSpan Pause)[] ByAge =
    [
        (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(4)),
        (TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(30)),
        (TimeSpan.FromHours(1), TimeSpan.FromMinutes(2)),
        (TimeSpan.FromHours(6), TimeSpan.FromMinutes(10)),
    ];

    private static readonly TimeSpan Last = TimeSpan.FromHours(1);

    /// <param name="attempts">How often it was tried.</param>
    /// <param name="age">How long ago it was queued.</param>
    /// <param name="asked">How long the receiver asked to be left alone; null where it did not.</param>
    /// <returns>Up to a fifth more or less than the rule says, so that what failed together does not return together.</returns>
    public static TimeSpan After(int attempts, TimeSpan age, TimeSpan? asked)
    {
        var pause = attempts <= First.Length ? First[Math.Max(attempts, 1) - 1] : OfAge(age);
        var spread = pause * (0.8 + (RandomNumberGenerator.GetInt32(0, 401) / 1000.0));
        return asked is not { } wanted || wanted <= spread ? spread : wanted < LongestAsked ? wanted : LongestAsked;
    }

    private static TimeSpan OfAge(TimeSpan age)
    {
        foreach (var (until, pause) in ByAge)
        {
            if (age < until)
            {
                return pause;
            }
        }

        return Last;
    }
}
