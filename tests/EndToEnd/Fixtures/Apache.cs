using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>Apache with mod_auth_openidc: a relying party that no one here wrote. It knows the hub by its discovery document alone, and shows what it was told about the person.</summary>
internal sealed class Apache : IAsyncDisposable
{
    private const string Program = "/usr/sbin/apache2";
    private const string Modules = "/usr/lib/apache2/modules";

    private const UnixFileMode Open =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] Claims =
        ["sub", "account", "account_name", "role", "permission_level", "seats", "permissions", "accounts", "email", "email_verified", "name", "acr", "amr", "sid"];

    private readonly string folder;
    private readonly ChildProcess process;

    private Apache(string folder, ChildProcess process, string address)
    {
        this.folder = folder;
        this.process = process;
        Address = address;
    }

    public string Address { get; }

    /// <summary>What Apache wrote to its error log: mod_auth_openidc says there why it refuses something.</summary>
    public string Log => File.Exists(Path.Combine(folder, "error.log")) ? File.ReadAllText(Path.Combine(folder, "error.log")) : "";

    public static string CallbackOf(string address) => address + "/protected/callback";

    public static async Task<Apache> StartAsync(string address, string issuer, string clientId, string clientSecret, string responseMode)
    {
        Checkout.Outside(Program);
        Checkout.Outside(Modules + "/mod_auth_openidc.so");
        var folder = Directory.CreateTempSubdirectory("identityhub-apache-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // Started as root, Apache serves as another user, who has to read this.
            File.SetUnixFileMode(folder, Open);
        }

        WriteFiles(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "apache.conf"), Configuration(folder, address, issuer, clientId, clientSecret, responseMode));
        var apache = new Apache(folder, ChildProcess.Start(Program, ["-D", "FOREGROUND", "-f", Path.Combine(folder, "apache.conf")], folder), address);
        try
        {
            await apache.process.UntilAsync(() => Web.AnswersAsync(address + "/"), TimeSpan.FromSeconds(15), "Apache that answers");
            return apache;
        }
        catch (InvalidOperationException fault)
        {
            var log = apache.Log;
            await apache.DisposeAsync();
            throw new InvalidOperationException($"{fault.Message}\nApache's log:\n{log}", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Not every machine has it, and Apache ends where it cannot listen.</summary>
    private static bool HasIPv6()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WriteFiles(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "site", "protected"));
        File.WriteAllText(Path.Combine(folder, "site", "index.html"), "<!doctype html><html lang=\"en\"><title>Start</title><link rel=\"icon\" href=\"data:,\"><h1>Not protected</h1></html>");
        var rows = string.Concat(Claims.Select(claim => $"<dt>{claim}</dt><dd data-claim=\"{claim}\"><!--#echo var=\"OIDC_CLAIM_{claim}\" --></dd>"));
        File.WriteAllText(
            Path.Combine(folder, "site", "protected", "index.html"),
            $"<!doctype html><html lang=\"en\"><title>Protected</title><link rel=\"icon\" href=\"data:,\"><h1>Apache knows you</h1><dl>{rows}</dl></html>");
        File.Copy(Checkout.Authority, Path.Combine(folder, "ca.crt"));
        using var server = X509CertificateLoader.LoadPkcs12FromFile(Checkout.ServerCertificate, null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
        File.WriteAllText(Path.Combine(folder, "server.crt"), server.ExportCertificatePem());
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)server.GetECDsaPrivateKey() ?? server.GetRSAPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Configuration(string folder, string address, string issuer, string clientId, string clientSecret, string responseMode)
    {
        string[] modules =
            ["mpm_event", "authn_core", "authz_core", "authz_user", "socache_shmcb", "ssl", "dir", "include", "env", "auth_openidc"];
        var host = new Uri(address);
        return $"""
            ServerRoot {folder}
            ServerName localhost
            PidFile {folder}/apache.pid
            ErrorLog {folder}/error.log
            LogLevel warn auth_openidc:info
            DefaultRuntimeDir {folder}
            Mutex file:{folder}
            {string.Concat(modules.Select(module => $"LoadModule {module}_module {Modules}/mod_{module}.so\n"))}
            {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}
            StartServers 1
            MinSpareThreads 1
            MaxSpareThreads 8
            ThreadsPerChild 8
            MaxRequestWorkers 8
            ServerLimit 1
            ForceType text/html
            Listen 127.0.0.1:{host.Port} https
            {(HasIPv6() ? $"Listen [::1]:{host.Port} https" : "")}
            SSLEngine on
            SSLCertificateFile {folder}/server.crt
            SSLCertificateKeyFile {folder}/server.key
            DocumentRoot {folder}/site
            DirectoryIndex index.html
            OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
            OIDCCABundlePath {folder}/ca.crt
            OIDCClientID {clientId}
            OIDCClientSecret {clientSecret}
            OIDCRedirectURI {CallbackOf(address)}
            OIDCCryptoPassphrase {RandomNumberGenerator.GetHexString(48)}
            OIDCScope "openid profile email account accounts"
            OIDCPKCEMethod S256
            OIDCResponseType code
            OIDCResponseMode {responseMode}
            OIDCDefaultLoggedOutURL {address}/
            OIDCPassClaimsAs both
            OIDCRemoteUserClaim email
            <Location /protected>
              AuthType openid-connect
              Require valid-user
            </Location>
            <Directory {folder}/site/protected>
              Options +Includes
              SetOutputFilter INCLUDES
              SSIUndefinedEcho none
            </Directory>
            """;
    }
}
