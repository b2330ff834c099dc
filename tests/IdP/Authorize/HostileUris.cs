namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>Redirect URIs that were never registered and that some server somewhere took for the registered one. {0} is the registered URI, {1} its host, {2} what follows the host.</summary>
internal static class HostileUris
{
    private static readonly string[] Patterns =
    [
        // Somewhere else altogether.
        "https://evil.example/", "https://evil.example{2}", "//evil.example{2}", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example{2}", "/", "/signin-oidc", ".", "?", "#",
        // The host in another guise.
        "https://{1}@evil.example{2}", "https://{1}:443@evil.example{2}", "https://user@{1}{2}", "https://user:pass@{1}{2}", "https://@{1}{2}", "https://{1}%40evil.example{2}", "https://evil.example#@{1}{2}", "https://evil.example?@{1}{2}",
        "https://evil.example\\@{1}{2}", "https://{1}\\@evil.example{2}", "https://{1}\\.evil.example{2}", "https://evil.example/{0}", "https://evil.example?{0}", "https://evil.example#{0}", "https://{1}.evil.example{2}", "https://evil{1}{2}", "https://evil.{1}{2}",
        "https://{1}evil.example{2}", "https://{1}.{2}", "https://.{1}{2}", "https://{1}..{2}", "https://{1}%2eevil.example{2}", "https://{1}%00.evil.example{2}", "https://{1}%0d%0a.evil.example{2}", "https://{1}\0.evil.example{2}", "https://{1}:443{2}", "https://{1}:8443{2}",
        "https://{1}:{2}", "https://{1}:0{2}", "https://{1}:00443{2}", "https://{1}:99999{2}", "https://{1}:x{2}", "http://{1}{2}", "HTTPS://{1}{2}", "Https://{1}{2}", "ftp://{1}{2}", "wss://{1}{2}", "https://PORTAL.example{2}", "https://portal。example{2}", "https://portal．example{2}",
        "https://portal｡example{2}", "https://pоrtal.example{2}", "https://ｐortal.example{2}", "https://portal%E3%80%82example{2}", "https://xn--prtal-jua.example{2}", "https://portal.examp%6ce{2}", "https://portal%2eexample{2}", "https://portal\u00ad.example{2}", "https://portal\u200b.example{2}",
        "https://[::1]{2}", "https://[::ffff:127.0.0.1]{2}", "https://[::1%25lo]{2}", "https://127.0.0.1{2}", "https://127.1{2}", "https://2130706433{2}", "https://0x7f.1{2}", "https://localhost{2}",
        // The path in another guise.
        "{0}/", "{0}//", "{0}/.", "{0}/..", "{0}/../evil", "{0}/%2e%2e/evil", "{0}/..%2fevil", "{0}/..;/evil", "{0}%2f", "{0}%00", "{0}\0", "{0}%20", "{0} ", " {0}", "\t{0}", "{0}\t", "{0}\n", "{0}\r\nLocation: https://evil.example", "{0}%0d%0aLocation:%20https://evil.example", "{0}\\", "{0}%5c",
        "{0}x", "{0}.evil", "{0};x=y", "https://{1}/./{2}", "https://{1}/{2}", "https://{1}/evil/..{2}", "https://{1}/%2e{2}", "https://{1}", "https://{1}/", "https://{1}/SIGNIN-OIDC", "https://{1}/signin%2Doidc", "https://{1}/signin%252Doidc", "https://{1}/%73ignin-oidc", "https://{1}/signin‐oidc", "https://{1}/callback",
        // Query and fragment.
        "{0}?", "{0}?x=y", "{0}?next=https://evil.example", "{0}&x=y", "{0}#", "{0}#x", "{0}#https://evil.example", "{0}%23x", "{0}%3Fx=y", "{0}?code=1&state=2", "{0}?redirect_uri=https://evil.example", "{0}{0}", "{0},{0}", "{0} {0}", "{0};{0}", "{0}|https://evil.example",
        // Other schemes and markup.
        "javascript:alert(1)", "JaVaScRiPt:alert(1)//{0}", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)", "file:///etc/passwd", "blob:{0}", "view-source:{0}", "about:blank", "urn:ietf:wg:oauth:2.0:oob",
        "com.example.app:/callback", "mailto:a@evil.example", "\"><script>alert(1)</script>", "{0}\"><script>alert(1)</script>", "{0}' onmouseover='alert(1)", "{0}<svg/onload=alert(1)>", "*", "https://*.example{2}", "https://{1}/*", "null", "undefined", "{0}\u202E",
    ];

    /// <summary>For the native client with http://127.0.0.1/callback, whose port alone is free.</summary>
    public static readonly string[] Native =
    [
        "http://127.0.0.1:0/callback", "http://127.0.0.1:/callback", "http://127.0.0.1:65536/callback", "http://127.0.0.1:99999/callback", "http://127.0.0.1:080/callback", "http://127.0.0.1:8o80/callback", "http://127.0.0.1:-1/callback",
        "http://127.0.0.1:+80/callback", "http://127.0.0.1: 80/callback", "http://127.0.0.1:٨٠/callback", "http://127.0.0.1:80@evil.example/callback", "http://127.0.0.1@evil.example/callback", "http://127.0.0.1:80\\@evil.example/callback", "http://127.0.0.1:80.evil.example/callback",
        "http://127.0.0.1.evil.example/callback", "http://127.0.0.1evil.example/callback", "http://user@127.0.0.1/callback", "http://127.0.0.1:80#/callback", "http://127.0.0.1:80?/callback", "http://127.0.0.1:80/callback/", "http://127.0.0.1:80/callback?x=y", "http://127.0.0.1:80/callback#x",
        "http://127.0.0.1:80/callbackx", "http://127.0.0.1:80//callback", "http://127.0.0.1:80/./callback", "http://127.0.0.1:80/x/../callback", "http://127.0.0.1:80/%63allback", "http://127.0.0.1:80/CALLBACK", "http://127.0.0.1:80", "http://127.0.0.1:80/",
        "http://localhost/callback", "http://localhost:80/callback", "http://LOCALHOST:80/callback", "http://[::1]/callback", "http://[::1]:80/callback", "http://[::ffff:127.0.0.1]:80/callback", "http://127.1/callback", "http://127.0.0.2/callback", "http://0.0.0.0/callback", "http://2130706433/callback",
        "http://0x7f000001/callback", "http://0177.0.0.1/callback", "http://127.0.0.1./callback", "https://127.0.0.1/callback", "https://127.0.0.1:443/callback", "HTTP://127.0.0.1:80/callback", "http:/127.0.0.1/callback", "http://127。0。0。1/callback", "http://127%2e0.0.1/callback", "http://127.0.0.1:80%2f/callback",
    ];

    public static IEnumerable<string> Of(string registered)
    {
        var uri = new Uri(registered);
        return Patterns.Select(pattern => pattern
            .Replace("{0}", registered, StringComparison.Ordinal).Replace("{1}", uri.Host, StringComparison.Ordinal).Replace("{2}", uri.AbsolutePath, StringComparison.Ordinal))
            .Where(hostile => hostile != registered).Distinct(StringComparer.Ordinal);
    }
}
