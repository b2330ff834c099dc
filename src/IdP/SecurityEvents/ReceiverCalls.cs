using System.Text.Json;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.UserInfo;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>Who calls: a client with an access token of its own.</summary>
/// <param name="ClientId">The client, which is the audience of its stream.</param>
/// <param name="AccountId">The one account whose client it is; null for every account's.</param>
internal sealed record ReceiverCaller(string ClientId, string? AccountId)
{
    public Actor Actor => new Actor.RelyingApp(ClientId);
}

/// <summary>What the endpoints for receivers have in common: who calls, what they send, what they are answered.</summary>
internal sealed class ReceiverCalls(IHubStore store, IAccessTokenReader tokens, IdPOptions options)
{
    private const int MaxDepth = 8;

    public static readonly OAuthError NoSuchStream = new("not_found", "there is no such stream of this client", StatusCodes.Status404NotFound);

    private static readonly OAuthError NotJson = OAuthError.InvalidRequest("the body is a JSON object, sent as application/json, and no member of it comes twice");

    public IHubStore Store => store;

    public IdPOptions Options => options;

    /// <summary>CAEP Interoperability Profile 1.0 §2.7.3: the token comes in the header and nowhere else.</summary>
    /// <param name="context">The request; answered where this gives null.</param>
    /// <param name="reads">Whether <c>ssf.read</c> is enough.</param>
    public async Task<ReceiverCaller?> IdentifyAsync(HttpContext context, bool reads = false)
    {
        OAuthError.NoStore(context.Response);
        var headers = context.Request.Headers.Authorization;
        if (headers is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header[7..].Trim() is not { Length: > 0 } token)
        {
            await BearerToken.ChallengeAsync(context, null);
            return null;
        }

        if (await tokens.ReadAsync(token, context.RequestAborted) is not { } caller)
        {
            await BearerToken.ChallengeAsync(context, BearerToken.Invalid);
            return null;
        }

        if (caller.GrantId is not null || (!caller.HasScope(ClientRules.EventsScope) && !(reads && caller.HasScope(ClientRules.EventsReadScope))))
        {
            var scopes = reads ? $"{ClientRules.EventsReadScope} or {ClientRules.EventsScope}" : ClientRules.EventsScope;
            await BearerToken.ChallengeAsync(context, new("insufficient_scope", $"the token is not a client's own with the scope {scopes}", StatusCodes.Status403Forbidden));
            return null;
        }

        return new(caller.ClientId, caller.AccountId);
    }

    /// <returns>The body as a JSON object; otherwise what to answer.</returns>
    public static async Task<(JsonElement? Body, OAuthError? Error)> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return (null, NotJson);
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(
                context.Request.Body, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false }, context.RequestAborted);
            return document.RootElement.ValueKind == JsonValueKind.Object ? (document.RootElement.Clone(), null) : (null, NotJson);
        }
        catch (JsonException)
        {
            return (null, NotJson);
        }
        catch (BadHttpRequestException fault)
        {
            return (null, fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? OAuthError.TooLarge : OAuthError.InvalidRequest("the body cannot be read"));
        }
    }

    /// <returns>The <c>stream_id</c> of the query; otherwise what to answer.</returns>
    public static (string? StreamId, OAuthError? Error) StreamIdOf(HttpContext context, bool isRequired)
    {
        var given = context.Request.Query["stream_id"];
        return given.Count > 1 ? (null, OAuthError.InvalidRequest("stream_id is repeated"))
            : given is [{ Length: > 0 } id] ? (id, null)
            : isRequired || given.Count == 1 ? (null, OAuthError.InvalidRequest("stream_id is missing"))
            : (null, null);
    }

    public static Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            write(json);
        }

        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    public static void AnswerEmpty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent)
        {
            context.Response.ContentLength = 0;
        }
    }
}
