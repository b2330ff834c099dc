using System.Net.Security;
using System.Net.Sockets;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityHub.Host.Certificates;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IdentityHub.Host.Tests.Certificates;

public sealed class LocalCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Scratch scratch = new();
    private readonly SetClock clock = new(Start);
    private readonly RecordedLog log = new();

    private string Certs => scratch.At("certs");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task The_first_run_makes_an_authority_and_a_certificate_for_the_loopback_names()
    {
        var made = await LoadAsync();
        using var authority = X509CertificateLoader.LoadCertificateFromFile(made.AuthorityFile);

        Assert.True(made.IsNew);
        Assert.True(made.Server.HasPrivateKey);
        Assert.Equal("localhost", made.Server.GetNameInfo(X509NameType.DnsName, forIssuer: false));
        Assert.All(["localhost", "127.0.0.1", "::1"], name => Assert.True(made.Server.MatchesHostname(name, false, false)));
        Assert.False(made.Server.MatchesHostname("example.com", false, false));
        Assert.InRange(made.Server.NotAfter - made.Server.NotBefore, TimeSpan.FromDays(365), TimeSpan.FromDays(820));
        Assert.InRange(authority.NotAfter - authority.NotBefore, TimeSpan.FromDays(3650), TimeSpan.FromDays(3653));
        Assert.Equal(32, made.Server.SerialNumber.Length);
        Assert.NotEqual(authority.SerialNumber, made.Server.SerialNumber);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", await File.ReadAllTextAsync(made.AuthorityFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_extensions_are_those_of_an_authority_and_of_a_server()
    {
        var server = (await LoadAsync()).Server;
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Certs, "ca.crt"));

        var basic = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(basic is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, authority.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.False(server.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("1.3.6.1.5.5.7.3.1", server.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.Equal(
            authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier,
            Convert.ToHexString(server.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.Span));
    }

    [Fact]
    public async Task Only_the_server_has_a_private_key_and_only_the_owner_reads_it()
    {
        await LoadAsync();

        var bag = X509CertificateLoader.LoadPkcs12CollectionFromFile(Path.Combine(Certs, "localhost.pfx"), null);
        Assert.Equal(2, bag.Count);
        Assert.Single(bag, c => c.HasPrivateKey);
        Assert.DoesNotContain("PRIVATE", await File.ReadAllTextAsync(Path.Combine(Certs, "ca.crt")), StringComparison.Ordinal);
        Assert.Equal([".lock", "ca.crt", "localhost.pfx"], Directory.GetFiles(Certs).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Certs, "localhost.pfx")));
        }
    }

    [Fact]
    public async Task The_next_run_takes_the_same_certificate()
    {
        var first = await LoadAsync();
        clock.Now = Start.AddDays(780);
        var second = await LoadAsync();

        Assert.False(second.IsNew);
        Assert.Equal(first.Server.Thumbprint, second.Server.Thumbprint);
    }

    [Theory]
    [InlineData(795, "ends on")]
    [InlineData(2000, "ends on")]
    [InlineData(-30, "begins only on")]
    public async Task A_certificate_out_of_its_time_is_made_anew_and_said_so(int daysLater, string reason)
    {
        var first = await LoadAsync();
        clock.Now = Start.AddDays(daysLater);
        var second = await LoadAsync();

        Assert.True(second.IsNew);
        Assert.NotEqual(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.Contains(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost.pfx", "not a certificate")]
    [InlineData("localhost.pfx", "")]
    [InlineData("localhost.pfx", null)]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("ca.crt", null)]
    public async Task A_broken_or_missing_file_has_both_made_anew(string file, string? content)
    {
        var first = await LoadAsync();
        var path = Path.Combine(Certs, file);
        File.Delete(path);
        if (content is not null)
        {
            await File.WriteAllTextAsync(path, content);
        }

        var second = await LoadAsync();

        Assert.NotEqual(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.Contains(log.Lines, line => line.Contains("cannot be read", StringComparison.Ordinal));
        Assert.False((await LoadAsync()).IsNew);
    }

    [Fact]
    public async Task An_authority_that_did_not_sign_the_certificate_has_both_made_anew()
    {
        await LoadAsync();
        await File.WriteAllTextAsync(Path.Combine(Certs, "ca.crt"), CertificateMint.Mint(Start).AuthorityPem);

        Assert.True((await LoadAsync()).IsNew);
        Assert.Contains(log.Lines, line => line.Contains("not signed by the authority", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_for_other_names_is_made_anew()
    {
        Directory.CreateDirectory(Certs);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = new CertificateRequest("CN=example.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(Start, Start.AddDays(900));
        await File.WriteAllTextAsync(Path.Combine(Certs, "ca.crt"), other.ExportCertificatePem());
        await File.WriteAllBytesAsync(Path.Combine(Certs, "localhost.pfx"), other.Export(X509ContentType.Pkcs12));

        Assert.True((await LoadAsync()).IsNew);
        Assert.Contains(log.Lines, line => line.Contains("is not for localhost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_starts_at_once_end_with_one_pair()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(LoadAsync)));

        Assert.Single(all, c => c.IsNew);
        Assert.Single(all.Select(c => c.Server.Thumbprint).Distinct());
    }

    [Fact]
    public async Task A_client_that_trusts_the_authority_trusts_the_server_by_every_name()
    {
        clock.Now = TimeProvider.System.GetUtcNow();
        var made = await LoadAsync();
        using var authority = X509CertificateLoader.LoadCertificateFromFile(made.AuthorityFile);
        foreach (var name in new[] { "localhost", "127.0.0.1", "::1" })
        {
            await HandshakeAsync(made.Server, authority, name);
        }
    }

    private static async Task HandshakeAsync(X509Certificate2 server, X509Certificate2 authority, string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        await using var serverSide = new SslStream(accepted.GetStream());
        await using var clientSide = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);

        await Task.WhenAll(
            serverSide.AuthenticateAsServerAsync(server),
            clientSide.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy }));

        Assert.True(clientSide.IsAuthenticated);
    }

    private Task<LocalCertificate> LoadAsync() => new LocalCertificates(clock, log).LoadOrMakeAsync(Certs, CancellationToken.None);

    private sealed class RecordedLog : ILogger<LocalCertificates>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }
}
