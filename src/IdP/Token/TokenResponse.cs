using System.Text.Json;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Token;

/// <summary>A successful answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).</summary>
internal sealed record TokenResponse(string AccessToken, string Scope, string? IdToken = null, string? RefreshToken = null)
{
    public async Task WriteAsync(HttpContext context)
    {
        OAuthError.NoStore(context.Response);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("access_token", AccessToken);
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", (int)Tokens.AccessToken.Lifetime.TotalSeconds);
        json.WriteString("scope", Scope);
        if (IdToken is not null)
        {
            json.WriteString("id_token", IdToken);
        }

        if (RefreshToken is not null)
        {
            json.WriteString("refresh_token", RefreshToken);
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
