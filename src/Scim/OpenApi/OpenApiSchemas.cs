using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.OpenApi;

/// <summary>The resources as JSON Schema, from the tables of the SCIM schemas: what /Schemas says, in the words of OpenAPI 3.1.</summary>
internal static class OpenApiSchemas
{
    /// <summary>The discovery endpoints' own kinds, which are no resource types but are answered like them.</summary>
    private static readonly ScimSchema[] Discovered = [DiscoverySchemas.Config, DiscoverySchemas.ResourceTypes, DiscoverySchemas.Schema];

    public static string NameOf(ScimSchema schema) => string.Concat(schema.Name.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    public static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };

    /// <summary>Adds every resource type, every extension and a list of each.</summary>
    public static void AddTo(JsonObject schemas)
    {
        foreach (var type in DiscoveryAnswers.Types)
        {
            schemas[NameOf(type.Core)] = Resource(type.Core, type.Extensions);
            foreach (var extension in type.Extensions)
            {
                schemas[NameOf(extension)] = Object(extension.Attributes, extension.Description);
            }

            AddList(schemas, type.Core);
        }

        foreach (var schema in Discovered)
        {
            schemas[NameOf(schema)] = Resource(schema, []);
            AddList(schemas, schema);
        }

        // The table ends where RFC 7643 §8.7.2 ends it; what is shown goes one deeper, in the schema of schemas and in our own configuration's.
        var deepest = schemas["Schema"]!["properties"]!["attributes"]!["items"]!["properties"]!["subAttributes"]!["items"]!["properties"]!;
        deepest["subAttributes"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } };
    }

    private static void AddList(JsonObject schemas, ScimSchema of) => schemas[NameOf(of) + "List"] = new JsonObject
    {
        ["allOf"] = new JsonArray(Reference("ListResponse")),
        ["properties"] = new JsonObject { ["Resources"] = new JsonObject { ["type"] = "array", ["items"] = Reference(NameOf(of)) } },
    };

    private static JsonObject Resource(ScimSchema core, ImmutableArray<ScimSchema> extensions)
    {
        var written = core.Attributes.Any(attribute => attribute.Mutability != Mutability.ReadOnly);
        var attributes = ImmutableArray.CreateBuilder<ScimAttribute>();
        attributes.Add(CommonAttributes.Schemas);
        if (core.Find("id") is null && core != DiscoverySchemas.Config)
        {
            attributes.Add(CommonAttributes.Id);
        }

        if (written)
        {
            attributes.Add(CommonAttributes.ExternalId);
        }

        attributes.AddRange(core.Attributes);
        attributes.Add(CommonAttributes.Meta);
        var resource = Object(attributes.ToImmutable(), core.Description);
        foreach (var extension in extensions)
        {
            resource["properties"]![extension.Id] = Reference(NameOf(extension));
        }

        return resource;
    }

    private static JsonObject Object(ImmutableArray<ScimAttribute> attributes, string description)
    {
        var properties = new JsonObject();
        foreach (var attribute in attributes)
        {
            properties[attribute.Name] = Property(attribute);
        }

        var schema = new JsonObject { ["type"] = "object", ["description"] = description, ["properties"] = properties };
        var required = new JsonArray([.. attributes.Where(attribute => attribute.Required).Select(attribute => JsonValue.Create(attribute.Name))]);
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }

    private static JsonObject Property(ScimAttribute attribute)
    {
        var value = Value(attribute);
        var property = attribute.MultiValued ? new JsonObject { ["type"] = "array", ["description"] = attribute.Description, ["items"] = value } : value;
        property["description"] = attribute.Description;
        if (attribute.Mutability == Mutability.ReadOnly)
        {
            property["readOnly"] = true;
        }
        else if (attribute.Mutability == Mutability.WriteOnly)
        {
            property["writeOnly"] = true;
        }

        return property;
    }

    /// <summary>Canonical values are suggestions (RFC 7643 §7), so examples and no enum.</summary>
    private static JsonObject Value(ScimAttribute attribute)
    {
        var value = attribute.Type switch
        {
            AttributeType.Complex => Object(attribute.SubAttributes, attribute.Description),
            AttributeType.Boolean => new() { ["type"] = "boolean" },
            AttributeType.Integer => new() { ["type"] = "integer" },
            AttributeType.Decimal => new() { ["type"] = "number" },
            AttributeType.DateTime => new() { ["type"] = "string", ["format"] = "date-time" },
            AttributeType.Reference => new() { ["type"] = "string", ["format"] = "uri-reference" },
            AttributeType.Binary => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
            _ => new JsonObject { ["type"] = "string" },
        };
        if (!attribute.CanonicalValues.IsEmpty)
        {
            value["examples"] = new JsonArray([.. attribute.CanonicalValues.Select(canonical => JsonValue.Create(canonical))]);
        }

        return value;
    }
}
