using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>A member of a resource's body and the attribute that it names. The attribute is null for an extension that is given whole and is no object.</summary>
internal readonly record struct ResourceMember(AttributeReference Reference, JsonNode? Value);

/// <summary>Finds what the members of a body name.</summary>
internal static class ResourceMembers
{
    /// <summary>
    /// Goes through a body of POST or PUT, or the value of a PATCH without path. Names are taken in any case, and in each of the ways that clients write them:
    /// <c>name</c>, <c>name.givenName</c>, a schema's URI over an object, the core schema's too, and the URI and the name in one key
    /// (Entra with its flag: <c>"urn:…:enterprise:2.0:User:employeeNumber":"701984"</c>).
    /// </summary>
    /// <returns>In the order of the body; what no schema knows is left out (RFC 7644 §3.3).</returns>
    public static List<ResourceMember> Of(ResourceType type, JsonObject body)
    {
        var members = new List<ResourceMember>(body.Count);
        foreach (var (name, value) in body)
        {
            if (type.Resolve(name) is not { } reference)
            {
                if (value is JsonObject core && name.Equals(type.Core.Id, StringComparison.OrdinalIgnoreCase))
                {
                    AddWithin(members, null, type.FindTop, core);
                }
            }
            else if (reference is { Attribute: null, Extension: { } extension } && value is JsonObject within)
            {
                AddWithin(members, extension, extension.Find, within);
            }
            else
            {
                members.Add(new(reference, value));
            }
        }

        return members;
    }

    private static void AddWithin(List<ResourceMember> members, ScimSchema? extension, Func<string, ScimAttribute?> find, JsonObject within)
    {
        foreach (var (name, value) in within)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var attribute = find(dot < 0 ? name : name[..dot]);
            var sub = dot < 0 ? null : attribute?.Sub(name[(dot + 1)..]);
            if (attribute is not null && (dot < 0 || sub is not null))
            {
                members.Add(new(new(extension, attribute, sub), value));
            }
        }
    }
}
