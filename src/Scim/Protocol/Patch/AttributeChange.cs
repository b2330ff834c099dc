using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>Add, replace and remove where the path has no value filter (RFC 7644 §3.5.2.1 to §3.5.2.3).</summary>
internal static class AttributeChange
{
    /// <param name="container">The object that has the attribute: the resource, an extension, or a complex attribute of one value.</param>
    /// <param name="attribute">Not read-only.</param>
    /// <param name="parent">Where the container is a complex attribute: that one.</param>
    /// <param name="verb">What to do.</param>
    /// <param name="value">As it was sent.</param>
    public static ScimError? Apply(JsonObject container, ScimAttribute attribute, ScimAttribute? parent, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove)
        {
            return Remove(container, attribute, parent, value);
        }

        if (!attribute.MultiValued)
        {
            return Assign(container, attribute, parent, Quirks.Unwrap(attribute, value));
        }

        if (ResourceReader.TryRead(attribute, parent, value, out var read) is { } error)
        {
            return error;
        }

        if (verb == PatchVerb.Replace)
        {
            return Put(container, attribute, parent, read);
        }

        if (read is not null)
        {
            Elements.Append(container, attribute, read.AsArray());
        }

        return null;
    }

    /// <summary>Sets or clears one attribute, as its schema allows.</summary>
    /// <param name="container">The object that has the attribute.</param>
    /// <param name="attribute">The attribute or sub-attribute.</param>
    /// <param name="parent">Of a sub-attribute.</param>
    /// <param name="value">A new node in canonical form, or null to clear.</param>
    public static ScimError? Put(JsonObject container, ScimAttribute attribute, ScimAttribute? parent, JsonNode? value)
    {
        if (attribute.Mutability == Mutability.Immutable && container[attribute.Name] is { } before && !JsonNode.DeepEquals(before, value))
        {
            return ScimError.Mutability($"\"{ResourceReader.NameOf(attribute, parent)}\" cannot be changed once it is set. Remove the value and add another.");
        }

        if (value is not null)
        {
            container[attribute.Name] = value;
            return null;
        }

        if (attribute.Required)
        {
            return ScimError.InvalidValue($"\"{ResourceReader.NameOf(attribute, parent)}\" is required and cannot be empty.");
        }

        container.Remove(attribute.Name);
        return null;
    }

    /// <summary>Merges sub-attributes into a complex value: those given are set, or cleared by null; the others stay (RFC 7644 §3.5.2.3).</summary>
    public static ScimError? Merge(JsonObject target, ScimAttribute attribute, JsonObject given)
    {
        var before = target["value"];
        foreach (var (name, part) in given)
        {
            if (attribute.Sub(name) is not { Mutability: not Mutability.ReadOnly } sub)
            {
                continue;
            }

            if ((ResourceReader.TryRead(sub, attribute, part, out var value) ?? Put(target, sub, attribute, value)) is { } error)
            {
                return error;
            }
        }

        if (!JsonNode.DeepEquals(before, target["value"]))
        {
            ForgetOldReference(target, attribute, given);
        }

        return null;
    }

    /// <summary>When the <c>value</c> of a reference (manager) becomes another, what described the old one goes: <c>$ref</c> and the read-only name.</summary>
    /// <param name="target">The complex value.</param>
    /// <param name="attribute">Its attribute.</param>
    /// <param name="given">What was sent: a <c>$ref</c> in it is the new one.</param>
    public static void ForgetOldReference(JsonObject target, ScimAttribute attribute, JsonObject? given)
    {
        if (attribute.Sub("$ref") is null)
        {
            return;
        }

        foreach (var sub in attribute.SubAttributes)
        {
            if (sub.Mutability == Mutability.ReadOnly || (sub.Name == "$ref" && (given is null || !Quirks.Member(given, "$ref", out _))))
            {
                target.Remove(sub.Name);
            }
        }
    }

    private static ScimError? Assign(JsonObject container, ScimAttribute attribute, ScimAttribute? parent, JsonNode? value)
    {
        if (attribute.Type != AttributeType.Complex || Quirks.Unassigns(value) || ResourceReader.AsObject(attribute, value!) is not { } given)
        {
            return ResourceReader.TryRead(attribute, parent, value, out var read) ?? Put(container, attribute, parent, read);
        }

        if (container[attribute.Name] is not JsonObject target)
        {
            container[attribute.Name] = target = [];
        }

        var error = Merge(target, attribute, given);
        _ = target.Count == 0 && container.Remove(attribute.Name);
        return error;
    }

    private static ScimError? Remove(JsonObject container, ScimAttribute attribute, ScimAttribute? parent, JsonNode? value)
    {
        if (attribute.Required)
        {
            return ScimError.Mutability($"\"{ResourceReader.NameOf(attribute, parent)}\" is required and cannot be removed.");
        }

        if (attribute.MultiValued && Quirks.RemovesOnly(value) is { } only)
        {
            return container[attribute.Name] is JsonArray elements ? Elements.Remove(elements, attribute, only) : null;
        }

        container.Remove(attribute.Name);
        return null;
    }
}
