using System.Collections.Immutable;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>The clients of a configuration file: RFC 7591's and OpenID Registration's names, and the hub's own. Only what has an effect is a known key.</summary>
internal static class HubFileClients
{
    public static ClientMetadata Read(FileObject one)
    {
        var defaults = new ClientMetadata { ClientId = one.RequiredText("client_id") };
        return defaults with
        {
            ClientName = one.Text("client_name"),
            ClientSecret = one.Text("client_secret"),
            RedirectUris = one.Texts("redirect_uris") ?? defaults.RedirectUris,
            PostLogoutRedirectUris = one.Texts("post_logout_redirect_uris") ?? defaults.PostLogoutRedirectUris,
            BackchannelLogoutUri = one.Text("backchannel_logout_uri"),
            GrantTypes = one.Texts("grant_types") ?? defaults.GrantTypes,
            ResponseTypes = one.Texts("response_types") ?? defaults.ResponseTypes,
            TokenEndpointAuthMethod = one.Text("token_endpoint_auth_method") ?? defaults.TokenEndpointAuthMethod,
            Scope = one.Text("scope"),
            ApplicationType = one.Text("application_type") ?? defaults.ApplicationType,
            IdTokenSignedResponseAlg = one.Text("id_token_signed_response_alg") ?? defaults.IdTokenSignedResponseAlg,
            DefaultMaxAge = one.Number("default_max_age"),
            RequirePkce = one.Flag("require_pkce", defaults.RequirePkce),
            AccessTokenFormat = one.Text("access_token_format") ?? defaults.AccessTokenFormat,
            RequireSeat = one.Text("require_seat"),
            PermissionLevels = ReadLevels(one),
            RequireMfa = one.Flag("require_mfa", defaults.RequireMfa),
            SessionIdleMinutes = one.Number("session_idle_minutes"),
            SessionLifetimeMinutes = one.Number("session_lifetime_minutes"),
            Account = one.Text("account"),
        };
    }

    private static ImmutableArray<PermissionLevel> ReadLevels(FileObject one)
    {
        var names = one.Texts("permission_levels") ?? [];
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            if (PermissionNames.Level(name) is null)
            {
                one.FaultAt($"{one.PlaceOf("permission_levels")}[{index}]", $"is {HubFileFaults.Quote(name)} but must be PRIMARY, SUPPORT, INVOICES or ACATR");
            }
        }

        return [.. names.Select(PermissionNames.Level).OfType<PermissionLevel>().Distinct()];
    }
}
