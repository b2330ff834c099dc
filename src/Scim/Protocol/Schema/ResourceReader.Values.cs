using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>Reads values by what the schema says of the attribute (RFC 7643 §2.3).</summary>
internal static partial class ResourceReader
{
    /// <summary>The most elements of a multi-valued attribute, except a group's members.</summary>
    public const int MaxElements = 200;

    /// <summary>Reads the value of an attribute.</summary>
    /// <param name="attribute">The attribute, or the sub-attribute.</param>
    /// <param name="parent">The attribute that a sub-attribute belongs to.</param>
    /// <param name="given">Left as it is.</param>
    /// <param name="value">A new node in canonical form; an array for a multi-valued attribute. Null when the attribute is to be unassigned.</param>
    /// <returns>Null, or <c>invalidValue</c> naming the attribute.</returns>
    public static ScimError? TryRead(ScimAttribute attribute, ScimAttribute? parent, JsonNode? given, out JsonNode? value)
    {
        value = null;
        if (Quirks.Unassigns(given))
        {
            return null;
        }

        return attribute.MultiValued ? TryReadElements(attribute, parent, given!, out value) : TryReadOne(attribute, parent, given!, out value);
    }

    /// <summary>Whether an attribute may have more than <see cref="MaxElements"/> elements: only a group's members, whose <c>value</c> is immutable.</summary>
    public static bool IsUnbounded(ScimAttribute attribute) => attribute.Sub("value") is { Mutability: Mutability.Immutable };

    public static ScimError TooManyElements(ScimAttribute attribute) => ScimError.InvalidValue($"\"{attribute.Name}\" may have at most {MaxElements} values.");

    /// <returns>The name of an attribute as errors say it.</returns>
    public static string NameOf(ScimAttribute attribute, ScimAttribute? parent) => parent is null ? attribute.Name : parent.Name + "." + attribute.Name;

    private static ScimError? TryReadElements(ScimAttribute attribute, ScimAttribute? parent, JsonNode given, out JsonNode? value)
    {
        value = null;
        var elements = new JsonArray();
        if (given is not JsonArray array)
        {
            array = [];
            if (TryAddElement(elements, attribute, parent, given) is { } error)
            {
                return error;
            }
        }

        if (array.Count > MaxElements && !IsUnbounded(attribute))
        {
            return TooManyElements(attribute);
        }

        foreach (var element in array)
        {
            if (TryAddElement(elements, attribute, parent, element) is { } error)
            {
                return error;
            }
        }

        value = elements.Count == 0 ? null : elements;
        return TwoPrimaries(attribute, elements);
    }

    private static ScimError? TryAddElement(JsonArray elements, ScimAttribute attribute, ScimAttribute? parent, JsonNode? given)
    {
        if (Quirks.Unassigns(given))
        {
            return null;
        }

        if (TryReadOne(attribute, parent, given!, out var element) is { } error)
        {
            return error;
        }

        if (element is JsonObject complex)
        {
            if (Quirks.OnlyLabels(complex))
            {
                return null;
            }

            if (MissingIn(attribute, complex) is { } missing)
            {
                return missing;
            }
        }

        // Of a group's members, whoever stores them sees who is there twice.
        if (element is not null && (elements.Count > MaxElements || !Contains(elements, element)))
        {
            elements.Add(element);
        }

        return null;
    }

    /// <returns><c>invalidValue</c> when a sub-attribute that every element has to have is not there.</returns>
    public static ScimError? MissingIn(ScimAttribute attribute, JsonObject element)
    {
        foreach (var sub in attribute.SubAttributes)
        {
            if (sub.Required && !element.ContainsKey(sub.Name))
            {
                return ScimError.InvalidValue($"Every element of \"{attribute.Name}\" needs \"{sub.Name}\".");
            }
        }

        return null;
    }

