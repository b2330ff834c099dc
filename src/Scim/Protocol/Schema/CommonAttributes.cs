using System.Collections.Immutable;
using static IdentityHub.Scim.Protocol.Schema.Attributes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>What every resource has (RFC 7643 §3, §3.1).</summary>
internal static class CommonAttributes
{
    public static readonly ScimAttribute Schemas = Reference("schemas", "The URIs of the schemas that the resource's attributes come from.", "uri") with
    {
        MultiValued = true, Returned = Returned.Always, CaseExact = true,
    };

    public static readonly ScimAttribute Id = Text("id", "The hub's own identifier of the resource: opaque, stable, never reused.") with
    {
        CaseExact = true, Mutability = Mutability.ReadOnly, Returned = Returned.Always, Uniqueness = Uniqueness.Server,
    };

    public static readonly ScimAttribute ExternalId = Text("externalId", "The provisioning client's own identifier of the resource.") with { CaseExact = true };

    public static readonly ScimAttribute Meta = Complex(
        "meta", "What the hub knows of the resource itself.",
        ReadOnly(Text("resourceType", "The name of the resource type.")) with { CaseExact = true },
        ReadOnly(Moment("created", "When it was added.")),
        ReadOnly(Moment("lastModified", "When it was last changed.")),
        ReadOnly(Reference("location", "Its address.", "uri")) with { CaseExact = true },
        ReadOnly(Text("version", "Its entity-tag.")) with { CaseExact = true }) with { Mutability = Mutability.ReadOnly };

    private static readonly ImmutableArray<ScimAttribute> All = [Schemas, Id, ExternalId, Meta];

    public static ScimAttribute? Find(string name)
    {
        foreach (var attribute in All)
        {
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return attribute;
            }
        }

        return null;
    }
}
