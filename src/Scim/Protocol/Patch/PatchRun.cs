using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>One PATCH on its way: the resource between two operations.</summary>
internal sealed class PatchRun(ResourceType type, JsonObject desired, FilterOptions options, FilterWork work)
{
    /// <summary>How many elements the arrays of one PATCH may have in all, except a group's members: every one is compared with every one that is there.</summary>
    public const int MaxElements = 5000;

    /// <summary>How many terms the filters in the paths of one PATCH may have in all.</summary>
    public const int MaxTerms = 500;

    /// <summary>Multi-valued complex attributes that were changed: their elements are judged when all operations are through, because several build one element.</summary>
    private readonly List<(ScimSchema? Extension, ScimAttribute Attribute)> touched = [];

    private int elements;
    private int terms;

    public ScimError? Apply(PatchOperation operation)
    {
        if (operation.Path is null)
        {
            return ApplyMembers(operation.Verb, operation.Value!.AsObject());
        }

        var path = PatchPathParser.Parse(type, operation.Path, options);
        return path.Failed ? path.Error : Change(path.Value, operation.Verb, operation.Value);
    }

    /// <returns>The resource without what is left of nothing; <c>invalidValue</c> when an element lacks what it needs.</returns>
    public Outcome<JsonObject> Finish()
    {
        foreach (var (extension, attribute) in touched)
        {
            if (ContainerOf(extension) is { } container && container[attribute.Name] is JsonArray changed)
            {
                if (Elements.Settle(changed, attribute) is { } error)
                {
                    return error;
                }

                RemoveEmpty(container, attribute.Name);
                RemoveEmpty(desired, extension?.Id);
            }
        }

        return desired;
    }

    /// <summary>Without a path, the value has the attributes to change (RFC 7644 §3.5.2.1, §3.5.2.3). What no schema knows is passed over, as in POST.</summary>
    private ScimError? ApplyMembers(PatchVerb verb, JsonObject given)
    {
        foreach (var (reference, value) in ResourceMembers.Of(type, given))
        {
            if (reference.Attribute is { } attribute && (attribute.Mutability == Mutability.ReadOnly || reference.Sub?.Mutability == Mutability.ReadOnly))
            {
                if (Quirks.EchoesReadOnly(attribute, value, desired[attribute.Name]))
                {
                    continue;
                }

                return ReadOnly(reference);
            }

            if (Change(new PatchPath(reference, null, null), verb, value) is { } error)
            {
                return error;
            }
        }

        foreach (var (name, value) in given)
        {
            if (Quirks.PathAsName(type, name, options) is { } path && Change(path, verb, value) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private ScimError? Change(PatchPath path, PatchVerb verb, JsonNode? value)
    {
        terms += path.ValueFilter is { } filter ? FilterNode.TermsOf(filter) : 0;
        if (terms > MaxTerms)
        {
            return ScimError.TooMany($"The filters in the paths of a PATCH may have at most {MaxTerms} terms in all.");
        }

        var (extension, attribute, sub) = path.Target;
        if (attribute is null)
        {
            return ChangeExtension(extension!, verb, value);
        }

        if (ReferenceEquals(attribute, CommonAttributes.Schemas))
        {
            return verb == PatchVerb.Remove ? ReadOnly(path.Target) : null;
        }

        if (attribute.Mutability == Mutability.ReadOnly || sub?.Mutability == Mutability.ReadOnly || path.SubOfFiltered?.Mutability == Mutability.ReadOnly)
        {
            return ReadOnly(path.Target);
        }

        var container = extension is null ? desired : ResourceReader.ObjectAt(desired, extension.Id);
        var error = attribute.MultiValued
            ? ChangeElements(container, path, verb, value)
            : sub is null ? AttributeChange.Apply(container, attribute, null, verb, value) : ChangePart(container, path, verb, value);
        RemoveEmpty(desired, extension?.Id);
        return error;
    }

    private ScimError? ChangeElements(JsonObject container, PatchPath path, PatchVerb verb, JsonNode? value)
    {
        var attribute = path.Target.Attribute!;
        var sub = path.Target.Sub ?? path.SubOfFiltered;
        var count = value is JsonArray given && !ResourceReader.IsUnbounded(attribute) ? given.Count : 0;
        elements += count;
        if (!work.Spend(16L * count * (count + ((container[attribute.Name] as JsonArray)?.Count ?? 0))))
        {
            return ElementChange.TooMuchWork;
        }

        if (elements > MaxElements)
        {
            return ScimError.TooMany($"A PATCH may have at most {MaxElements} elements in the arrays of its operations.");
        }

        var primary = Elements.Primary(container[attribute.Name]);
        var error = path.ValueFilter is null && sub is null
            ? AttributeChange.Apply(container, attribute, null, verb, value)
            : ElementChange.Apply(container, attribute, path.ValueFilter, sub, verb, value, work);
        if (error is not null || container[attribute.Name] is not JsonArray changed)
        {
            return error;
        }

        if (!touched.Contains((path.Target.Extension, attribute)))
        {
            touched.Add((path.Target.Extension, attribute));
        }

        RemoveEmpty(container, attribute.Name);
        return changed.Count > ResourceReader.MaxElements && !ResourceReader.IsUnbounded(attribute)
            ? ResourceReader.TooManyElements(attribute)
            : Elements.KeepOnePrimary(changed, attribute, primary);
    }

    private ScimError? ChangePart(JsonObject container, PatchPath path, PatchVerb verb, JsonNode? value)
    {
        var (attribute, sub) = (path.Target.Attribute!, path.Target.Sub!);
        var parts = ResourceReader.ObjectAt(container, attribute.Name);
        var before = parts[sub.Name];
        var error = path.ValueFilter is { } filter
            ? ElementChange.Apply(parts, sub, filter, path.SubOfFiltered, verb, value, work)
            : AttributeChange.Apply(parts, sub, attribute, verb, value);
        if (sub.Name == "value" && !JsonNode.DeepEquals(before, parts["value"]))
        {
            AttributeChange.ForgetOldReference(parts, attribute, null);
        }

        RemoveEmpty(parts, sub.Name);
        RemoveEmpty(container, attribute.Name);
        return error;
    }

    /// <summary>An extension as a whole is changed attribute by attribute; what of it is read-only stays.</summary>
    private ScimError? ChangeExtension(ScimSchema extension, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove || Quirks.Unassigns(value))
        {
            if (desired[extension.Id] is JsonObject container)
            {
                foreach (var attribute in extension.Attributes)
                {
                    _ = attribute.Mutability != Mutability.ReadOnly && container.Remove(attribute.Name);
                }

                RemoveEmpty(desired, extension.Id);
            }

            return null;
        }

        return value is JsonObject ? ApplyMembers(verb, new JsonObject { [extension.Id] = value.DeepClone() }) : ScimError.InvalidValue($"\"{extension.Id}\" has to be an object.");
    }

    private JsonObject? ContainerOf(ScimSchema? extension) => extension is null ? desired : desired[extension.Id] as JsonObject;

    private static void RemoveEmpty(JsonObject container, string? name)
    {
        if (name is not null && container[name] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
        {
            container.Remove(name);
        }
    }

    private static ScimError ReadOnly(AttributeReference reference) => ScimError.Mutability($"\"{reference}\" is the hub's own and cannot be changed.");
}
