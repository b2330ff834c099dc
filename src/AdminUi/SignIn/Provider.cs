using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>The OpenID Provider as the console sees it: found by discovery, asked over the back channel, believed when the signature, issuer, audience, nonce and time are right.</summary>
internal sealed class Provider(AdminUiOptions options, ConsoleClient client, IHttpClientFactory http, TimeProvider time)
{
    public const string HttpClientName = "console";

    private static readonly JsonWebTokenHandler Jwt = new();

    private readonly ConfigurationManager<OpenIdConnectConfiguration> configuration = new(
        options.Issuer + "/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new FreshRetriever(http) { RequireHttps = options.SecureCookies });

    /// <summary>The token endpoint's answer, checked.</summary>
    public sealed record Tokens(string AccessToken, string Subject);

    public async Task<string> AuthorizationEndpointAsync(CancellationToken cancellationToken) =>
        (await configuration.GetConfigurationAsync(cancellationToken)).AuthorizationEndpoint;

    /// <summary>Redeems a code (RFC 6749 §4.1.3) and checks the ID token that comes with it (OpenID Connect Core §3.1.3.7).</summary>
    /// <returns>Null when the provider refuses the code, or what it answers is not to be believed.</returns>
    public async Task<Tokens?> RedeemAsync(string code, ConsoleCookies.PendingSignIn pending, CancellationToken cancellationToken)
    {
        var found = await configuration.GetConfigurationAsync(cancellationToken);
        using var sender = http.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, found.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("grant_type", "authorization_code"), KeyValuePair.Create("code", code),
                KeyValuePair.Create("redirect_uri", client.RedirectUri), KeyValuePair.Create("code_verifier", pending.Verifier),
            ]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ConsoleClient.Id}:{client.Secret}")));
        using var response = await sender.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        return answer.RootElement.TryGetProperty("access_token", out var access) && access.GetString() is { } accessToken
            && answer.RootElement.TryGetProperty("id_token", out var id) && id.GetString() is { } idToken
            && await SubjectAsync(idToken, pending.Nonce, found, cancellationToken) is { } subject
            ? new(accessToken, subject)
            : null;
    }

    private async Task<string?> SubjectAsync(string idToken, string nonce, OpenIdConnectConfiguration found, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(idToken, found);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // Signed under a key that was announced after the last look.
            configuration.RequestRefresh();
            result = await ValidateAsync(idToken, await configuration.GetConfigurationAsync(cancellationToken));
        }

        return result.IsValid && result.SecurityToken is JsonWebToken token && token.TryGetPayloadValue<string>("nonce", out var told) && told == nonce ? token.Subject : null;
    }

    private Task<TokenValidationResult> ValidateAsync(string idToken, OpenIdConnectConfiguration found) => Jwt.ValidateTokenAsync(idToken, new TokenValidationParameters
    {
        ValidIssuer = options.Issuer,
        ValidAudience = ConsoleClient.Id,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        IssuerSigningKeys = found.SigningKeys,
        LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime,
    });

    /// <summary>Takes a client from the factory for each document, so that a connection is never kept for good.</summary>
    private sealed class FreshRetriever(IHttpClientFactory http) : IDocumentRetriever
    {
        public bool RequireHttps { get; init; } = true;

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            using var client = http.CreateClient(HttpClientName);
            return await new HttpDocumentRetriever(client) { RequireHttps = RequireHttps }.GetDocumentAsync(address, cancel);
        }
    }
}
