using System.Collections.Immutable;
using System.Globalization;
using IdentityHub.Domain.Clients;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Authorize;

/// <summary>One condition on an authorization request. Pure.</summary>
/// <returns>Null when the request meets it; otherwise the error.</returns>
internal delegate OAuthError? AuthorizeRule(RequestParameters parameters, Client client);

/// <summary>What makes an authorization request valid, in the order in which it is checked. Client and redirect URI come before all of it: until they are known to be right, nothing is redirected.</summary>
internal static class AuthorizeRules
{
    public const string Query = "query";
    public const string FormPost = "form_post";
    public static readonly string[] ResponseModes = [Query, FormPost];
    public static readonly string[] Prompts = ["none", "login", "consent", "select_account"];

    /// <summary>Characters.</summary>
    private static readonly Dictionary<string, int> MaxLengths = new(StringComparer.Ordinal)
    {
        ["state"] = 4096, ["nonce"] = 1024, ["scope"] = 2048, ["login_hint"] = 512, ["account"] = 128, ["acr_values"] = 1024, ["prompt"] = 128,
        ["claims"] = ClaimsRequest.MaxLength, ["id_token_hint"] = 16 * 1024, ["max_age"] = 16,
    };

    public static readonly ImmutableArray<AuthorizeRule> All =
    [
        NothingIsRepeated,           // RFC 6749 §3.1
        LengthsAreBounded,           // what is echoed must fit into an answer, and what is kept costs a stranger nothing
        RequestObjectsDoNotExist,    // OpenID Connect Core §6.1, §7.2.1: refused, never ignored
        ResponseTypeIsCode,          // RFC 9700 §2.1.2
        ClientMayUseCodes,           // RFC 6749 §4.1.2.1
        ResponseModeIsSupported,     // OAuth 2.0 Multiple Response Type Encoding Practices §2.1
        ScopeIsGranted,              // RFC 6749 §3.3
        PkceIsPresentAndS256,        // RFC 7636 §4.3, RFC 9700 §2.1.1
        PromptIsKnown,               // OpenID Connect Core §3.1.2.1
        PromptNoneStandsAlone,       // OpenID Connect Core §3.1.2.1
        MaxAgeIsSeconds,             // OpenID Connect Core §3.1.2.1
        ClaimsIsAnObject,            // OpenID Connect Core §5.5
    ];

    private static OAuthError? NothingIsRepeated(RequestParameters parameters, Client client) =>
        parameters.Repeated is null ? null : OAuthError.InvalidRequest("a parameter is repeated");

    private static OAuthError? RequestObjectsDoNotExist(RequestParameters parameters, Client client) =>
        parameters["request"] is not null ? new("request_not_supported", "request objects are not supported")
        : parameters["request_uri"] is not null ? new("request_uri_not_supported", "request_uri is not supported")
        : parameters["registration"] is not null ? new("registration_not_supported", "registration is not supported")
        : null;

    private static OAuthError? ResponseTypeIsCode(RequestParameters parameters, Client client) => parameters["response_type"] switch
    {
        "code" => null,
        null => OAuthError.InvalidRequest("response_type is missing"),
        _ => new("unsupported_response_type", "response_type is code"),
    };

    private static OAuthError? ClientMayUseCodes(RequestParameters parameters, Client client) =>
        client.GrantTypes.Contains("authorization_code") ? null : new("unauthorized_client", "the client is not registered for authorization codes");

    private static OAuthError? ResponseModeIsSupported(RequestParameters parameters, Client client) =>
        parameters["response_mode"] is null or Query or FormPost ? null : OAuthError.InvalidRequest("response_mode is query or form_post");

    private static OAuthError? ScopeIsGranted(RequestParameters parameters, Client client) =>
        parameters["scope"] is not { } scope ? OAuthError.InvalidScope("scope is missing")
        : !Scopes.IsWellFormed(scope) ? OAuthError.InvalidScope("scope is malformed")
        : Scopes.Granted(Scopes.Split(scope), client.Scopes).Length == 0 ? OAuthError.InvalidScope("the client may have none of the scopes that it asked for")
        : null;

    private static OAuthError? PkceIsPresentAndS256(RequestParameters parameters, Client client) =>
        (parameters["code_challenge"], parameters["code_challenge_method"]) switch
        {
            (null, null) => client.RequirePkce || client.IsPublic ? OAuthError.InvalidRequest("code_challenge is missing") : null,
            (null, _) => OAuthError.InvalidRequest("code_challenge_method was sent without code_challenge"),
            ({ } challenge, Pkce.S256) => Pkce.IsChallenge(challenge) ? null : OAuthError.InvalidRequest("code_challenge is malformed"),
            _ => OAuthError.InvalidRequest("code_challenge_method is S256"),
        };

    private static OAuthError? PromptIsKnown(RequestParameters parameters, Client client) =>
        parameters["prompt"] is not { } prompt || Scopes.Split(prompt).All(Prompts.Contains) ? null : OAuthError.InvalidRequest("prompt has an unknown value");

    private static OAuthError? PromptNoneStandsAlone(RequestParameters parameters, Client client) =>
        parameters["prompt"] is { } prompt && Scopes.Split(prompt) is { Length: > 1 } values && values.Contains("none")
            ? OAuthError.InvalidRequest("prompt none stands alone")
            : null;

    private static OAuthError? MaxAgeIsSeconds(RequestParameters parameters, Client client) =>
        parameters["max_age"] is not { } age || int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : OAuthError.InvalidRequest("max_age is a number of seconds");

    private static OAuthError? ClaimsIsAnObject(RequestParameters parameters, Client client) =>
        ClaimsRequest.Parse(parameters["claims"]) is null ? OAuthError.InvalidRequest("claims is malformed") : null;

    private static OAuthError? LengthsAreBounded(RequestParameters parameters, Client client) =>
        MaxLengths.Any(limit => parameters[limit.Key]?.Length > limit.Value) ? OAuthError.InvalidRequest("a parameter is too long") : null;
}
