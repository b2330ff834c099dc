using System.Security.Cryptography.X509Certificates;

namespace IdentityHub.IdP;

/// <summary>What the OpenID Provider must be told.</summary>
/// <param name="Issuer">The issuer without trailing slash. Every link and every <c>iss</c> comes from here, never from the Host header.</param>
/// <param name="SecureCookies">False only where the issuer is <c>http</c>, which <c>Hub:AllowHttp</c> allows on loopback.</param>
public sealed record IdPOptions(string Issuer, bool SecureCookies)
{
    /// <summary>Failed sign-ins that one address may have at once, and how it gets more.</summary>
    public int AddressBurst { get; init; } = 300;

    public TimeSpan AddressRefill { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An authority that the apps' certificates may come from besides those that the machine trusts; null for none.</summary>
    public X509Certificate2? LocalAuthority { get; init; }
}
