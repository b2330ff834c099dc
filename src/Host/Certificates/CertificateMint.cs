using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdentityHub.Host.Certificates;

/// <summary>A certificate authority that has signed once, and what it signed.</summary>
/// <param name="AuthorityPem">The authority's certificate. Its private key is gone.</param>
/// <param name="ServerPkcs12">The server's certificate and private key and the authority's certificate, without a password.</param>
internal sealed record MintedCertificates(string AuthorityPem, byte[] ServerPkcs12);

/// <summary>Makes a certificate authority and one certificate for this machine's loopback names (RFC 5280).</summary>
internal static class CertificateMint
{
    // macOS and iOS refuse a server certificate that lives longer than 825 days, of any authority.
    private static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(820);
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3652);

    // A browser in a virtual machine or on a telephone may run a little behind.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    public static MintedCertificates Mint(DateTimeOffset now)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = Authority(authorityKey, now - ClockSkew);
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var server = Server(serverKey, authority, authorityKey, now - ClockSkew);
        using var serverWithKey = server.CopyWithPrivateKey(serverKey);
        var pkcs12 = new X509Certificate2Collection { serverWithKey, authority }
            .ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, password: null);
        return new MintedCertificates(authority.ExportCertificatePem() + "\n", pkcs12);
    }

    private static X509Certificate2 Authority(ECDsa key, DateTimeOffset from)
    {
        var serial = Serial();
        // Each authority has a name of its own, so that one that was imported earlier is never mistaken for it.
        var request = new CertificateRequest(
            $"CN=IdentityHub local authority {Convert.ToHexStringLower(serial.AsSpan(0, 4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, from + AuthorityLifetime, serial);
    }

    private static X509Certificate2 Server(ECDsa key, X509Certificate2 authority, ECDsa authorityKey, DateTimeOffset from)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // serverAuth
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), from, from + ServerLifetime, Serial());
    }

    // RFC 5280 §4.1.2.2: positive, at most 20 octets. The first octet is neither negative nor zero, so the length stays 16.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }
}
