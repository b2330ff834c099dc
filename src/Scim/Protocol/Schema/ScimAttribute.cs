using System.Collections.Immutable;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>RFC 7643 §2.3.</summary>
internal enum AttributeType
{
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
}

/// <summary>RFC 7643 §2.2, §7.</summary>
internal enum Mutability
{
    ReadWrite,
    ReadOnly,
    Immutable,
    WriteOnly,
}

/// <summary>RFC 7643 §7.</summary>
internal enum Returned
{
    Default,
    Always,
    Never,
    Request,
}

/// <summary>RFC 7643 §7.</summary>
internal enum Uniqueness
{
    None,
    Server,
    Global,
}

/// <summary>An attribute as the schema declares it (RFC 7643 §7). Parsing, validation, PATCH, filter, projection and discovery all read this and nothing else.</summary>
/// <param name="Name">As it is written; compared without case.</param>
/// <param name="Type">Its type.</param>
/// <param name="Description">For people who read the schema.</param>
internal sealed record ScimAttribute(string Name, AttributeType Type, string Description)
{
    public bool MultiValued { get; init; }
    public bool Required { get; init; }

    /// <summary>Whether values are compared by case. Booleans, numbers and moments have none.</summary>
    public bool CaseExact { get; init; }

    public Mutability Mutability { get; init; }
    public Returned Returned { get; init; }
    public Uniqueness Uniqueness { get; init; }

    /// <summary>The most characters of a text. Certificates and pictures that stand in an address themselves have more.</summary>
    public int MaxLength { get; init; } = 8 * 1024;

    /// <summary>Suggestions, never a fence: RFC 7643 §7 lets a client send others.</summary>
    public ImmutableArray<string> CanonicalValues { get; init; } = [];

    /// <summary>What a reference may point to: resource types, <c>uri</c>, <c>external</c>.</summary>
    public ImmutableArray<string> ReferenceTypes { get; init; } = [];

    /// <summary>Of a complex attribute.</summary>
    public ImmutableArray<ScimAttribute> SubAttributes { get; init; } = [];

    /// <returns>The sub-attribute of this name in any case, or null.</returns>
    public ScimAttribute? Sub(string name)
    {
        foreach (var sub in SubAttributes)
        {
            if (sub.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return sub;
            }
        }

        return null;
    }
}

/// <summary>A schema: a URI and its attributes (RFC 7643 §7).</summary>
internal sealed record ScimSchema(string Id, string Name, string Description, ImmutableArray<ScimAttribute> Attributes)
{
    /// <returns>The attribute of this name in any case, or null.</returns>
    public ScimAttribute? Find(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return attribute;
            }
        }

        return null;
    }
}
