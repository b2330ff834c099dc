using System.Globalization;

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
    public static string IdFor(string grantId) => $"{grantId}.{Domain.RandomId.New()[..16]}";

    /// <summary>A <c>jti</c> that names the epoch of the client, on which alone its own token hangs.</summary>
    public static string IdFor(int clientEpoch) => string.Create(CultureInfo.InvariantCulture, $"{Domain.RandomId.New()}-{clientEpoch}");

    public static string? GrantIdOf(string id) => id.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? id[..dot] : null;

    public static int? ClientEpochOf(string id) =>
        id.LastIndexOf('-') is var dash and > 0 && int.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : null;
}
