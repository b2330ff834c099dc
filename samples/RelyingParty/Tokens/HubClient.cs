using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IdentityHub.RelyingParty.Discovery;

namespace IdentityHub.RelyingParty.Tokens;

/// <summary>The back-channel requests of a client: token, UserInfo, revocation.</summary>
internal sealed class HubClient(HubHttp http, ProviderDirectory directory, RelyingPartySettings settings)
{
    internal abstract record TokenAnswer
    {
        private TokenAnswer()
        {
        }

        /// <remarks>The lifetime is that of the access token; null when the hub does not say.</remarks>
        internal sealed record Issued(string AccessToken, string? IdToken, string? RefreshToken, TimeSpan? Lifetime) : TokenAnswer;

        /// <summary>RFC 6749 section 5.2, or an answer that is not one of a token endpoint.</summary>
        internal sealed record Refused(string Error) : TokenAnswer;
    }

    public Task<TokenAnswer> RedeemAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken) =>
        TokenAsync(
            new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = redirectUri,
                ["code_verifier"] = verifier,
            },
            cancellationToken);

    public Task<TokenAnswer> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellationToken);

    /// <returns>The claims, or null when the hub refuses the access token or has nothing that counts as an answer.</returns>
    public async Task<JsonElement?> UserInfoAsync(string accessToken, CancellationToken cancellationToken)
    {
        var metadata = await directory.GetAsync(cancellationToken);
        if (metadata.UserInfo is null)
        {
            throw new HubUnreachableException("The hub has no userinfo_endpoint.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, metadata.UserInfo);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var answer = await http.SendAsync(request, cancellationToken);
        return answer is { Status: HttpStatusCode.OK, Json.ValueKind: JsonValueKind.Object } ? answer.Json : null;
    }

    /// <summary>RFC 7009: a refresh token that nobody will use again should not lie about alive.</summary>
    public async Task RevokeAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if ((await directory.GetAsync(cancellationToken)).Revocation is { } endpoint)
        {
            using var request = Post(endpoint, new() { ["token"] = refreshToken, ["token_type_hint"] = "refresh_token" });
            await http.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Says that a live connection is held with this token, or is not any more.</summary>
    /// <returns>False when the hub refuses the token: whoever holds it may stay connected no longer.</returns>
    public async Task<bool> PresenceAsync(string accessToken, bool gone, CancellationToken cancellationToken)
    {
        if ((await directory.GetAsync(cancellationToken)).Presence is not { } endpoint)
        {
            return true;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        if (gone)
        {
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("state", "gone")]);
        }

        return (await http.SendAsync(request, cancellationToken)).Status != HttpStatusCode.Unauthorized;
    }

    private async Task<TokenAnswer> TokenAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        var metadata = await directory.GetAsync(cancellationToken);
        using var request = Post(metadata.Token, form);
        var (status, json) = await http.SendAsync(request, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            return new TokenAnswer.Refused(json.String("error") ?? $"status {(int)status}");
        }

        return json.String("access_token") is { Length: > 0 } access
            && string.Equals(json.String("token_type"), "Bearer", StringComparison.OrdinalIgnoreCase)
            ? new TokenAnswer.Issued(
                access,
                json.String("id_token"),
                json.String("refresh_token"),
                json.Number("expires_in") is { } seconds and > 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : null)
            : new TokenAnswer.Refused("no bearer token in the answer");
    }

    private HttpRequestMessage Post(Uri endpoint, Dictionary<string, string> form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };

        // RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
        var credentials = $"{WebUtility.UrlEncode(settings.ClientId)}:{WebUtility.UrlEncode(settings.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)));
        return request;
    }
}
