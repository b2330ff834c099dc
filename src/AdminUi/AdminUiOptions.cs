using System.Net.Security;

namespace IdentityHub.AdminUi;

/// <summary>What the console must be told.</summary>
/// <param name="Issuer">The OpenID Provider at which people sign in to it, without trailing slash; the console is served below the same address.</param>
/// <param name="SecureCookies">False only where the issuer is <c>http</c>, which <c>Hub:AllowHttp</c> allows on loopback.</param>
public sealed record AdminUiOptions(string Issuer, bool SecureCookies)
{
    /// <summary>How the provider's certificate is checked; null for the machine's own way.</summary>
    public RemoteCertificateValidationCallback? ServerTrust { get; init; }

    /// <summary>The issuer's host and port, for people.</summary>
    public string Host { get; } = new Uri(Issuer).Authority;
}
