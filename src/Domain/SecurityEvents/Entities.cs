using System.Collections.Immutable;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>Whether a stream transmits (OpenID Shared Signals Framework 1.0 §8.1.2).</summary>
public enum StreamStatus
{
    Enabled,

    /// <summary>Events are kept until it is enabled again.</summary>
    Paused,

    /// <summary>Nothing is transmitted and nothing is kept.</summary>
    Disabled,
}

/// <summary>An event stream to one receiver (OpenID Shared Signals Framework 1.0 §8.1.1).</summary>
internal sealed class EventStream
{
    public required string Id { get; init; }

    /// <summary>The receiver: the client whose access token made the stream. It has one stream.</summary>
    public required string ClientId { get; init; }

    /// <summary>Event type URIs that the receiver asked for.</summary>
    public ImmutableArray<string> EventsRequested { get; set; } = [];

    /// <summary>Where events are pushed to (RFC 8935); null for a stream that is polled (RFC 8936).</summary>
    public string? PushEndpoint { get; set; }

    /// <summary>What goes into the <c>Authorization</c> header of a push, sealed; null for none.</summary>
    public byte[]? SealedAuthorization { get; set; }
    public string? Description { get; set; }
    public StreamStatus Status { get; set; }
    public string? StatusReason { get; set; }

    /// <summary>When the receiver last asked for a verification event: no more often than it may.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A subject that a receiver took out of its stream: by default a stream has every subject whom its client may know.</summary>
internal sealed class EventStreamSubject
{
    public required string StreamId { get; init; }
    public required string UserId { get; init; }
}

/// <summary>An event that waits to be fetched from a polled stream.</summary>
internal sealed class PolledEvent
{
    public long Sequence { get; init; }

    /// <summary>The <c>jti</c> of its token.</summary>
    public required string Id { get; init; }
    public required string StreamId { get; init; }

    /// <summary>The event as JSON, sealed under the hub's key.</summary>
    public required byte[] SealedEvent { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
