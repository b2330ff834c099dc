using static IdentityHub.Scim.Protocol.Schema.Attributes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>What the discovery endpoints answer is made of: RFC 7643 §5, §6, §7, §8.7.2, RFC 9865 §4 and draft-ietf-scim-roles-entitlements-01. All of it read-only.</summary>
internal static class DiscoverySchemas
{
    public const string ConfigId = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    public const string ResourceTypeId = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
    public const string SchemaId = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    private static readonly string[] Types = ["string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary"];

    public static readonly ScimSchema Config = new(ConfigId, "Service Provider Configuration", "What this service provider can do.",
    [
        ReadOnly(Reference("documentationUri", "Where it is described.", "external")),
        Section("patch", "PATCH."),
        Section("bulk", "Bulk.", Must(Number("maxOperations", "How many operations a request may have.")), Must(Number("maxPayloadSize", "How many bytes a request may have."))),
        Section("filter", "Filters.", Must(Number("maxResults", "How many resources a page has at most."))),
        Section("changePassword", "Setting passwords."),
        Section("sort", "Sorting."),
        Section("etag", "Entity-tags."),
        Parts("authenticationSchemes", "How a client proves itself.",
            Must(Text("type", "The kind.")) with { CanonicalValues = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"] },
            Must(Text("name", "Its name for people.")),
            Must(Text("description", "What it is.")),
            ReadOnly(Reference("specUri", "The specification.", "external")),
            ReadOnly(Reference("documentationUri", "Where it is described.", "external")),
            ReadOnly(Flag("primary", "Whether it is the preferred one."))) with { MultiValued = true, Required = true },
        Parts("pagination", "Pages (RFC 9865).",
            Must(Flag("cursor", "Whether lists are paged by cursor.")),
            Must(Flag("index", "Whether lists are paged by index.")),
            ReadOnly(Text("defaultPaginationMethod", "What is used when a request asks for neither.")) with { CanonicalValues = ["cursor", "index"] },
            ReadOnly(Number("defaultPageSize", "How many resources a page has when a request does not say.")),
            ReadOnly(Number("maxPageSize", "How many resources a page has at most.")),
            ReadOnly(Number("cursorTimeout", "For how many seconds a cursor is good."))),
        Parts("RolesAndEntitlements", "What of roles and entitlements can be discovered.", Offers("roles", "multipleRolesSupported"), Offers("entitlements", "multipleEntitlementsSupported")),
    ]);

    public static readonly ScimSchema ResourceTypes = new(ResourceTypeId, "Resource Type", "A kind of resource that there is here.",
    [
        ReadOnly(Text("id", "The same as the name.")),
        Must(Text("name", "Its name.")) with { CaseExact = true, Uniqueness = Uniqueness.Server },
        ReadOnly(Text("description", "What it is, for people.")),
        Must(Reference("endpoint", "Where its resources are, below the base address.", "uri")) with { Uniqueness = Uniqueness.Server },
        Must(Reference("schema", "The URI of its core schema.", "uri")) with { CaseExact = true },
        Parts("schemaExtensions", "Its extensions.",
            Must(Reference("schema", "The URI of the extension.", "uri")) with { CaseExact = true },
            Must(Flag("required", "Whether every resource must have it."))) with { MultiValued = true, Required = true },
    ]);

    public static readonly ScimSchema Schema = new(SchemaId, "Schema", "What the resources of a kind are made of.",
    [
        Must(Text("id", "The schema's URI.")),
        Must(Text("name", "Its name for people.")),
        ReadOnly(Text("description", "What it is, for people.")),
        Parts("attributes", "Its attributes.",
            [.. Characteristics(), Parts("subAttributes", "The attributes within a complex one.", Characteristics()) with { MultiValued = true }]) with { MultiValued = true, Required = true },
    ]);

    private static ScimAttribute[] Characteristics() =>
    [
        Must(Text("name", "Its name.")) with { CaseExact = true },
        Must(Text("type", "Its type.")) with { CanonicalValues = [.. Types] },
        Must(Flag("multiValued", "Whether it can have several values.")),
        ReadOnly(Text("description", "What it is, for people.")) with { CaseExact = true },
        ReadOnly(Flag("required", "Whether a resource must have it.")),
        ReadOnly(Text("canonicalValues", "Values that are suggested.")) with { MultiValued = true, CaseExact = true },
        ReadOnly(Flag("caseExact", "Whether case counts.")),
        ReadOnly(Text("mutability", "Who can change it, and when.")) with { CaseExact = true, CanonicalValues = ["readOnly", "readWrite", "immutable", "writeOnly"] },
        ReadOnly(Text("returned", "When it is returned.")) with { CaseExact = true, CanonicalValues = ["always", "never", "default", "request"] },
        ReadOnly(Text("uniqueness", "Where no other resource has the same value.")) with { CaseExact = true, CanonicalValues = ["none", "server", "global"] },
        ReadOnly(Text("referenceTypes", "What a reference can point to.")) with { MultiValued = true, CaseExact = true },
    ];

    private static ScimAttribute Must(ScimAttribute attribute) => ReadOnly(attribute) with { Required = true };

    private static ScimAttribute Parts(string name, string description, params ScimAttribute[] parts) => ReadOnly(Complex(name, description, parts));

    private static ScimAttribute Section(string name, string description, params ScimAttribute[] more) =>
        Parts(name, description, [Must(Flag("supported", "Whether there is such a thing here.")), .. more]) with { Required = true };

    /// <summary>The draft puts complex parts into a complex attribute, as RFC 7643 §7 itself does with subAttributes.</summary>
    private static ScimAttribute Offers(string name, string several) => Parts(name, $"Of {name}.",
        Must(Flag("supported", "Whether they can be read.")),
        ReadOnly(Flag(several, "Whether a User can have several.")),
        ReadOnly(Flag("primarySupported", "Whether one of a User's can be marked as primary.")),
        ReadOnly(Flag("typeSupported", "Whether a User's have a type.")),
        ReadOnly(Text("types", "The types that there are.")) with { MultiValued = true });
}
