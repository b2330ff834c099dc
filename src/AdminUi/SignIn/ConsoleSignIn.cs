using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>Signing in to the console, over OpenID Connect as every app does: authorization code with PKCE, state and nonce.</summary>
internal sealed class ConsoleSignIn(Provider provider, ConsoleClient client, ConsoleCookies cookies, IAccessTokenReader accessTokens, IHubStore store)
{
    public const string CallbackPath = "/admin/signed-in";

    /// <summary>What a sign-in is to be besides a sign-in.</summary>
    /// <param name="ReturnTo">The page to come back to: a path of the console.</param>
    public sealed record Wish(string ReturnTo)
    {
        /// <summary>The account to act in; null for the last choice, or the chooser.</summary>
        public string? Account { get; init; }

        /// <summary>How long ago, in seconds, the person may have proved who they are; null for any time.</summary>
        public int? MaxAge { get; init; }

        /// <summary>How strong it must be; null for any.</summary>
        public string? AcrValues { get; init; }

        /// <summary>Whether it is refused where it cannot be so strong; who has no second factor is led to set one up.</summary>
        public bool IsEssential { get; init; }

        /// <summary>What they come to enrol: <c>totp</c>, <c>email</c>, <c>passkey</c> or <c>recovery-codes</c>; null for nothing.</summary>
        public string? Enrol { get; init; }
    }

    /// <summary>Sends the browser to the provider.</summary>
    public async Task BeginAsync(HttpContext context, Wish wish)
    {
        var pending = new ConsoleCookies.PendingSignIn(RandomId.Secret(), RandomId.Secret(), RandomId.Secret(), wish.ReturnTo);
        cookies.SetSignIn(context.Response, pending);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(pending.Verifier)));
        var address = QueryHelpers.AddQueryString(
            await provider.AuthorizationEndpointAsync(context.RequestAborted),
            new Dictionary<string, string?>
            {
                ["client_id"] = ConsoleClient.Id, ["redirect_uri"] = client.RedirectUri, ["response_type"] = "code", ["scope"] = "openid profile email account",
                ["state"] = pending.State, ["nonce"] = pending.Nonce, ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
                ["account"] = wish.Account, ["max_age"] = wish.MaxAge?.ToString(CultureInfo.InvariantCulture), ["acr_values"] = wish.IsEssential ? null : wish.AcrValues,
                ["claims"] = wish is { IsEssential: true, AcrValues: { } essential } ? Essential(essential) : null, ["enrol"] = wish.Enrol,
            }.Where(parameter => parameter.Value is not null));
        SeeOther(context, address);
    }

    /// <summary>The provider's answer: the session of the console begins, and the one before it ends.</summary>
    public async Task FinishAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["state"] is not [{ } state] || cookies.TakeSignIn(context, state) is not { } pending)
        {
            await ConsoleAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "This sign-in is over", "It was finished, it took too long, or it was begun in another browser.", "/admin", "Sign in again");
            return;
        }

        if (query["error"] is [{ } error])
        {
            await ConsoleAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, "You were not signed in", Explain(error), "/admin", "Try again");
            return;
        }

        if (query["code"] is not [{ } code] || await provider.RedeemAsync(code, pending, context.RequestAborted) is not { } tokens
            || await accessTokens.ReadAsync(tokens.AccessToken, context.RequestAborted) is not { GrantId: { } grantId } caller || caller.UserId != tokens.Subject)
        {
            await ConsoleAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "The sign-in could not be finished", "Something changed meanwhile, or the answer was not the provider's.", "/admin", "Sign in again");
            return;
        }

        if (cookies.Session(context.Request) is { } former && former != grantId)
        {
            await store.WriteAsync(
                ConsoleSessions.ActorOf(context, caller.UserId),
                transaction =>
                {
                    Grants.RevokeOf(transaction, former, ConsoleClient.Id);
                    return Task.FromResult(true);
                },
                context.RequestAborted);
        }

        cookies.SetSession(context.Response, grantId);
        SeeOther(context, context.Request.PathBase + pending.ReturnTo);
    }

    /// <summary>OpenID Connect Core §5.5.1.1: one of these, or the sign-in fails.</summary>
    private static string Essential(string values) => JsonSerializer.Serialize(
        new { id_token = new { acr = new { essential = true, values = values.Split(' ') } } });

    private static string Explain(string error) => error switch
    {
        "access_denied" => "You declined, or you are not an active member of that account.",
        "unmet_authentication_requirements" => "This needs a stronger sign-in than yours can be. An administrator of your account can help.",
        _ => "The sign-in ended without an answer that can be used.",
    };

    private static void SeeOther(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
    }
}
