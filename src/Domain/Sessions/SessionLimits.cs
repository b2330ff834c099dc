using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;

namespace IdentityHub.Domain.Sessions;

/// <summary>How long a sign-in lasts where somebody wants it shorter than the hub does.</summary>
/// <param name="Idle">Without use; null for the hub's limit.</param>
/// <param name="Lifetime">From the moment at which the person last proved who they are; null for the hub's limit.</param>
public sealed record SessionLimits(TimeSpan? Idle, TimeSpan? Lifetime)
{
    public static readonly SessionLimits None = new(null, null);

    public static SessionLimits Of(MembershipView? place) => OfMinutes(place?.SessionIdleMinutes, place?.SessionLifetimeMinutes);

    public static SessionLimits Of(Client client) => OfMinutes(client.SessionIdleMinutes, client.SessionLifetimeMinutes);

    internal static SessionLimits OfMinutes(int? idle, int? lifetime) => new(Minutes(idle), Minutes(lifetime));

    /// <returns>The shorter of each.</returns>
    public SessionLimits And(SessionLimits other) => new(Shorter(Idle, other.Idle), Shorter(Lifetime, other.Lifetime));

    private static TimeSpan? Minutes(int? minutes) => minutes is { } count ? TimeSpan.FromMinutes(count) : null;

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;
}
