using System.Collections.Immutable;

namespace IdentityHub.Domain.Clients;

/// <summary>Why a client may not be registered as asked for.</summary>
/// <param name="Error"><c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c> (RFC 7591 §3.2.2).</param>
/// <param name="Property">The wire name of the property at fault.</param>
/// <param name="Index">Which of its values, where it has several; null for the property as a whole.</param>
/// <param name="Message">What is wrong and the mend, in one sentence without a full stop.</param>
public sealed record ClientFault(string Error, string Property, int? Index, string Message);

/// <summary>What a client may be, whoever registers it. That the account exists and the seated application is one is for the caller to see to.</summary>
public static class ClientRules
{
    public const string InvalidRedirectUri = "invalid_redirect_uri";
    public const string InvalidClientMetadata = "invalid_client_metadata";
    public const int MaxIdLength = 128;
    public const int MaxSecretLength = 512;
    public const int MaxNameLength = 256;

    /// <summary>Having a stream of security events; a client has it for itself alone (CAEP Interoperability Profile 1.0 §2.7.2).</summary>
    public const string EventsScope = "ssf.manage";

    /// <summary>Seeing how that stream is set up.</summary>
    public const string EventsReadScope = "ssf.read";

    /// <summary>Thirty days: as long as anything granted lasts.</summary>
    public const int MaxSessionMinutes = 43_200;

    /// <summary>The scopes that this hub gives a meaning to. A client may have others of its own.</summary>
    public static readonly ImmutableArray<string> KnownScopes =
        ["openid", "profile", "email", "phone", "address", "account", "accounts", "offline_access", ProvisioningCaller.ScimScope, ProvisioningCaller.ScimReadScope, EventsScope, EventsReadScope];

    public static readonly ImmutableArray<string> AuthMethods = ["client_secret_basic", "client_secret_post", "none"];
    public static readonly ImmutableArray<string> GrantTypes = ["authorization_code", "refresh_token", "client_credentials"];
    public static readonly ImmutableArray<string> SigningAlgorithms = ["ES256", "RS256"];
    private static readonly ImmutableArray<string> ApplicationTypes = ["web", "native"];
    private static readonly ImmutableArray<string> TokenFormats = ["jwt", "opaque"];

    /// <returns>Everything that is wrong; empty when the client may be registered.</returns>
    public static ImmutableArray<ClientFault> Check(ClientMetadata client) =>
    [
        .. Identity(client), .. Secret(client), .. Redirects(client), .. Grants(client), .. Scopes(client), .. Tokens(client),
    ];

