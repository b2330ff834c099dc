using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.UserInfo;

/// <summary>Bearer tokens in requests (RFC 6750). Never from the query.</summary>
internal static class BearerToken
{
    public static readonly OAuthError Invalid = new("invalid_token", "the token is unknown, expired or revoked", StatusCodes.Status401Unauthorized);

    /// <returns>The token; nulls when there is none; an error when it is sent in a malformed way or in two ways.</returns>
    public static async Task<(string? Token, OAuthError? Error)> ReadAsync(HttpContext context)
    {
        string? inForm = null;
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
        {
            var (form, error) = await RequestParameters.ReadFormAsync(context);
            if (form is null || form.Repeated is not null)
            {
                return (null, error ?? OAuthError.InvalidRequest("a parameter is repeated"));
            }

            inForm = form["access_token"];
        }

        var headers = context.Request.Headers.Authorization;
        if (headers.Count == 0)
        {
            return (inForm, null);
        }

        if (headers.Count > 1 || inForm is not null)
        {
            return (null, OAuthError.InvalidRequest("the token is sent in more than one way"));
        }

        return headers[0] is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? (header[7..].Trim(), null) : (null, null);
    }

    /// <summary>RFC 6750 §3: without a token, a challenge without an error.</summary>
    public static Task ChallengeAsync(HttpContext context, OAuthError? error)
    {
        if (error is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"IdentityHub\"";
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"IdentityHub\", error=\"{error.Code}\", error_description=\"{error.Description}\"";
        return error.WriteAsync(context);
    }
}
