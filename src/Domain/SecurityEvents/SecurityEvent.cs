namespace IdentityHub.Domain.SecurityEvents;

/// <summary>An event on its way to one receiver: what its token says but for issuer, audience and signature, which it is given at each attempt.</summary>
/// <param name="Id">The <c>jti</c>, the same at each attempt.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="Type">The event type URI.</param>
/// <param name="Says">The members of the event as a JSON object.</param>
/// <param name="Subject">Whom it is about.</param>
/// <param name="Cause">The <c>txn</c>: the same in all events of one change of one person.</param>
/// <param name="IssuedAt">The <c>iat</c>, in seconds.</param>
/// <param name="UserId">The user with whom it goes; null for one that is told even then.</param>
public sealed record SecurityEvent(string Id, string StreamId, string Type, string Says, EventSubject Subject, string Cause, long IssuedAt, string? UserId)
{
    /// <summary>What goes to receivers, in the outbox.</summary>
    public const string Kind = "security-event";
}

/// <summary>Whom an event is about. Nobody: the stream itself.</summary>
/// <param name="UserId">The <c>sub</c> by which every app knows the person; null where it is the stream.</param>
/// <param name="Sid">One session of theirs, by the <c>sid</c> that the receiver knows it by; null for no session in particular.</param>
/// <param name="ClientId">The app at which; null for no app in particular.</param>
/// <param name="AccountId">The account in which; null for no account in particular.</param>
public sealed record EventSubject(string? UserId, string? Sid = null, string? ClientId = null, string? AccountId = null)
{
    public static readonly EventSubject TheStream = new((string?)null);

    /// <summary>Whether it takes more than one identifier to say (OpenID Shared Signals Framework 1.0 §3.3).</summary>
    public bool IsComplex => Sid is not null || ClientId is not null || AccountId is not null;
}
