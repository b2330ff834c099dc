using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>The hub's cookies: random secrets of which the database keeps hashes, so a cookie holds no authority of its own.</summary>
internal sealed class Cookies(IdPOptions options)
{
    private static readonly TimeSpan DeviceLifetime = TimeSpan.FromDays(180);

    /// <summary>Users for whom one browser may be remembered.</summary>
    private const int MostRemembered = 8;

    /// <summary>The session.</summary>
    private string SessionName => Name("hub-session");

    /// <summary>The browser in which sign-ins are begun.</summary>
    private string BrowserName => Name("hub-browser");

    /// <summary>A browser in which somebody signed in before: it has attempts of its own, so strangers cannot use them up.</summary>
    private string DeviceName => Name("hub-device");

    /// <summary>RFC 6265bis §4.1.3.2: the prefix has browsers hold the cookie to https, this host and the root path. Without https there can be none.</summary>
    private string Name(string name) => options.SecureCookies ? "__Host-" + name : name;

    /// <summary>A browser in which users asked not to be asked for a second factor for a while: for each of them a secret of its own.</summary>
    private string RememberedName => Name("hub-remembered");

    public string? Session(HttpRequest request) => Read(request, SessionName);

    public string? Browser(HttpRequest request) => Read(request, BrowserName);

    public string? Device(HttpRequest request) => Read(request, DeviceName);

    public void SetSession(HttpResponse response, string secret) => Write(response, SessionName, secret, null);

    public void SetDevice(HttpResponse response, string value) => Write(response, DeviceName, value, DeviceLifetime);

    /// <summary>The browser's secret; a browser without one gets one.</summary>
    public string EnsureBrowser(HttpContext context)
    {
        if (Browser(context.Request) is { } present)
        {
            return present;
        }

        var secret = RandomId.Secret();
        Write(context.Response, BrowserName, secret, null);
        return secret;
    }

    /// <returns>The secret by which this browser is remembered for the user; null for none.</returns>
    public string? Remembered(HttpRequest request, string userId)
    {
        var mark = MarkOf(userId);
        return RememberedIn(request).Where(entry => entry.StartsWith(mark, StringComparison.Ordinal)).Select(entry => entry[mark.Length..]).FirstOrDefault();
    }

    /// <summary>Remembers a secret of this user in place of their former one. Those of others in the same browser stay; of too many the oldest goes.</summary>
    public void SetRemembered(HttpContext context, string userId, string secret)
    {
        var mark = MarkOf(userId);
        var others = RememberedIn(context.Request).Where(entry => !entry.StartsWith(mark, StringComparison.Ordinal)).Take(MostRemembered - 1);
        Write(context.Response, RememberedName, string.Join('~', others.Prepend(mark + secret)), TimeSpan.FromDays(Account.MaxRememberedDeviceDays));
    }

    private string[] RememberedIn(HttpRequest request) => Read(request, RememberedName)?.Split('~') ?? [];

    /// <summary>Tells whose an entry is; opens nothing.</summary>
    private static string MarkOf(string userId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)).AsSpan(0, 4)) + ".";

    public void ForgetSession(HttpResponse response) => response.Cookies.Delete(SessionName, Options(null));

    private static string? Read(HttpRequest request, string name) => request.Cookies[name] is { Length: > 0 and <= 512 } value ? value : null;

    private void Write(HttpResponse response, string name, string value, TimeSpan? lifetime) => response.Cookies.Append(name, value, Options(lifetime));

    private CookieOptions Options(TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = options.SecureCookies,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
