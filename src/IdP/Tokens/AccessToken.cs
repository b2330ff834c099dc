namespace IdentityHub.IdP.Tokens;

/// <summary>What an access token says, whatever its form.</summary>
/// <param name="Id">The <c>jti</c>.</param>
/// <param name="GrantId">The grant that it hangs on; null for a client's own.</param>
/// <param name="ClientId">To whom it was issued.</param>
/// <param name="Subject">The user, or the client itself.</param>
/// <param name="Scope">Space-separated.</param>
/// <param name="IssuedAt">When.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record AccessToken(string Id, string? GrantId, string ClientId, string Subject, string Scope, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public bool HasScope(string scope) => Protocol.Scopes.Split(Scope).Contains(scope);

    /// <summary>A <c>jti</c> that names the grant, so that the token needs no claim of its own for it.</summary>
    public static string IdFor(string? grantId) => grantId is null ? Domain.RandomId.New() : $"{grantId}.{Domain.RandomId.New()[..16]}";

    public static string? GrantIdOf(string id) => id.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? id[..dot] : null;
}
