namespace IdentityHub.IdP.SignIn;

/// <summary>A browser in words that people know, from what it says of itself: pure. It may say anything, so nothing but words of this table comes out.</summary>
internal static class BrowserWords
{
    /// <summary>The first that is found counts: most browsers name others too, to be taken for them.</summary>
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <param name="userAgent">The <c>User-Agent</c> header as it came.</param>
    /// <returns>Such as <c>Firefox on Windows</c>; null where the header is absent or says nothing known.</returns>
    public static string? Of(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent))
        {
            return null;
        }

        return (Find(Browsers, userAgent), Find(Systems, userAgent)) switch
        {
            (null, null) => null,
            ({ } browser, null) => browser,
            (null, { } system) => "A browser on " + system,
            var (browser, system) => $"{browser} on {system}",
        };
    }

    private static string? Find((string Sign, string Name)[] table, string text) =>
        Array.Find(table, entry => text.Contains(entry.Sign, StringComparison.Ordinal)).Name;
}
