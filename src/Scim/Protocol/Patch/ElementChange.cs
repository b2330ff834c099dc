using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>Add, replace and remove of elements that a value filter selects, and of a sub-attribute of elements (RFC 7644 §3.5.2).</summary>
internal static class ElementChange
{
    public static readonly ScimError TooMuchWork = ScimError.TooMany("The filters in the paths of this PATCH would look at too many values. Select fewer, by shorter texts, or in several requests.");

    /// <param name="container">The object that has the attribute.</param>
    /// <param name="attribute">A multi-valued attribute.</param>
    /// <param name="filter">Which elements; null for all: <c>emails.value</c>.</param>
    /// <param name="sub">What of them; null for the elements themselves, and then there is a filter.</param>
    /// <param name="verb">What to do.</param>
    /// <param name="value">As it was sent.</param>
    /// <param name="work">What comparing is allowed.</param>
    /// <returns>Also <c>tooMany</c>, when that is not enough.</returns>
    public static ScimError? Apply(JsonObject container, ScimAttribute attribute, FilterNode? filter, ScimAttribute? sub, PatchVerb verb, JsonNode? value, FilterWork work)
    {
        var elements = container[attribute.Name] as JsonArray ?? [];
        var matches = Matching(elements, filter, work);
        if (work.IsSpent || !work.Spend(matches.Count > 1 && value is not null ? (long)matches.Count * value.ToJsonString().Length : 0))
        {
            return TooMuchWork;
        }

        if (verb == PatchVerb.Remove)
        {
            return Remove(elements, matches, attribute, filter, sub);
        }

        var given = Quirks.Unwrap(sub ?? attribute, value);
        if (Quirks.Unassigns(given))
        {
            return sub is null ? Remove(elements, matches, attribute, filter, null) : Clear(matches, attribute, sub);
        }

        if (matches.Count == 0)
        {
            return Create(container, elements, attribute, filter, sub, given!);
        }

        foreach (var match in matches)
        {
            if (Set(elements, match, attribute, sub, verb == PatchVerb.Replace ? filter : null, given!) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static List<JsonNode> Matching(JsonArray elements, FilterNode? filter, FilterWork work)
    {
        var matches = new List<JsonNode>();
        foreach (var element in elements)
        {
            if (filter is null || FilterEvaluator.MatchesElement(filter, element!, work))
            {
                matches.Add(element!);
            }
        }

        return matches;
    }

    /// <summary>Where nothing matches, nothing is removed, and that is no error: what should be gone is gone.</summary>
    private static ScimError? Remove(JsonArray elements, List<JsonNode> matches, ScimAttribute attribute, FilterNode? filter, ScimAttribute? sub)
    {
        if (sub is not null && !Quirks.RemovesElement(sub, filter))
        {
            return sub.Required ? ScimError.Mutability($"\"{attribute.Name}.{sub.Name}\" is required and cannot be removed.") : Clear(matches, attribute, sub);
        }

        foreach (var match in matches)
        {
            elements.Remove(match);
        }

        return null;
    }

    private static ScimError? Clear(List<JsonNode> matches, ScimAttribute attribute, ScimAttribute sub)
    {
        foreach (var match in matches)
        {
            if (AttributeChange.Put(match.AsObject(), sub, attribute, null) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static ScimError? Create(JsonObject container, JsonArray elements, ScimAttribute attribute, FilterNode? filter, ScimAttribute? sub, JsonNode given)
    {
        if (Quirks.ElementFor(attribute, filter) is not { } element)
        {
            return ScimError.NoTarget($"No element of \"{attribute.Name}\" meets the filter, and the filter does not say what a new one would be.");
        }

        elements.Add(element);
        container[attribute.Name] = elements;
        return Set(elements, element, attribute, sub, null, given);
    }

    /// <param name="elements">Of the attribute.</param>
    /// <param name="match">The element to change.</param>
    /// <param name="attribute">The multi-valued attribute.</param>
    /// <param name="sub">Null for the element as a whole.</param>
    /// <param name="replaced">The filter when the element as a whole is replaced; null when what is given is merged into it.</param>
    /// <param name="given">Something.</param>
    private static ScimError? Set(JsonArray elements, JsonNode match, ScimAttribute attribute, ScimAttribute? sub, FilterNode? replaced, JsonNode given)
    {
        if (sub is not null)
        {
            return ResourceReader.TryRead(sub, attribute, given, out var part) ?? AttributeChange.Put(match.AsObject(), sub, attribute, part);
        }

        if (replaced is null && match is JsonObject target && ResourceReader.AsObject(attribute, given) is { } parts)
        {
            return AttributeChange.Merge(target, attribute, parts);
        }

        if (ResourceReader.TryReadOne(attribute, null, given, out var element) is { } error)
        {
            return error;
        }

        if (element is null)
        {
            elements.Remove(match);
            return null;
        }

        if (element is JsonObject fresh && Keep(match.AsObject(), fresh, attribute, replaced) is { } changed)
        {
            return changed;
        }

        elements[elements.IndexOf(match)] = element;
        return null;
    }

    /// <summary>An element that is replaced keeps what the filter says of it, and its immutable parts, where the new value does not say otherwise.</summary>
    private static ScimError? Keep(JsonObject before, JsonObject fresh, ScimAttribute attribute, FilterNode? filter)
    {
        foreach (var sub in attribute.SubAttributes)
        {
            if (sub.Mutability != Mutability.Immutable || before[sub.Name] is not { } old)
            {
                continue;
            }

            if (fresh[sub.Name] is { } other && !JsonNode.DeepEquals(old, other))
            {
                return ScimError.Mutability($"\"{attribute.Name}.{sub.Name}\" cannot be changed once it is set. Remove the value and add another.");
            }

            fresh[sub.Name] = old.DeepClone();
        }

        foreach (var (name, part) in Quirks.ElementFor(attribute, filter) as JsonObject ?? [])
        {
            fresh.TryAdd(name, part!.DeepClone());
        }

        return null;
    }
}
