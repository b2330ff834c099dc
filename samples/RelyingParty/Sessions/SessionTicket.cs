using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace IdentityHub.RelyingParty.Sessions;

/// <summary>Turns what the hub told about a person into the ticket of a session, and reads it back.</summary>
internal static class SessionTicket
{
    public const string IdToken = "id_token";
    public const string AccessToken = "access_token";
    public const string RefreshToken = "refresh_token";
    private const string ExpiresAt = "expires_at";
    private const string AuthenticationType = "IdentityHub";

    /// <summary>How and when someone signed in is taken from the signed ID token alone.</summary>
    private static readonly string[] FromIdTokenOnly = ["sub", "sid", "iat", "auth_time", "acr", "amr"];
    private static readonly string[] NotAboutThePerson = ["iss", "aud", "exp", "nbf", "azp", "nonce", "at_hash", "jti"];

    public static ClaimsPrincipal Principal(JsonElement idToken, JsonElement userInfo)
    {
        var claims = FromIdTokenOnly.SelectMany(name => Claims(name, idToken.Member(name))).ToList();
        var told = userInfo.EnumerateObject()
            .Concat(idToken.EnumerateObject().Where(p => !userInfo.Has(p.Name)))
            .Where(p => !FromIdTokenOnly.Contains(p.Name) && !NotAboutThePerson.Contains(p.Name));
        claims.AddRange(told.SelectMany(p => Claims(p.Name, p.Value)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, AuthenticationType, "name", "role"));
    }

    /// <summary>Keeps the tokens beside the session, on the server; a part that was not issued anew stays as it was.</summary>
    public static void Keep(AuthenticationProperties properties, HubClient.TokenAnswer.Issued issued, DateTimeOffset now)
    {
        string?[] names = [IdToken, RefreshToken];
        string?[] values = [issued.IdToken, issued.RefreshToken];
        var tokens = names.Zip(values, (name, value) => (Name: name!, Value: value ?? properties.GetTokenValue(name!))).ToList();
        tokens.Add((AccessToken, issued.AccessToken));
        tokens.Add((ExpiresAt, issued.Lifetime is { } life ? (now + life).ToString("O", CultureInfo.InvariantCulture) : null));
        properties.StoreTokens(tokens.Where(t => t.Value is not null).Select(t => new AuthenticationToken { Name = t.Name, Value = t.Value! }));
    }

    public static DateTimeOffset? TokensExpireAt(AuthenticationProperties properties) =>
        properties.GetTokenValue(ExpiresAt) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>When the hub last vouched for the session: a logout ordered later than this ends it.</summary>
    public static DateTimeOffset VouchedAt(AuthenticationTicket ticket) =>
        DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(ticket.Principal.FindFirstValue("iat")!, CultureInfo.InvariantCulture));

    private static IEnumerable<Claim> Claims(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Claims(name, item)),
        JsonValueKind.String => [new Claim(name, value.GetString()!)],
        JsonValueKind.Object => [new Claim(name, value.GetRawText(), "JSON")],
        _ => [new Claim(name, value.GetRawText())],
    };
}
