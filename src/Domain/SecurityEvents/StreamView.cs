using System.Collections.Immutable;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>A stream as its receiver sees it.</summary>
public sealed record StreamView
{
    public required string Id { get; init; }
    public required string ClientId { get; init; }

    /// <summary>As asked for, known to the hub or not.</summary>
    public required ImmutableArray<string> EventsRequested { get; init; }

    /// <summary>Where events are pushed to; null where they are polled.</summary>
    public required string? PushEndpoint { get; init; }

    /// <summary>Whether pushes carry an <c>Authorization</c> header, which is shown to nobody.</summary>
    public required bool HasAuthorization { get; init; }
    public required string? Description { get; init; }
    public required StreamStatus Status { get; init; }
    public required string? StatusReason { get; init; }

    /// <summary>What of the asked for the hub sends.</summary>
    public ImmutableArray<string> EventsDelivered => [.. EventTypes.Supported.Where(type => EventsRequested.Contains(type, StringComparer.Ordinal))];

    /// <summary>The operator stopped it: only the operator starts it again.</summary>
    public bool IsStoppedByOperator => Status != StreamStatus.Enabled && StatusReason == EventStreams.StoppedByOperator;
}

/// <summary>What a receiver says about its stream.</summary>
/// <param name="EventsRequested">Event type URIs.</param>
/// <param name="Push">Where to push events to; null for a stream that is polled.</param>
/// <param name="Description">For people; null for none.</param>
public sealed record StreamSettings(ImmutableArray<string> EventsRequested, PushTarget? Push, string? Description);

/// <summary>Where to push events to.</summary>
/// <param name="Endpoint">The address: the caller has judged it.</param>
/// <param name="Authorization">The value of the <c>Authorization</c> header; null for none.</param>
/// <param name="KeepsAuthorization">The header that is stored stays.</param>
public sealed record PushTarget(string Endpoint, string? Authorization, bool KeepsAuthorization = false);
