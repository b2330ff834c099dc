using System.Buffers;

namespace IdentityHub.Domain.Clients;

/// <summary>What a client's URIs may look like. Judged as text, since they are compared as text (RFC 9700 §2.1).</summary>
public static class ClientUris
{
    public const int MaxLength = 2048;

    private static readonly SearchValues<string> NeverSchemes = SearchValues.Create(
        ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "ws", "wss", "ftp", "mailto", "urn"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> NoUriHas = SearchValues.Create("\\\"<>^`{|}");

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-");

    /// <summary>Whether this may be sent a user's browser: https, http on the machine itself, or a native app's own scheme.</summary>
    /// <returns>Null when it may, else why not and the mend: the end of a sentence that begins with the URI.</returns>
    public static string? RedirectFault(string uri, bool native)
    {
        if (FormFault(uri) is { } fault)
        {
            return fault;
        }

        return SchemeOf(uri) switch
        {
            "https" or "http" => WebFault(uri),
            var scheme when NeverSchemes.Contains(scheme) => $"must not have the scheme {scheme}; use https",
            _ when !native => "must be https (http only for 127.0.0.1, [::1] and localhost); an own scheme is for application_type native",
            var scheme when !scheme.Contains('.', StringComparison.Ordinal) =>
                "must have a scheme that is a reversed domain name of the app's maker, such as com.example.app (RFC 8252 section 7.1)",
            _ => null,
        };
    }

    /// <summary>Whether the hub may call this itself: https, or http on the machine itself.</summary>
    /// <returns>Null when it may, else why not and the mend.</returns>
    public static string? BackchannelFault(string uri) =>
        FormFault(uri) ?? (SchemeOf(uri) is "https" or "http" ? WebFault(uri) : "must be https (http only for 127.0.0.1, [::1] and localhost)");

    /// <summary>Whether the hub may call this because a client said so itself: as <see cref="BackchannelFault"/>, and http only where the hub itself is on http.</summary>
    public static string? PushFault(string uri, bool allowHttp) =>
        BackchannelFault(uri) ?? (allowHttp || SchemeOf(uri) == "https" ? null : "must be https");

    private static string? FormFault(string uri)
    {
        if (uri.Length is 0 or > MaxLength)
        {
            return $"must have 1 to {MaxLength} characters";
        }

        if (uri.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return "must be printable ASCII without white space; percent-encode anything else";
        }

        if (uri.AsSpan().ContainsAny(NoUriHas))
        {
            return "must not hold a backslash, quotes, angle brackets, braces, a caret or a bar";
        }

        if (SchemeOf(uri).Length == 0)
        {
            return "must be absolute: begin with https://";
        }

        return uri.Contains('#', StringComparison.Ordinal) ? "must not have a fragment; drop the # and what follows"
            : uri.Contains('*', StringComparison.Ordinal) ? "must not hold a wildcard; list each address by itself"
            : !IsPercentEncodingWhole(uri) ? "must have two hexadecimal digits after each %"
            : null;
    }

    private static string? WebFault(string uri)
    {
        var authority = AuthorityOf(uri);
        if (authority is null || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Host.Length == 0)
        {
            return "must name a host: https://host/path";
        }

        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return "must not hold a user name or password";
        }

        return SchemeOf(uri) == "http" && !IsLoopback(authority) ? "must be https; http is for 127.0.0.1, [::1] and localhost only" : null;
    }

    /// <summary>By the letters that stand there: other spellings of the loopback addresses are refused rather than read.</summary>
    private static bool IsLoopback(string authority)
    {
        var port = authority.LastIndexOf(':');
        var host = port > authority.LastIndexOf(']') ? authority[..port] : authority;
        return host.ToLowerInvariant() is "127.0.0.1" or "[::1]" or "localhost";
    }

    private static string? AuthorityOf(string uri)
    {
        var start = SchemeOf(uri).Length + 1;
        if (!uri.AsSpan(start).StartsWith("//"))
        {
            return null;
        }

        start += 2;
        var length = uri.AsSpan(start).IndexOfAny('/', '?', '#');
        return length < 0 ? uri[start..] : uri.Substring(start, length);
    }

    /// <summary>RFC 3986 §3.1: a letter, then letters, digits, plus, hyphen and dot. Lower case; empty when there is none.</summary>
    private static string SchemeOf(string uri)
    {
        var end = uri.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && char.IsAsciiLetter(uri[0]) && uri.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0 ? uri[..end].ToLowerInvariant() : "";
    }

    private static bool IsPercentEncodingWhole(string uri)
    {
        for (var i = uri.IndexOf('%', StringComparison.Ordinal); i >= 0; i = uri.IndexOf('%', i + 1))
        {
            if (i + 2 >= uri.Length || !char.IsAsciiHexDigit(uri[i + 1]) || !char.IsAsciiHexDigit(uri[i + 2]))
            {
                return false;
            }
        }

        return true;
    }
}
