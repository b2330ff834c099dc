using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Discovery;

/// <summary>A schema as /Schemas shows it (RFC 7643 §7). Every characteristic is said, none is null.</summary>
internal static class SchemaDocument
{
    public static VersionedResource Of(ScimSchema schema, string baseAddress) => VersionedResource.Of(
        new()
        {
            ["schemas"] = new JsonArray(DiscoverySchemas.SchemaId),
            ["id"] = schema.Id,
            ["name"] = schema.Name,
            ["description"] = schema.Description,
            ["attributes"] = List(schema.Attributes),
        },
        "Schema", $"{baseAddress}/Schemas/{schema.Id}");

    private static JsonArray List(ImmutableArray<ScimAttribute> attributes) => new([.. attributes.Select(Describe)]);

    private static JsonObject Describe(ScimAttribute attribute)
    {
        var shown = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = Keyword(attribute.Type),
            ["multiValued"] = attribute.MultiValued,
            ["description"] = attribute.Description,
            ["required"] = attribute.Required,
            ["caseExact"] = attribute.CaseExact,
            ["mutability"] = Keyword(attribute.Mutability),
            ["returned"] = Keyword(attribute.Returned),
            ["uniqueness"] = Keyword(attribute.Uniqueness),
        };
        AddTexts(shown, "canonicalValues", attribute.CanonicalValues);
        AddTexts(shown, "referenceTypes", attribute.ReferenceTypes);
        if (!attribute.SubAttributes.IsEmpty)
        {
            shown["subAttributes"] = List(attribute.SubAttributes);
        }

        return shown;
    }

    private static void AddTexts(JsonObject shown, string name, ImmutableArray<string> texts)
    {
        if (!texts.IsEmpty)
        {
            shown[name] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]);
        }
    }

    /// <summary>The keywords of RFC 7643 are our names in camel case.</summary>
    private static string Keyword<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
