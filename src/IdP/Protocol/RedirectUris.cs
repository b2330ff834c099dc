using System.Globalization;
using System.Text.Encodings.Web;
using IdentityHub.Domain.Clients;

namespace IdentityHub.IdP.Protocol;

/// <summary>Where answers may be sent.</summary>
internal static class RedirectUris
{
    /// <summary>Whether the client registered this URI: the same characters, no normalisation of any kind (RFC 9700 §2.1).</summary>
    /// <remarks>The one exception: a native app's loopback address may have any port (RFC 8252 §7.3).</remarks>
    public static bool IsRegistered(Client client, string uri) =>
        client.RedirectUris.Contains(uri, StringComparer.Ordinal)
        || (client.ApplicationType == "native" && LoopbackWithoutPort(uri) is { } sent && client.RedirectUris.Any(registered => LoopbackWithoutPort(registered) == sent));

    /// <summary>Appends parameters to a URI, keeping the query that it has (RFC 6749 §4.1.2).</summary>
    public static string Append(string uri, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var query = string.Join('&', parameters.Select(pair => $"{UrlEncoder.Default.Encode(pair.Key)}={UrlEncoder.Default.Encode(pair.Value)}"));
        return uri + (uri.Contains('?', StringComparison.Ordinal) ? (uri.EndsWith('?') || uri.EndsWith('&') ? "" : "&") : "?") + query;
    }

    /// <summary>The source expression with which a Content-Security-Policy allows this URI.</summary>
    public static string CspSourceOf(string uri)
    {
        var parsed = new Uri(uri, UriKind.Absolute);
        return parsed.Scheme is "https" or "http" ? parsed.GetLeftPart(UriPartial.Authority) : parsed.Scheme + ":";
    }

    /// <returns>The URI with its port cut out, when it is <c>http</c> to a literal loopback address; otherwise null.</returns>
    private static string? LoopbackWithoutPort(string uri)
    {
        foreach (var origin in (ReadOnlySpan<string>)["http://127.0.0.1", "http://[::1]"])
        {
            if (!uri.StartsWith(origin, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = uri.AsSpan(origin.Length);
            if (rest is [':', ..])
            {
                rest = rest[1..];
                var digits = rest.IndexOfAnyExceptInRange('0', '9');
                var port = digits < 0 ? rest : rest[..digits];
                if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                {
                    return null;
                }

                rest = rest[port.Length..];
            }

            return rest is [] or ['/', ..] or ['?', ..] ? $"{origin}{rest}" : null;
        }

        return null;
    }
}
