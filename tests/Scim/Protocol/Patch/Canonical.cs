using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>What canonical form is, said a second time: names as the schemas spell them, arrays where several values may be, nothing empty, one primary at most.</summary>
internal static class Canonical
{
    public static void Check(ResourceType type, JsonObject resource)
    {
        foreach (var (name, value) in resource)
        {
            if (type.Extensions.FirstOrDefault(e => e.Id == name) is { } extension)
            {
                CheckParts(extension.Attributes, Assert.IsType<JsonObject>(value));
            }
            else
            {
                CheckOne(name, type.FindTop(name), value);
            }
        }
    }

    private static void CheckParts(ImmutableArray<ScimAttribute> attributes, JsonObject parts)
    {
        Assert.NotEmpty(parts);
        foreach (var (name, value) in parts)
        {
            CheckOne(name, attributes.FirstOrDefault(a => a.Name == name), value);
        }
    }

    private static void CheckOne(string name, ScimAttribute? attribute, JsonNode? value)
    {
        Assert.NotNull(attribute);
        Assert.Equal(attribute.Name, name);
        Assert.NotNull(value);
        if (!attribute.MultiValued)
        {
            CheckValue(attribute, value);
            return;
        }

        var elements = Assert.IsType<JsonArray>(value);
        Assert.NotEmpty(elements);
        Assert.All(elements, e => CheckValue(attribute, e!));
        Assert.True(elements.Count(e => e is JsonObject o && o["primary"]?.GetValueKind() == JsonValueKind.True) <= 1, $"{name} has several primaries");
    }

    private static void CheckValue(ScimAttribute attribute, JsonNode value)
    {
        if (attribute.Type == AttributeType.Complex)
        {
            CheckParts(attribute.SubAttributes, Assert.IsType<JsonObject>(value));
        }
        else if (attribute.Type == AttributeType.Boolean)
        {
            Assert.True(value.GetValueKind() is JsonValueKind.True or JsonValueKind.False, attribute.Name);
        }
        else
        {
            Assert.Equal(JsonValueKind.String, value.GetValueKind());
            Assert.NotEqual("", value.GetValue<string>());
        }
    }
}
