using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Extensions;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>One authorization request, and what has to be remembered until its answer.</summary>
/// <remarks>
/// What is remembered travels encrypted and signed in <c>state</c>; the framework's correlation cookie ties it to the browser.
/// </remarks>
internal static class AuthorizationRequest
{
    /// <summary>Extra parameters of this sign-in: <c>account</c>, <c>prompt</c>.</summary>
    public static readonly string[] Extra = ["account", "prompt"];

    /// <summary>How long a person may take at the hub; also how long a state can be replayed, and so is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string NonceItem = "nonce";
    private const string VerifierItem = "code_verifier";
    private const string RedirectItem = "redirect_uri";

    internal sealed record Pending(string Nonce, string Verifier, string RedirectUri, DateTimeOffset Began);

    public static void Begin(AuthenticationProperties properties, string redirectUri, DateTimeOffset now)
    {
        properties.IssuedUtc = now;
        properties.SetString(NonceItem, RandomValue.Create());
        properties.SetString(VerifierItem, RandomValue.Create());
        properties.SetString(RedirectItem, redirectUri);
    }

    /// <returns>Null when the state was not made by <see cref="Begin"/>.</returns>
    public static Pending? Read(AuthenticationProperties properties) =>
        properties.GetString(NonceItem) is { } nonce
        && properties.GetString(VerifierItem) is { } verifier
        && properties.GetString(RedirectItem) is { } redirectUri
        && properties.IssuedUtc is { } began
            ? new Pending(nonce, verifier, redirectUri, began)
            : null;

    public static string Url(Uri endpoint, RelyingPartySettings settings, AuthenticationProperties properties, string state)
    {
        var pending = Read(properties)!;
        var query = new QueryBuilder
        {
            { "response_type", "code" },
            { "client_id", settings.ClientId },
            { "redirect_uri", pending.RedirectUri },
            { "scope", settings.Scope },
            { "state", state },
            { "nonce", pending.Nonce },
            { "code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(pending.Verifier))) },
            { "code_challenge_method", "S256" },
        };
        if (settings.AcrValues is { Length: > 0 } acr)
        {
            query.Add("acr_values", acr);
        }

        foreach (var name in Extra)
        {
            if (properties.GetParameter<string>(name) is { Length: > 0 } value)
            {
                query.Add(name, value);
            }
        }

        return endpoint + (endpoint.Query.Length > 0 ? "&" + query.ToString()[1..] : query.ToString());
    }
}
