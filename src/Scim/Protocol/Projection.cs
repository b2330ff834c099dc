using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol;

/// <summary>Which attributes of a resource an answer holds (RFC 7644 §3.9, RFC 7643 §7 "returned").</summary>
internal sealed class Projection
{
    /// <summary>By schema, the attributes that may have to go although nothing was asked.</summary>
    private static readonly ConditionalWeakTable<ScimSchema, string[]> Hidden = [];

    /// <summary>What was named, by the attribute or (whole) extension itself: null for all of it, otherwise its named sub-attributes.</summary>
    private readonly Dictionary<object, HashSet<ScimAttribute>?> _named = new(ReferenceEqualityComparer.Instance);
    private readonly ResourceType _type;
    private readonly Asked _asked;

    private Projection(ResourceType type, Asked asked) => (_type, _asked) = (type, asked);

    private enum Asked
    {
        Nothing,
        Attributes,
        ExcludedAttributes,
    }

    /// <summary>Whether nothing was asked: everything is returned but what is returned never or on request only.</summary>
    public bool IsDefault => _asked is Asked.Nothing;

    /// <summary>The projection of a request that asks nothing.</summary>
    public static Projection Default(ResourceType type) => new(type, Asked.Nothing);

    /// <summary>Reads the parameters of a query.</summary>
    /// <param name="type">Whose attributes may be named.</param>
    /// <param name="attributes">Names parted by commas, each with the URI of its schema or without, or the URI of a schema alone for all of it. Blank is nothing.</param>
    /// <param name="excludedAttributes">Likewise.</param>
    /// <returns>invalidValue when both are given. Unknown names are left aside; when nothing else was asked, <c>attributes</c> gives what is always returned.</returns>
    public static Outcome<Projection> Parse(ResourceType type, string? attributes, string? excludedAttributes) => Parse(type, Split(attributes), Split(excludedAttributes));

    /// <summary>Reads the lists of a SearchRequest (RFC 7644 §3.4.3).</summary>
    public static Outcome<Projection> Parse(ResourceType type, IReadOnlyList<string> attributes, IReadOnlyList<string> excludedAttributes)
    {
        if (attributes.Count > 0 && excludedAttributes.Count > 0)
        {
            return ScimError.InvalidValue("attributes and excludedAttributes cannot stand together.");
        }

        var projection = new Projection(type, attributes.Count > 0 ? Asked.Attributes : excludedAttributes.Count > 0 ? Asked.ExcludedAttributes : Asked.Nothing);
        foreach (var name in attributes.Count > 0 ? attributes : excludedAttributes)
        {
            if (type.Resolve(name.Trim()) is { } reference)
            {
                projection.Name(reference);
            }
            else if (name.Trim().Equals(type.Core.Id, StringComparison.OrdinalIgnoreCase))
            {
                foreach (var attribute in type.Core.Attributes)
                {
                    projection.Name(new(null, attribute, null));
                }
            }
        }

        return projection;
    }

    /// <summary>Whether an answer may hold anything of the attribute, so that it is worth loading.</summary>
    public bool Includes(AttributeReference reference)
    {
        if (reference.Attribute is not { } attribute)
        {
            return _asked is Asked.Nothing || (_asked is Asked.Attributes
                ? _named.ContainsKey(reference.Extension!) || reference.Extension!.Attributes.Any(part => Keeps(reference.Extension, part))
                : !IsNamedWhole(reference.Extension!));
        }

        return Keeps(reference.Extension, attribute) && (reference.Sub is null || KeepsSub(reference.Extension, attribute, reference.Sub));
    }

    /// <summary>As <see cref="Includes"/>, by name; false of an unknown one.</summary>
    public bool Wants(string name) => _type.Resolve(name) is { } reference && Includes(reference);

    /// <summary>Leaves of a resource what is asked.</summary>
    /// <param name="full">In canonical form; not changed.</param>
    /// <returns>A copy; the very object where nothing has to go from it, so do not change what comes back.</returns>
    public JsonObject Apply(JsonObject full)
    {
        if (IsDefault && !HoldsHidden(full))
        {
            return full;
        }

        var kept = new JsonObject();
        foreach (var (name, node) in full)
        {
            if (node is null)
            {
                continue;
            }

            if (_type.FindTop(name) is { } attribute)
            {
                Add(kept, name, Part(null, attribute, node));
            }
            else if (_type.FindExtension(name) is { } extension && node is JsonObject values)
            {
                Add(kept, name, Part(extension, values));
            }
        }

        return kept;
    }

