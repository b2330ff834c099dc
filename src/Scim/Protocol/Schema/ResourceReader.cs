using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>Makes of a body what it asks for, in canonical form: names as the schemas spell them, extensions under their URI, no nulls, nothing empty.</summary>
internal static partial class ResourceReader
{
    /// <summary>Reads the body of POST and PUT (RFC 7644 §3.3, §3.5.1).</summary>
    /// <param name="type">Which resource it has to be.</param>
    /// <param name="body">As <see cref="Json.ScimJson"/> reads it.</param>
    /// <returns>
    /// The desired resource: only what the client may write, without <c>schemas</c>, <c>id</c> and <c>meta</c>; <c>password</c> in it where given. Unknown and read-only attributes are passed over.
    /// <c>invalidValue</c> when <c>schemas</c> does not name the core schema, a required attribute is missing, or a value is of the wrong type.
    /// </returns>
    /// <remarks>RFC 7643 §3 wants <c>schemas</c> in every representation. A body without it is refused, and told so, rather than guessed at.</remarks>
    public static Outcome<JsonObject> Read(ResourceType type, JsonObject body)
    {
        if (!Quirks.Member(body, "schemas", out var urns) || !Quirks.ListsUrn(urns, type.Core.Id))
        {
            return ScimError.InvalidValue($"\"schemas\" has to be an array that contains \"{type.Core.Id}\".");
        }

        var desired = new JsonObject();
        foreach (var member in ResourceMembers.Of(type, body))
        {
            if (ReadMember(desired, member) is { } error)
            {
                return error;
            }
        }

        return Missing(type.Core, desired) is { } missing ? missing : desired;
    }

    private static ScimError? ReadMember(JsonObject desired, ResourceMember member)
    {
        var ((extension, attribute, sub), given) = member;
        if (attribute is null || IsOurs(attribute) || sub?.Mutability == Mutability.ReadOnly)
        {
            return attribute is null && !Quirks.Unassigns(given) ? ScimError.InvalidValue($"\"{extension!.Id}\" has to be an object.") : null;
        }

        if (TryRead(sub ?? attribute, sub is null ? null : attribute, given, out var value) is { } error)
        {
            return error;
        }

        if (value is not null)
        {
            Place(extension is null ? desired : ObjectAt(desired, extension.Id), attribute, sub, value);
        }

        return null;
    }

    private static bool IsOurs(ScimAttribute attribute) => attribute.Mutability == Mutability.ReadOnly || ReferenceEquals(attribute, CommonAttributes.Schemas);

    /// <summary>Parts of one attribute may come apart: <c>"name":{"givenName":"A"},"name.familyName":"B"</c>.</summary>
    private static void Place(JsonObject container, ScimAttribute attribute, ScimAttribute? sub, JsonNode value)
    {
        if (sub is not null)
        {
            (attribute.MultiValued ? FirstAt(container, attribute.Name) : ObjectAt(container, attribute.Name))[sub.Name] = value;
        }
        else if (value is JsonObject given && container[attribute.Name] is JsonObject before)
        {
            foreach (var (name, part) in given)
            {
                before[name] = part!.DeepClone();
            }
        }
        else
        {
            container[attribute.Name] = value;
        }
    }

    /// <returns>The object of this name, made where there is none.</returns>
    public static JsonObject ObjectAt(JsonObject container, string name)
    {
        if (container[name] is not JsonObject found)
        {
            container[name] = found = [];
        }

        return found;
    }

    private static JsonObject FirstAt(JsonObject container, string name)
    {
        if (container[name] is not JsonArray { Count: > 0 } elements)
        {
            container[name] = elements = [new JsonObject()];
        }

        return elements[0]!.AsObject();
    }

    private static ScimError? Missing(ScimSchema core, JsonObject desired)
    {
        foreach (var attribute in core.Attributes)
        {
            if (attribute.Required && !desired.ContainsKey(attribute.Name))
            {
                return ScimError.InvalidValue($"\"{attribute.Name}\" is required.");
            }
        }

        return null;
    }
}
