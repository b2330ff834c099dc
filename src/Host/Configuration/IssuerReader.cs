using System.Collections.Immutable;

namespace IdentityHub.Host.Configuration;

/// <summary>Reads the issuer: what is configured, else the first address that the process listens on.</summary>
internal static class IssuerReader
{
    public const string UrlsKey = "urls";
    public const string DefaultUrls = "https://localhost:5001";
    private const string GiveIssuer = $"Set {HubKeys.Issuer} to the URL that browsers reach the hub by.";

    public static string Read(HubValues values, IConfiguration configuration, bool allowHttp)
    {
        var addresses = Addresses(values, configuration);
        var issuer = values.Text(HubKeys.Issuer) ?? (values.Faults.Any(IsAboutAddress) ? null : FromAddresses(values, addresses, allowHttp));
        if (issuer is null)
        {
            return DefaultUrls;
        }

        foreach (var (wrong, mend) in IssuerRules.Check(issuer, allowHttp))
        {
            values.Fault(HubKeys.Issuer, wrong, mend);
        }

        return issuer;
    }

    private static bool IsAboutAddress(ConfigurationFault fault) => fault.Key is UrlsKey or HubKeys.Issuer;

    private static ImmutableArray<BindingAddress> Addresses(HubValues values, IConfiguration configuration)
    {
        var urls = configuration[UrlsKey];
        var addresses = ImmutableArray.CreateBuilder<BindingAddress>();
        foreach (var url in (string.IsNullOrWhiteSpace(urls) ? DefaultUrls : urls).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(url) is { } address)
            {
                addresses.Add(address);
            }
            else
            {
                // What stands before an @ may be a password.
                values.Fault(UrlsKey, $"{(HasUserInformation(url) ? "One of them" : Shown.Quoted(url))} is not an address to listen on.", "Write https://localhost:5001 or the like, several with semicolons between.");
            }
        }

        return addresses.ToImmutable();
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && address.Port is >= 0 and <= 65535 && !HasUserInformation(url)
                ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool HasUserInformation(string url) => url.Contains('@', StringComparison.Ordinal);

    private static string? FromAddresses(HubValues values, ImmutableArray<BindingAddress> addresses, bool allowHttp)
    {
        var named = addresses.Where(a => !a.IsUnixPipe && !a.IsNamedPipe).ToList();
        var address = named.Find(a => a.Scheme == "https") ?? (allowHttp ? named.Find(a => a.Scheme == "http") : null);
        if (address is null)
        {
            values.Fault(HubKeys.Issuer, "It is not given, and the hub listens on no https address that it could be taken from.", GiveIssuer);
            return null;
        }

        if (IssuerRules.IsWildcard(address.Host))
        {
            values.Fault(HubKeys.Issuer, $"It is not given, and {Shown.Quoted(address.ToString())} names every address, not one host.", GiveIssuer);
            return null;
        }

        if (address.Port == 0)
        {
            values.Fault(HubKeys.Issuer, $"It is not given, and {Shown.Quoted(address.ToString())} leaves the port to the system.", GiveIssuer);
            return null;
        }

        var port = address.Port == (address.Scheme == "https" ? 443 : 80) ? "" : $":{address.Port}";
        return $"{address.Scheme}://{address.Host.ToLowerInvariant()}{port}";
    }
}