    private void Name(AttributeReference reference)
    {
        var key = (object?)reference.Attribute ?? reference.Extension!;
        if (reference.Sub is null)
        {
            _named[key] = null;
        }
        else if (!_named.TryGetValue(key, out var subs))
        {
            _named[key] = new(ReferenceEqualityComparer.Instance) { reference.Sub };
        }
        else
        {
            subs?.Add(reference.Sub);
        }
    }

    private bool IsNamedWhole(object key) => _named.TryGetValue(key, out var subs) && subs is null;

    /// <summary>Whether any of the attribute stays.</summary>
    private bool Keeps(ScimSchema? extension, ScimAttribute attribute) => attribute.Returned switch
    {
        Returned.Always => true,
        Returned.Never => false,
        Returned.Request => _asked is Asked.Attributes && _named.ContainsKey(attribute),
        _ => _asked switch
        {
            Asked.Attributes => _named.ContainsKey(attribute) || (extension is not null && _named.ContainsKey(extension)),
            Asked.ExcludedAttributes => !IsNamedWhole(attribute) && !(extension is not null && _named.ContainsKey(extension)),
            _ => true,
        },
    };

    /// <summary>Whether a sub-attribute stays of an attribute that does.</summary>
    private bool KeepsSub(ScimSchema? extension, ScimAttribute attribute, ScimAttribute sub)
    {
        var named = _named.TryGetValue(attribute, out var subs) && subs is not null && subs.Contains(sub);
        return sub.Returned switch
        {
            Returned.Always => true,
            Returned.Never => false,
            Returned.Request => _asked is Asked.Attributes && named,
            _ => _asked switch
            {
                Asked.Attributes => named || IsNamedWhole(attribute) || attribute.Returned is Returned.Always || (extension is not null && _named.ContainsKey(extension)),
                Asked.ExcludedAttributes => !named,
                _ => true,
            },
        };
    }

    private JsonObject? Part(ScimSchema extension, JsonObject values)
    {
        var kept = new JsonObject();
        foreach (var (name, node) in values)
        {
            if (node is not null && extension.Find(name) is { } attribute)
            {
                Add(kept, name, Part(extension, attribute, node));
            }
        }

        return kept.Count == 0 ? null : kept;
    }

    private JsonNode? Part(ScimSchema? extension, ScimAttribute attribute, JsonNode node)
    {
        if (!Keeps(extension, attribute))
        {
            return null;
        }

        if (attribute.SubAttributes.All(sub => KeepsSub(extension, attribute, sub)))
        {
            return node.DeepClone();
        }

        if (node is not JsonArray values)
        {
            return node is JsonObject complex ? Value(extension, attribute, complex) : node.DeepClone();
        }

        var kept = new JsonArray([.. values.OfType<JsonObject>().Select(value => Value(extension, attribute, value)).Where(value => value is not null)]);
        return kept.Count == 0 ? null : kept;
    }

    private JsonObject? Value(ScimSchema? extension, ScimAttribute attribute, JsonObject complex)
    {
        var kept = new JsonObject();
        foreach (var (name, node) in complex)
        {
            if (node is not null && attribute.Sub(name) is { } sub && KeepsSub(extension, attribute, sub))
            {
                kept.Add(name, node.DeepClone());
            }
        }

        return kept.Count == 0 ? null : kept;
    }

    private bool HoldsHidden(JsonObject full)
    {
        if (HoldsHidden(full, _type.Core))
        {
            return true;
        }

        foreach (var extension in _type.Extensions)
        {
            if (full[extension.Id] is JsonObject part && HoldsHidden(part, extension))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsHidden(JsonObject values, ScimSchema schema)
    {
        foreach (var name in Hidden.GetValue(schema, HiddenOf))
        {
            if (values.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] HiddenOf(ScimSchema schema) => [.. schema.Attributes.Where(attribute => IsHidden(attribute) || attribute.SubAttributes.Any(IsHidden)).Select(attribute => attribute.Name)];

    private static bool IsHidden(ScimAttribute attribute) => attribute.Returned is Returned.Never or Returned.Request;

    private static void Add(JsonObject to, string name, JsonNode? node)
    {
        if (node is not null)
        {
            to.Add(name, node);
        }
    }

    private static string[] Split(string? names) => names?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
