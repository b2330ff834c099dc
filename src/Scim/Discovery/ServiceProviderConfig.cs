using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;

namespace IdentityHub.Scim.Discovery;

/// <summary>What this service provider can do (RFC 7643 §5, RFC 9865 §4). Each number is the one that the code keeps to.</summary>
internal static class ServiceProviderConfig
{
    public const string Name = "ServiceProviderConfig";

    public static VersionedResource Of(ScimOptions options) => VersionedResource.Of(
        new()
        {
            ["schemas"] = new JsonArray(DiscoverySchemas.ConfigId),
            ["documentationUri"] = options.DocumentationAddress,
            ["patch"] = Supported(),
            ["bulk"] = Supported(("maxOperations", ScimOptions.MaxBulkOperations), ("maxPayloadSize", ScimOptions.MaxBody)),
            ["filter"] = Supported(("maxResults", ScimOptions.MaxPageSize)),
            ["changePassword"] = Supported(),
            ["sort"] = Supported(),
            ["etag"] = Supported(),
            ["authenticationSchemes"] = new JsonArray(ProvisioningToken(options), ClientCredentials(options)),
            ["pagination"] = new JsonObject
            {
                ["cursor"] = true,
                ["index"] = true,
                ["defaultPaginationMethod"] = "index",
                ["defaultPageSize"] = ScimOptions.DefaultPageSize,
                ["maxPageSize"] = ScimOptions.MaxPageSize,
                ["cursorTimeout"] = (int)options.CursorLifetime.TotalSeconds,
            },
            ["RolesAndEntitlements"] = RolesAndEntitlements(),
        },
        Name, $"{options.BaseAddress}/{Name}");

    private static JsonObject Supported(params ReadOnlySpan<(string Name, int Limit)> limits)
    {
        var section = new JsonObject { ["supported"] = true };
        foreach (var (name, limit) in limits)
        {
            section[name] = limit;
        }

        return section;
    }

    private static JsonObject ProvisioningToken(ScimOptions options) => new()
    {
        ["type"] = "oauthbearertoken",
        ["name"] = "Provisioning token",
        ["description"] = "A token that an administrator of the account makes, sent as Authorization: Bearer.",
        ["specUri"] = "https://www.rfc-editor.org/rfc/rfc6750",
        ["documentationUri"] = options.DocumentationAddress,
        ["primary"] = true,
    };

    private static JsonObject ClientCredentials(ScimOptions options) => new()
    {
        ["type"] = "oauth2",
        ["name"] = "OAuth 2.0 client credentials",
        ["description"] = "An access token that a client of the account gets for itself, with the scope scim, or scim.read to read only.",
        ["specUri"] = "https://www.rfc-editor.org/rfc/rfc6749#section-4.4",
        ["documentationUri"] = options.DocumentationAddress,
        ["primary"] = false,
    };

    /// <summary>draft-ietf-scim-roles-entitlements-01. A User's roles are one value without type; entitlements are several, each of type seat.</summary>
    private static JsonObject RolesAndEntitlements() => new()
    {
        ["roles"] = new JsonObject { ["supported"] = true, ["multipleRolesSupported"] = false, ["primarySupported"] = false, ["typeSupported"] = false },
        ["entitlements"] = new JsonObject
        {
            ["supported"] = true, ["multipleEntitlementsSupported"] = true, ["primarySupported"] = false, ["typeSupported"] = true, ["types"] = new JsonArray(MemberFacts.SeatType),
        },
    };
}
