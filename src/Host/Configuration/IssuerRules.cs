using System.Collections.Immutable;
using System.Net;

namespace IdentityHub.Host.Configuration;

/// <summary>What an issuer has to be (OpenID Connect Discovery 1.0 §3, and contract §2 for http).</summary>
internal static class IssuerRules
{
    private const string Example = "Write it as https://id.example.com, with a port or path if need be.";

    private sealed record Issuer(string Raw, Uri Uri, bool AllowHttp);

    private delegate (string Wrong, string Mend)? Rule(Issuer issuer);

    private static readonly ImmutableArray<Rule> All =
    [
        HasNoUserInformation,
        HasNoQuery,
        HasNoFragment,
        HasNoTrailingSlash,
        NamesOneHost,
        HasAPort,
        IsHttpsUnlessAllowed,
        IsOfThisMachineWhenHttp,
    ];

    /// <summary>Everything that is wrong with an issuer.</summary>
    public static ImmutableArray<(string Wrong, string Mend)> Check(string raw, bool allowHttp)
    {
        if (!Uri.TryCreate(raw, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
        {
            return [($"{Quoted(raw)} is not an absolute https URL.", Example)];
        }

        var issuer = new Issuer(raw, uri, allowHttp);
        var faults = All.Select(rule => rule(issuer)).OfType<(string, string)>().ToImmutableArray();
        return faults.IsEmpty && IsInNormalForm(issuer) is { } fault ? [fault] : faults;
    }

    private static (string, string)? HasNoUserInformation(Issuer i) =>
        i.Uri.UserInfo.Length > 0 ? ("It holds a user name or password.", "Leave out everything before the host name.") : null;

    private static (string, string)? HasNoQuery(Issuer i) =>
        i.Raw.Contains('?', StringComparison.Ordinal) ? ($"{Quoted(i.Raw)} has a query.", "Leave out the question mark and what follows.") : null;

    private static (string, string)? HasNoFragment(Issuer i) =>
        i.Raw.Contains('#', StringComparison.Ordinal) ? ($"{Quoted(i.Raw)} has a fragment.", "Leave out the number sign and what follows.") : null;

    private static (string, string)? HasNoTrailingSlash(Issuer i) =>
        i.Raw.Split('?', '#')[0].EndsWith('/') ? ($"{Quoted(i.Raw)} ends in a slash.", "Leave out the slash at the end.") : null;

    private static (string, string)? NamesOneHost(Issuer i) =>
        IsWildcard(i.Uri.Host) ? ($"{Quoted(i.Raw)} names every address, not one host.", "Write the name that browsers reach the hub by.") : null;

    private static (string, string)? HasAPort(Issuer i) =>
        i.Uri.Port == 0 ? ($"{Quoted(i.Raw)} has port 0.", "Write the port that browsers reach the hub by.") : null;

    private static (string, string)? IsHttpsUnlessAllowed(Issuer i) =>
        i.Uri.Scheme == "http" && !i.AllowHttp
            ? ($"{Quoted(i.Raw)} is not https.", $"Write https, or set {HubKeys.AllowHttp}=true for a test on this machine.") : null;

    private static (string, string)? IsOfThisMachineWhenHttp(Issuer i) =>
        i.Uri.Scheme == "http" && !IsWildcard(i.Uri.Host) && !IsLoopback(i.Uri.Host)
            ? ($"{Quoted(i.Raw)} is http and not of this machine.", "Write https; http is for localhost, 127.0.0.1 and [::1] alone.") : null;

    // Issuers are compared character by character (RFC 3986 §6.2.1), so there has to be one way to write it.
    private static (string, string)? IsInNormalForm(Issuer i)
    {
        var normal = i.Uri.AbsolutePath == "/" ? i.Uri.GetLeftPart(UriPartial.Authority) : i.Uri.AbsoluteUri;
        if (i.Raw.Any(c => !char.IsAscii(c)))
        {
            return ($"{Quoted(i.Raw)} has characters beyond ASCII.", $"Write the host in its xn-- form ({Quoted(i.Uri.IdnHost)}) and the path percent-encoded.");
        }

        return i.Raw == normal ? null : ($"{Quoted(i.Raw)} is not in its normal form.", $"Write {Quoted(normal)}.");
    }

    /// <summary>Whether a host of an address to listen on stands for every address of the machine.</summary>
    public static bool IsWildcard(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // What stands before an @ may be a password, and whatever cannot be parsed may hold one too.
    private static string Quoted(string raw) => raw.Contains('@', StringComparison.Ordinal) ? "It" : Shown.Quoted(raw);
}
