using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdentityHub.Host.Certificates;

/// <summary>What the certificate directory holds: a closed set.</summary>
internal abstract record CertificatePair
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private static readonly string[] Names = ["localhost", "127.0.0.1", "::1"];

    private CertificatePair()
    {
    }

    /// <summary>Neither file is there.</summary>
    public sealed record Absent : CertificatePair;

    /// <summary>The files are there and cannot serve; <paramref name="Reason"/> ends a sentence that begins with the directory.</summary>
    public sealed record Unusable(string Reason) : CertificatePair;

    /// <summary>The certificate, with its private key, serves the loopback names for 30 days at least and chains to the authority's file.</summary>
    public sealed record Usable(X509Certificate2 Server) : CertificatePair;

    /// <summary>Reads and judges both files; changes nothing.</summary>
    public static CertificatePair Read(string authorityPath, string serverPath, DateTimeOffset now)
    {
        if (!File.Exists(authorityPath) && !File.Exists(serverPath))
        {
            return new Absent();
        }

        X509Certificate2? server = null;
        try
        {
            using var authority = X509CertificateLoader.LoadCertificateFromFile(authorityPath);
            server = ServerOf(X509CertificateLoader.LoadPkcs12CollectionFromFile(serverPath, password: null));
            if (server is null)
            {
                return new Unusable("holds no certificate with a private key");
            }

            if (Fault(server, authority, now) is { } reason)
            {
                server.Dispose();
                return new Unusable(reason);
            }

            return new Usable(server);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            server?.Dispose();
            return new Unusable($"cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    private static X509Certificate2? ServerOf(X509Certificate2Collection bag)
    {
        X509Certificate2? server = null;
        foreach (var certificate in bag)
        {
            if (server is null && certificate.HasPrivateKey)
            {
                server = certificate;
            }
            else
            {
                certificate.Dispose();
            }
        }

        return server;
    }

    private static string? Fault(X509Certificate2 server, X509Certificate2 authority, DateTimeOffset now)
    {
        var ends = server.NotAfter < authority.NotAfter ? server.NotAfter : authority.NotAfter;
        if (ends.ToUniversalTime() < (now + RenewBefore).UtcDateTime)
        {
            return $"ends on {ends.ToUniversalTime():yyyy-MM-dd}";
        }

        if (server.NotBefore.ToUniversalTime() > now.UtcDateTime)
        {
            return $"begins only on {server.NotBefore.ToUniversalTime():yyyy-MM-dd}";
        }

        if (Names.FirstOrDefault(name => !server.MatchesHostname(name, allowWildcards: false, allowCommonName: false)) is { } missing)
        {
            return $"is not for {missing}";
        }

        return ChainsTo(server, authority, now) ? null : "was not signed by the authority beside it";
    }

    private static bool ChainsTo(X509Certificate2 server, X509Certificate2 authority, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // serverAuth
        // The authority can revoke nothing: its key is gone.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        var good = chain.Build(server);
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return good;
    }
}
