namespace IdentityHub.Domain.Credentials;

/// <summary>A link by mail with which a user says that something was not done by them, once: their sign-in is frozen. Only the hash of its token is kept. It outlives every change of credentials: those are what it is about.</summary>
public sealed class FreezeLink
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string TokenHash { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}
