using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Discovery;

/// <summary>A kind of resource as /ResourceTypes shows it (RFC 7643 §6).</summary>
internal static class ResourceTypeDocument
{
    public static VersionedResource Of(ResourceType type, string baseAddress) => VersionedResource.Of(
        new()
        {
            ["schemas"] = new JsonArray(DiscoverySchemas.ResourceTypeId),
            ["id"] = type.Name,
            ["name"] = type.Name,
            ["description"] = type.Description,
            ["endpoint"] = type.Endpoint,
            ["schema"] = type.Core.Id,
            ["schemaExtensions"] = new JsonArray([.. type.Extensions.Select(extension => new JsonObject { ["schema"] = extension.Id, ["required"] = false })]),
        },
        "ResourceType", $"{baseAddress}/ResourceTypes/{type.Name}");
}
