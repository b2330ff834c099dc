namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>The words in which the schema tables are written.</summary>
internal static class Attributes
{
    public static ScimAttribute Text(string name, string description) => new(name, AttributeType.String, description);

    public static ScimAttribute Flag(string name, string description) => new(name, AttributeType.Boolean, description);

    public static ScimAttribute Number(string name, string description) => new(name, AttributeType.Integer, description);

    public static ScimAttribute Moment(string name, string description) => new(name, AttributeType.DateTime, description);

    public static ScimAttribute Reference(string name, string description, params string[] types) =>
        new(name, AttributeType.Reference, description) { ReferenceTypes = [.. types] };

    public static ScimAttribute Complex(string name, string description, params ScimAttribute[] parts) =>
        new(name, AttributeType.Complex, description) { SubAttributes = [.. parts] };

    public static ScimAttribute ReadOnly(ScimAttribute attribute) => attribute with { Mutability = Mutability.ReadOnly };

    /// <summary>A multi-valued attribute with the default sub-attributes (RFC 7643 §2.4): value, display, type, primary.</summary>
    public static ScimAttribute Plural(string name, string description, ScimAttribute value, params string[] types) => Complex(
        name, description, value,
        Text("display", "A name for people, of this value."),
        Text("type", "What the value is for.") with { CanonicalValues = [.. types] },
        Flag("primary", "Whether this is the preferred value; true of one at most.")) with { MultiValued = true };
}
