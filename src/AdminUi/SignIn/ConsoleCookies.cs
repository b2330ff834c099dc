using System.Buffers.Text;
using System.Text.Json;
using IdentityHub.Domain.Sealing;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>The console's cookies. They are sealed and hold no authority of their own: what the session's names is asked of the database at every request.</summary>
internal sealed class ConsoleCookies(Sealer sealer, AdminUiOptions options)
{
    private const string SessionPurpose = "console-session";
    private const string SignInPurpose = "console-sign-in";
    private static readonly TimeSpan SignInLifetime = TimeSpan.FromMinutes(30);

    /// <summary>A sign-in that this browser began and the provider has not answered yet.</summary>
    /// <param name="State">Names it (RFC 6749 §10.12).</param>
    /// <param name="Nonce">Comes back in the ID token.</param>
    /// <param name="Verifier">RFC 7636.</param>
    /// <param name="ReturnTo">The page that the person was on the way to: a path of the console.</param>
    public sealed record PendingSignIn(string State, string Nonce, string Verifier, string ReturnTo);

    /// <summary>RFC 6265bis §4.1.3.2: the prefix has browsers hold the cookie to https, this host and the root path. Without https there can be none.</summary>
    public static string Name(AdminUiOptions options, string name) => options.SecureCookies ? "__Host-" + name : name;

    private string SessionName => Name(options, "hub-console");

    /// <returns>The grant on which this browser's session hangs, or null.</returns>
    public string? Session(HttpRequest request) => Open<string>(request.Cookies[SessionName], SessionPurpose);

    public void SetSession(HttpResponse response, string grantId) => response.Cookies.Append(SessionName, Seal(grantId, SessionPurpose), Options(null));

    public void ForgetSession(HttpResponse response) => response.Cookies.Delete(SessionName, Options(null));

    /// <summary>Each sign-in under way has a cookie of its own, so that two tabs do not undo each other.</summary>
    public void SetSignIn(HttpResponse response, PendingSignIn pending) =>
        response.Cookies.Append(SignInName(pending.State), Seal(pending, SignInPurpose), Options(SignInLifetime));

    /// <summary>Takes the sign-in of this state out of the browser: it is answered once.</summary>
    public PendingSignIn? TakeSignIn(HttpContext context, string state)
    {
        if (state.Length < 16 || !state.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            return null;
        }

        var name = SignInName(state);
        var pending = Open<PendingSignIn>(context.Request.Cookies[name], SignInPurpose);
        context.Response.Cookies.Delete(name, Options(null));
        return pending?.State == state ? pending : null;
    }

    private string SignInName(string state) => Name(options, "hub-console-sign-in-" + state[..8]);

    private string Seal<T>(T value, string purpose) => Base64Url.EncodeToString(sealer.Seal(purpose, "", JsonSerializer.SerializeToUtf8Bytes(value)));

    private T? Open<T>(string? cookie, string purpose) where T : class =>
        cookie is { Length: > 0 and <= 4096 } && Base64Url.IsValid(cookie) && sealer.Open(purpose, "", Base64Url.DecodeFromChars(cookie)) is { } plain
            ? JsonSerializer.Deserialize<T>(plain)
            : null;

    private CookieOptions Options(TimeSpan? lifetime) => new()
    {
        HttpOnly = true, Secure = options.SecureCookies, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = lifetime, IsEssential = true,
    };
}
