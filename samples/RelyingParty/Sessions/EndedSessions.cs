using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace IdentityHub.RelyingParty.Sessions;

/// <summary>Logouts of the last minutes, so that one which overtakes a sign-in still under way is not lost.</summary>
/// <remarks>Not thread-safe; guarded by the store. Bounded: when full, the oldest makes room.</remarks>
internal sealed class EndedSessions(TimeProvider time)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15); // longer than an ID token may be old at sign-in
    private readonly Dictionary<(string Claim, string Value), DateTimeOffset> endedAt = [];

    public void Add(LogoutTokenRules.Order order)
    {
        var oldest = time.GetUtcNow() - Kept;
        foreach (var (entry, at) in endedAt.Where(e => e.Value < oldest).ToList())
        {
            endedAt.Remove(entry);
        }

        if (endedAt.Count >= Capacity)
        {
            endedAt.Remove(endedAt.MinBy(e => e.Value).Key);
        }

        endedAt[order.Target] = order.Issued;
    }

    /// <summary>A token issued in the same second as the logout may be of a new sign-in, and passes.</summary>
    public bool Covers(AuthenticationTicket ticket) =>
        ticket.Principal.Claims.Any(c => endedAt.TryGetValue((c.Type, c.Value), out var at) && SessionTicket.VouchedAt(ticket) < at);
}
