using System.Text.Json.Serialization;

namespace IdentityHub.IdP.Authorize;

/// <summary>A valid authorization request (OpenID Connect Core §3.1.2.1), as it is kept while someone signs in for it.</summary>
internal sealed record AuthorizeRequest
{
    public required string ClientId { get; init; }
    public required string RedirectUri { get; init; }

    /// <summary><c>query</c> or <c>form_post</c>.</summary>
    public required string ResponseMode { get; init; }
    public required string Scope { get; init; }

    /// <summary>Echoed byte for byte; null when it was not sent.</summary>
    public string? State { get; init; }
    public string? Nonce { get; init; }
    public string? CodeChallenge { get; init; }
    public string[] Prompt { get; init; } = [];

    /// <summary>Seconds.</summary>
    public int? MaxAge { get; init; }
    public string? LoginHint { get; init; }

    /// <summary>The <c>sub</c> that must be signed in, from <c>id_token_hint</c> or <c>claims</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>Of the asked values those that exist here, the ones of <c>claims</c> first.</summary>
    public string[] AcrValues { get; init; } = [];

    /// <summary>The values of which one must be reached, or the sign-in fails (OpenID Connect Core §5.5.1.1); null where none must. Empty: those asked for do not exist here.</summary>
    public string[]? EssentialAcr { get; init; }

    /// <summary>The claims asked for by name that the client may have, in the form of the <c>claims</c> parameter; null for none.</summary>
    public string? Claims { get; init; }

    /// <summary>The account to sign in to, or null.</summary>
    public string? Account { get; init; }

    /// <summary>What the person came to enrol: of the hub's own console only.</summary>
    public Enrolment? Enrol { get; init; }

    public bool PromptHas(string value) => Prompt.Contains(value, StringComparer.Ordinal);
}

[JsonSerializable(typeof(AuthorizeRequest))]
internal sealed partial class AuthorizeJson : JsonSerializerContext;
