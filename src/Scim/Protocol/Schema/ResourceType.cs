using System.Collections.Immutable;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>A kind of resource (RFC 7643 §6): its endpoint, its core schema and its extensions.</summary>
/// <param name="Name">As <c>meta.resourceType</c> says it.</param>
/// <param name="Endpoint">Below the base address, with a leading slash.</param>
/// <param name="Description">For people.</param>
/// <param name="Core">The core schema, whose attributes stand at the top.</param>
/// <param name="Extensions">Each stands under its URI. None is required.</param>
internal sealed record ResourceType(string Name, string Endpoint, string Description, ScimSchema Core, ImmutableArray<ScimSchema> Extensions)
{
    /// <returns>A core or common attribute of this name in any case (RFC 7643 §3.1), or null.</returns>
    public ScimAttribute? FindTop(string name) => Core.Find(name) ?? CommonAttributes.Find(name);

    /// <returns>The extension of this URI in any case, or null.</returns>
    public ScimSchema? FindExtension(string uri)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Id.Equals(uri, StringComparison.OrdinalIgnoreCase))
            {
                return extension;
            }
        }

        return null;
    }

    /// <summary>Finds what an attribute reference names (RFC 7644 §3.10): <c>userName</c>, <c>name.familyName</c>, either with the URI of its schema and a colon before it, or the URI of an extension alone.</summary>
    /// <param name="text">The reference, in any case, without a value filter.</param>
    /// <returns>Null when the schemas know nothing of that name.</returns>
    public AttributeReference? Resolve(string text)
    {
        if (!text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
        {
            return Within(null, text);
        }

        if (StartsWith(text, Core.Id))
        {
            return text.Length == Core.Id.Length ? null : Within(null, text[(Core.Id.Length + 1)..]);
        }

        foreach (var extension in Extensions)
        {
            if (StartsWith(text, extension.Id))
            {
                return text.Length == extension.Id.Length
                    ? new AttributeReference(extension, null, null)
                    : Within(extension, text[(extension.Id.Length + 1)..]);
            }
        }

        return null;
    }

    /// <summary>A colon ends the URI; some clients write a dot there, which is taken for one.</summary>
    private static bool StartsWith(string text, string uri) =>
        text.StartsWith(uri, StringComparison.OrdinalIgnoreCase) && (text.Length == uri.Length || (text[uri.Length] is ':' or '.' && text.Length > uri.Length + 1));

    private AttributeReference? Within(ScimSchema? extension, string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? name : name[..dot];
        var attribute = extension is null ? FindTop(first) : extension.Find(first);
        if (attribute is null)
        {
            return null;
        }

        if (dot < 0)
        {
            return new(extension, attribute, null);
        }

        return attribute.Sub(name[(dot + 1)..]) is { } sub ? new(extension, attribute, sub) : null;
    }
}

/// <summary>What an attribute reference names.</summary>
/// <param name="Extension">The extension that it stands in; null at the top.</param>
/// <param name="Attribute">Null when the reference is an extension as a whole.</param>
/// <param name="Sub">The sub-attribute, where one is named.</param>
internal sealed record AttributeReference(ScimSchema? Extension, ScimAttribute? Attribute, ScimAttribute? Sub)
{
    /// <summary>The attribute that values are compared by: of a complex attribute named alone, its <c>value</c> where it has one.</summary>
    public ScimAttribute? Leaf => Sub ?? Attribute;

    /// <summary>The one spelling of this reference.</summary>
    public override string ToString() =>
        (Extension is null ? "" : Extension.Id + (Attribute is null ? "" : ":")) + Attribute?.Name + (Sub is null ? "" : "." + Sub.Name);
}