    private static IEnumerable<ClientFault> Identity(ClientMetadata client)
    {
        if (client.ClientId.Length is 0 or > MaxIdLength || client.ClientId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            yield return Metadata("client_id", $"must be 1 to {MaxIdLength} printable ASCII characters without spaces");
        }

        if (client.ClientName is { } name && (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl)))
        {
            yield return Metadata("client_name", $"must be 1 to {MaxNameLength} characters without control characters, or be left out");
        }
    }

    private static IEnumerable<ClientFault> Secret(ClientMetadata client)
    {
        if (OneOf("token_endpoint_auth_method", client.TokenEndpointAuthMethod, AuthMethods) is { } fault)
        {
            yield return fault;
        }
        else if (client.TokenEndpointAuthMethod == "none")
        {
            if (client.ClientSecret is not null)
            {
                yield return Metadata("client_secret", "must be left out for a client whose token_endpoint_auth_method is none");
            }

            if (!client.RequirePkce)
            {
                yield return Metadata("require_pkce", "must be true for a client whose token_endpoint_auth_method is none (RFC 9700 section 2.1.1)");
            }
        }
        else if (client.ClientSecret is null)
        {
            yield return Metadata("client_secret", "is missing: give one, or set token_endpoint_auth_method to none");
        }

        // RFC 6749 appendix A.2: VSCHAR.
        if (client.ClientSecret is { } secret && (secret.Length is 0 or > MaxSecretLength || secret.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            yield return Metadata("client_secret", $"must be 1 to {MaxSecretLength} printable ASCII characters");
        }
    }

    private static IEnumerable<ClientFault> Redirects(ClientMetadata client)
    {
        var native = client.ApplicationType == "native";
        if (client.RedirectUris.IsEmpty && client.GrantTypes.Contains("authorization_code"))
        {
            yield return new(InvalidRedirectUri, "redirect_uris", null, "is missing: a client with the grant type authorization_code needs at least one");
        }

        foreach (var fault in Uris("redirect_uris", client.RedirectUris, InvalidRedirectUri, native)
                     .Concat(Uris("post_logout_redirect_uris", client.PostLogoutRedirectUris, InvalidClientMetadata, native)))
        {
            yield return fault;
        }

        if (client.BackchannelLogoutUri is { } backchannel && ClientUris.BackchannelFault(backchannel) is { } message)
        {
            yield return Metadata("backchannel_logout_uri", message);
        }
    }

    private static IEnumerable<ClientFault> Uris(string property, ImmutableArray<string> uris, string error, bool native) =>
        from one in uris.Select((uri, index) => (uri, index))
        let message = ClientUris.RedirectFault(one.uri, native) ?? (uris.IndexOf(one.uri) < one.index ? "is listed twice" : null)
        where message is not null
        select new ClientFault(error, property, one.index, message);

    private static IEnumerable<ClientFault> Grants(ClientMetadata client)
    {
        var grants = client.GrantTypes;
        if (grants.IsEmpty)
        {
            yield return Metadata("grant_types", $"must name at least one of {Listed(GrantTypes)}");
        }

        foreach (var fault in Members("grant_types", grants, GrantTypes).Concat(Members("response_types", client.ResponseTypes, ["code"])))
        {
            yield return fault;
        }

        if (grants.Contains("authorization_code") && client.ResponseTypes.IsEmpty)
        {
            yield return Metadata("response_types", "must be [\"code\"] for a client with the grant type authorization_code");
        }

        if (grants.Contains("refresh_token") && !grants.Contains("authorization_code"))
        {
            yield return Metadata("grant_types", "must have authorization_code where it has refresh_token: nothing else gives refresh tokens");
        }

        if (grants.Contains("client_credentials") && client.TokenEndpointAuthMethod == "none")
        {
            yield return Metadata("grant_types", "must not have client_credentials for a client without a secret (RFC 6749 section 4.4)");
        }
    }

    private static IEnumerable<ClientFault> Scopes(ClientMetadata client)
    {
        if (client.Scope is not { Length: > 0 } scope)
        {
            yield break;
        }

        // RFC 6749 §3.3: 1*( %x21 / %x23-5B / %x5D-7E ), separated by single spaces.
        var tokens = scope.Split(' ');
        if (tokens.Any(token => token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~') || token.AsSpan().ContainsAny('"', '\\')))
        {
            yield return Metadata("scope", "must be words of printable ASCII without quotes and backslashes, separated by single spaces");
        }
        else if (tokens.Distinct(StringComparer.Ordinal).Count() < tokens.Length)
        {
            yield return Metadata("scope", "must name each scope once");
        }
    }

    private static IEnumerable<ClientFault> Tokens(ClientMetadata client)
    {
        ClientFault?[] faults =
        [
            OneOf("application_type", client.ApplicationType, ApplicationTypes),
            OneOf("id_token_signed_response_alg", client.IdTokenSignedResponseAlg, SigningAlgorithms),
            OneOf("access_token_format", client.AccessTokenFormat, TokenFormats),
            client.DefaultMaxAge < 0 ? Metadata("default_max_age", "must be a number of seconds, 0 or more") : null,
            Minutes("session_idle_minutes", client.SessionIdleMinutes),
            Minutes("session_lifetime_minutes", client.SessionLifetimeMinutes),
        ];
        return faults.OfType<ClientFault>();
    }

    private static ClientFault? Minutes(string property, int? value) =>
        value is < 1 or > MaxSessionMinutes ? Metadata(property, $"must be a number of minutes from 1 to {MaxSessionMinutes}, or be left out") : null;

    private static IEnumerable<ClientFault> Members(string property, ImmutableArray<string> values, ImmutableArray<string> allowed) =>
        from one in values.Select((value, index) => (value, index))
        let message = !allowed.Contains(one.value) ? $"must be {Listed(allowed)}" : values.IndexOf(one.value) < one.index ? "is listed twice" : null
        where message is not null
        select Metadata(property, message, one.index);

    private static ClientFault? OneOf(string property, string value, ImmutableArray<string> allowed) =>
        allowed.Contains(value) ? null : Metadata(property, $"must be {Listed(allowed)}");

    private static string Listed(ImmutableArray<string> words) =>
        words.Length == 1 ? words[0] : string.Join(", ", words[..^1]) + " or " + words[^1];

    private static ClientFault Metadata(string property, string message, int? index = null) => new(InvalidClientMetadata, property, index, message);
}
