using System.Text;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.ClientAuthentication;

/// <summary>Has clients prove themselves as they are registered (RFC 6749 §2.3): <c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>.</summary>
internal sealed class ClientAuthenticator(IHubStore store, ClientSecret secrets)
{
    private const int MaxSecretLength = 1024;

    /// <summary>What a request offers as proof.</summary>
    private sealed record Offer(string Method, string ClientId, string? Secret);

    /// <returns>The client, or the error to answer; RFC 6749 §5.2 asks for 401 with a challenge where the Authorization header was used.</returns>
    public async Task<(Client? Client, OAuthError? Error)> AuthenticateAsync(HttpContext context, RequestParameters parameters)
    {
        var (offer, error) = ReadOffer(context, parameters);
        if (offer is null)
        {
            return (null, error);
        }

        var client = await store.ReadAsync(reader => Task.FromResult(Clients.Find(reader, offer.ClientId)), context.RequestAborted);
        if (client is { IsUsable: true } && client.TokenEndpointAuthMethod == offer.Method && Proves(client, offer))
        {
            return (client, null);
        }

        return (null, Invalid(context, offer.Method == "client_secret_basic"));
    }

    private bool Proves(Client client, Offer offer) =>
        client.IsPublic || (offer.Secret is { Length: <= MaxSecretLength } secret && client.SecretHash is { } hash && secrets.Verify(secret, hash));

    private static (Offer? Offer, OAuthError? Error) ReadOffer(HttpContext context, RequestParameters parameters)
    {
        var clientId = parameters["client_id"];
        var secret = parameters["client_secret"];
        if (context.Request.Headers.Authorization is not [{ Length: > 0 } header])
        {
            return context.Request.Headers.Authorization.Count > 1
                ? (null, OAuthError.InvalidRequest("there is more than one Authorization header"))
                : clientId is null
                ? (null, Invalid(context, headerUsed: false))
                : (new(secret is null ? "none" : "client_secret_post", clientId, secret), null);
        }

        // RFC 6749 §2.3: one method per request.
        if (secret is not null)
        {
            return (null, OAuthError.InvalidRequest("the client authenticates in more than one way"));
        }

        return ReadBasic(header) is not { } basic || (clientId is not null && clientId != basic.ClientId)
            ? (null, Invalid(context, headerUsed: true))
            : (basic, null);
    }

    /// <summary>RFC 6749 §2.3.1: id and secret are form-urlencoded before they become a Basic credential.</summary>
    private static Offer? ReadBasic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[4096];
        if (header.Length > 4096 || !Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes[..length]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : new("client_secret_basic", FormDecode(pair[..colon]), FormDecode(pair[(colon + 1)..]));
    }

    private static string FormDecode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static OAuthError Invalid(HttpContext context, bool headerUsed)
    {
        if (headerUsed)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"IdentityHub\", charset=\"UTF-8\"";
        }

        return new("invalid_client", "the client is unknown or did not prove itself as it is registered", headerUsed ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest);
    }
}
