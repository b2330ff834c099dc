using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>The elements of a multi-valued attribute: which are the same, which is primary.</summary>
internal static class Elements
{
    /// <summary>Adds elements. One that is there already adds nothing (RFC 7644 §3.5.2.1); one of the same value and type completes it.</summary>
    /// <param name="container">The object that has the attribute.</param>
    /// <param name="attribute">A multi-valued attribute.</param>
    /// <param name="added">In canonical form; emptied.</param>
    public static void Append(JsonObject container, ScimAttribute attribute, JsonArray added)
    {
        if (container[attribute.Name] is not JsonArray elements)
        {
            container[attribute.Name] = elements = [];
        }

        JsonNode?[] nodes = [.. added];
        added.Clear();
        foreach (var node in nodes)
        {
            var same = Same(elements, attribute, node!);
            if (same is null)
            {
                elements.Add(node);
            }
            else if (same is JsonObject target && node is JsonObject given)
            {
                Complete(target, attribute, given);
            }
        }
    }

    /// <summary>Removes those that are given by value, and no others.</summary>
    /// <param name="elements">Of the attribute.</param>
    /// <param name="attribute">A multi-valued attribute.</param>
    /// <param name="only">As sent. An object that has a <c>value</c> names the elements of that value, and type where it says one; another, those that have all that it says.</param>
    public static ScimError? Remove(JsonArray elements, ScimAttribute attribute, JsonArray only)
    {
        foreach (var one in only)
        {
            if (Quirks.Unassigns(one))
            {
                continue;
            }

            if (ResourceReader.TryReadOne(attribute, null, one!, out var named) is { } error)
            {
                return error;
            }

            for (var i = elements.Count - 1; named is not null && i >= 0; i--)
            {
                if (IsNamed(attribute, elements[i]!, named))
                {
                    elements.RemoveAt(i);
                }
            }
        }

        return null;
    }

    /// <returns>The element whose <c>primary</c> is true, or null.</returns>
    public static JsonObject? Primary(JsonNode? elements)
    {
        foreach (var element in elements as JsonArray ?? [])
        {
            if (IsPrimary(element))
            {
                return element!.AsObject();
            }
        }

        return null;
    }

    /// <summary>When an operation made another element primary, the one before it is so no longer (RFC 7644 §3.5.2, last paragraphs).</summary>
    /// <returns><c>invalidValue</c> when the operation made several primary.</returns>
    public static ScimError? KeepOnePrimary(JsonArray elements, ScimAttribute attribute, JsonObject? before)
    {
        JsonObject? claims = null;
        foreach (var element in elements)
        {
            if (!IsPrimary(element) || ReferenceEquals(element, before))
            {
                continue;
            }

            if (claims is not null)
            {
                return ScimError.InvalidValue($"\"primary\" may be true of one element of \"{attribute.Name}\" only.");
            }

            claims = element!.AsObject();
        }

        if (claims is not null && before is not null && ReferenceEquals(before.Parent, elements) && IsPrimary(before))
        {
            before["primary"] = false;
        }

        return null;
    }

    /// <summary>Drops the elements that say nothing, and checks that the others have what they need.</summary>
    public static ScimError? Settle(JsonArray elements, ScimAttribute attribute)
    {
        for (var i = elements.Count - 1; i >= 0; i--)
        {
            if (elements[i] is not JsonObject element)
            {
                continue;
            }

            if (Quirks.OnlyLabels(element))
            {
                elements.RemoveAt(i);
            }
            else if (ResourceReader.MissingIn(attribute, element) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }

    private static bool IsPrimary(JsonNode? element) => element is JsonObject complex && complex["primary"]?.GetValueKind() == JsonValueKind.True;

    private static JsonNode? Same(JsonArray elements, ScimAttribute attribute, JsonNode node)
    {
        foreach (var element in elements)
        {
            if (IsSame(attribute, element!, node))
            {
                return element;
            }
        }

        return null;
    }

    private static bool IsSame(ScimAttribute attribute, JsonNode one, JsonNode other)
    {
        if (one is not JsonObject left || other is not JsonObject right)
        {
            return EqualText(attribute, one, other);
        }

        return attribute.Sub("value") is { } value && left["value"] is { } mine && right["value"] is { } theirs
            ? EqualText(value, mine, theirs) && EqualText(attribute.Sub("type"), left["type"], right["type"])
            : JsonNode.DeepEquals(left, right);
    }

    private static bool IsNamed(ScimAttribute attribute, JsonNode element, JsonNode named)
    {
        if (element is not JsonObject actual || named is not JsonObject wanted)
        {
            return EqualText(attribute, element, named);
        }

        if (wanted["value"] is { } value)
        {
            return EqualText(attribute.Sub("value"), actual["value"], value) && (wanted["type"] is null || EqualText(attribute.Sub("type"), actual["type"], wanted["type"]));
        }

        foreach (var (name, part) in wanted)
        {
            if (!EqualText(attribute.Sub(name), actual[name], part))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Equal as the schema compares: by case or without.</summary>
    private static bool EqualText(ScimAttribute? attribute, JsonNode? one, JsonNode? other) =>
        one is JsonValue left && other is JsonValue right && left.TryGetValue(out string? mine) && right.TryGetValue(out string? theirs)
            ? mine.Equals(theirs, attribute is { CaseExact: true } ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
            : JsonNode.DeepEquals(one, other);

    private static void Complete(JsonObject target, ScimAttribute attribute, JsonObject given)
    {
        foreach (var (name, part) in given)
        {
            if (attribute.Sub(name) is { } sub && (sub.Mutability != Mutability.Immutable || !target.ContainsKey(name)))
            {
                target[name] = part!.DeepClone();
            }
        }
    }
}