    private static bool Contains(JsonArray elements, JsonNode element)
    {
        foreach (var other in elements)
        {
            if (JsonNode.DeepEquals(other, element))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 7643 §2.4: <c>primary</c> is true of one element at most.</summary>
    private static ScimError? TwoPrimaries(ScimAttribute attribute, JsonArray elements)
    {
        var primaries = 0;
        foreach (var element in elements)
        {
            primaries += element is JsonObject complex && complex["primary"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True ? 1 : 0;
        }

        return primaries > 1 ? ScimError.InvalidValue($"\"primary\" may be true of one element of \"{attribute.Name}\" only.") : null;
    }

    /// <summary>Reads one value of an attribute, also of a multi-valued one.</summary>
    /// <inheritdoc cref="TryRead"/>
    public static ScimError? TryReadOne(ScimAttribute attribute, ScimAttribute? parent, JsonNode given, out JsonNode? value)
    {
        value = null;
        if (attribute.Type == AttributeType.Complex)
        {
            return TryReadComplex(attribute, parent, given, out value);
        }

        value = given is JsonValue simple ? Simple(attribute, parent, simple) : null;
        return value is null ? WrongType(attribute, parent) : null;
    }

    private static ScimError? TryReadComplex(ScimAttribute attribute, ScimAttribute? parent, JsonNode given, out JsonNode? value)
    {
        value = null;
        if (AsObject(attribute, given) is not { } parts)
        {
            return WrongType(attribute, parent);
        }

        var read = new JsonObject();
        foreach (var (name, part) in parts)
        {
            if (attribute.Sub(name) is not { Mutability: not Mutability.ReadOnly } sub)
            {
                continue;
            }

            if (TryRead(sub, attribute, part, out var canonical) is { } error)
            {
                return error;
            }

            if (canonical is not null)
            {
                read[sub.Name] = canonical;
            }
        }

        value = read.Count == 0 ? null : read;
        return null;
    }

    /// <returns>The object that is given for a complex attribute, also where a string stands for it. Null when neither.</returns>
    public static JsonObject? AsObject(ScimAttribute attribute, JsonNode given) =>
        given as JsonObject ?? (given is JsonValue bare && bare.TryGetValue(out string? text) && text.Length > 0 ? Quirks.BareValue(attribute, text) : null);

    private static JsonValue? Simple(ScimAttribute attribute, ScimAttribute? parent, JsonValue given) => attribute.Type switch
    {
        AttributeType.Boolean => given.TryGetValue(out bool flag) ? JsonValue.Create(flag)
            : given.TryGetValue(out string? text) && Quirks.BooleanText(text) is { } quoted ? JsonValue.Create(quoted) : null,
        AttributeType.Integer => given.GetValueKind() == JsonValueKind.Number && long.TryParse(given.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole) : null,
        AttributeType.Decimal => given.GetValueKind() == JsonValueKind.Number && decimal.TryParse(given.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null,
        _ => given.TryGetValue(out string? text) && text.Length > 0 && text.Length <= attribute.MaxLength && IsWellFormed(attribute.Type, text)
            ? JsonValue.Create(parent is { MultiValued: true } && attribute.Name == "value" ? Quirks.ValueInText(text) : text)
            : null,
    };

    /// <summary>RFC 7643 §2.3.5 to §2.3.7. References are not looked into: clients send addresses without a scheme.</summary>
    private static bool IsWellFormed(AttributeType type, string text) => type switch
    {
        AttributeType.DateTime => text.Length > 10 && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        AttributeType.Binary => Base64.IsValid(text) || Base64Url.IsValid(text),
        _ => true,
    };

    private static ScimError WrongType(ScimAttribute attribute, ScimAttribute? parent) => ScimError.InvalidValue(attribute.Type switch
    {
        AttributeType.Boolean => $"\"{NameOf(attribute, parent)}\" has to be true or false.",
        AttributeType.Integer => $"\"{NameOf(attribute, parent)}\" has to be a whole number.",
        AttributeType.Decimal => $"\"{NameOf(attribute, parent)}\" has to be a number.",
        AttributeType.DateTime => $"\"{NameOf(attribute, parent)}\" has to be a date and time as in 2026-01-31T08:15:00Z.",
        AttributeType.Binary => $"\"{NameOf(attribute, parent)}\" has to be base64 in a string of at most {attribute.MaxLength} characters.",
        AttributeType.Complex => $"\"{NameOf(attribute, parent)}\" has to be an object.",
        _ => $"\"{NameOf(attribute, parent)}\" has to be a string of at most {attribute.MaxLength} characters.",
    });
}
