using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityHub.MemberPortal;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.Samples.Tests;

/// <summary>As in the demo: https on both sides, with a local authority that the machine does not trust.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("samples-tls-").FullName;
    private readonly ManualClock clock = new();
    private readonly X509Certificate2 authority = Authority("right");
    private FakeHub hub = null!;
    private WebApplication? portal;

    private string AuthorityFile => Path.Combine(folder, "ca.crt");

    public async Task InitializeAsync()
    {
        using var leaf = Leaf(authority);
        await File.WriteAllBytesAsync(Path.Combine(folder, "localhost.pfx"), leaf.Export(X509ContentType.Pkcs12, "pass"));
        var served = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(folder, "localhost.pfx"), "pass");
        hub = new FakeHub(clock, served);
        await hub.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await (portal?.DisposeAsync() ?? ValueTask.CompletedTask);
        await hub.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Signing_in_works_with_the_local_authority_and_sets_host_cookies()
    {
        await File.WriteAllTextAsync(AuthorityFile, authority.ExportCertificatePem());
        using var me = await StartAsync();

        var toHub = await me.GetAsync("/signin");
        Assert.StartsWith("__Host-portal-state.", Assert.Single(toHub.Raw.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        var done = await me.GetAsync((await me.GetAsync(toHub.Location!)).Location!);
        Assert.Contains(done.Raw.Headers.GetValues("Set-Cookie"), c =>
            c.StartsWith("__Host-portal-session=", StringComparison.Ordinal) && c.Contains("; secure", StringComparison.Ordinal));
        Assert.True(await me.IsSignedInAsync());
    }

    [Fact]
    public async Task An_authority_made_after_our_start_is_found_and_a_wrong_one_is_not_trusted()
    {
        using var me = await StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await me.GetAsync("/signin")).Status);

        using var wrong = Authority("wrong");
        await File.WriteAllTextAsync(AuthorityFile, wrong.ExportCertificatePem());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await me.GetAsync("/signin")).Status);

        await File.WriteAllTextAsync(AuthorityFile, authority.ExportCertificatePem());
        File.SetLastWriteTimeUtc(AuthorityFile, File.GetLastWriteTimeUtc(AuthorityFile).AddSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await me.SignInAsync()).Status);
    }

    private async Task<Browser> StartAsync()
    {
        string[] arguments =
        [
            "--urls", "https://127.0.0.1:0", "--Logging:LogLevel:Default", "None", "--Logging:LogLevel:Microsoft.AspNetCore", "None",
            "--Kestrel:Certificates:Default:Path", Path.Combine(folder, "localhost.pfx"), "--Kestrel:Certificates:Default:Password", "pass",
            "--RelyingParty:Authority", hub.Issuer, "--RelyingParty:CertificateAuthority", AuthorityFile,
            "--RelyingParty:ClientId", "portal", "--RelyingParty:ClientSecret", FakeHub.Secret,
        ];
        portal = MemberPortalApp.Build(arguments, services => services.AddSingleton<TimeProvider>(clock));
        await portal.StartAsync();
        return new Browser(portal.Urls.Single(), authority);
    }

    private static X509Certificate2 Authority(string name)
    {
        var request = new CertificateRequest($"CN=Samples test {name}", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    private static X509Certificate2 Leaf(X509Certificate2 issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(issuer, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1), [1, 2, 3]);
        return signed.CopyWithPrivateKey(key);
    }
}
