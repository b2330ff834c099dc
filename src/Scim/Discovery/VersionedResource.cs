using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Discovery;

/// <summary>A resource that the hub makes by itself, with the entity-tag that its content gives it.</summary>
/// <param name="Location">Its address.</param>
/// <param name="Version">Changes with every byte of it.</param>
/// <param name="Tree">The whole resource, <c>meta</c> included.</param>
internal sealed record VersionedResource(string Location, string Version, JsonObject Tree)
{
    private const int VersionLength = 12;

    /// <summary>The whole resource as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; } = JsonSerializer.SerializeToUtf8Bytes(Tree, ScimMedia.Tree);

    /// <summary>Adds <c>meta</c> (RFC 7643 §3.1) to a resource.</summary>
    public static VersionedResource Of(JsonObject tree, string resourceType, string location)
    {
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(tree, ScimMedia.Tree));
        var version = $"W/\"{Convert.ToHexStringLower(hash.AsSpan(0, VersionLength))}\"";
        tree["meta"] = new JsonObject { ["resourceType"] = resourceType, ["location"] = location, ["version"] = version };
        return new(location, version, tree);
    }

    /// <summary>The answer to a GET of it.</summary>
    public ScimAnswer Answer(ScimRequest request) => request.HasAlready(Version)
        ? new(StatusCodes.Status304NotModified) { Version = Version }
        : new(StatusCodes.Status200OK) { Body = Body, Location = Location, Version = Version };
}
