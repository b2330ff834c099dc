using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace IdentityHub.IdP.Logout;

/// <summary>Trust in this machine's own authority, for apps that run beside the hub: what the machine trusts itself stays trusted, and a wrong name stays wrong.</summary>
public static class LocalAuthorityTrust
{
    /// <returns>Null, for the framework's own check, where there is no such authority.</returns>
    public static RemoteCertificateValidationCallback? For(X509Certificate2? authority) => authority is null
        ? null
        : (_, certificate, chain, errors) => errors switch
        {
            SslPolicyErrors.None => true,
            SslPolicyErrors.RemoteCertificateChainErrors => certificate is X509Certificate2 server && IsFrom(authority, server, chain),
            _ => false,
        };

    private static bool IsFrom(X509Certificate2 authority, X509Certificate2 server, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a local authority publishes no revocation list
        return chain.Build(server);
    }
}
