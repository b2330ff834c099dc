using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol;

/// <summary>Every tolerance for what clients really send, by name: what it takes, who sends it, an example. What is not here is read as the RFCs say it.</summary>
internal static class Quirks
{
    /// <summary>
    /// Nothing, said in a way of one's own. <c>null</c> and <c>[]</c> are RFC 7643 §2.5; the empty string is Entra's, to clear a manager or a title:
    /// <c>{"op":"Replace","path":"title","value":""}</c>.
    /// </summary>
    public static bool Unassigns(JsonNode? value) =>
        value is null or JsonArray { Count: 0 } || (value is JsonValue && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0);

    /// <summary>Booleans in quotes, in any case: Entra without its flag sends <c>{"op":"Replace","path":"active","value":"False"}</c> and <c>"primary":"True"</c>.</summary>
    /// <returns>Null when the text is no boolean either.</returns>
    public static bool? BooleanText(string text) => FilterQuirks.FlagInQuotes(text);

    /// <summary>
    /// A string where an object belongs. It is the object's <c>value</c> (Entra: <c>"…:enterprise:2.0:User:manager","value":"&lt;id&gt;"</c>; others: <c>"emails":["a@x"]</c>),
    /// or the object itself as JSON text (Entra's AssertiveAppRoleAssignmentsComplex: <c>"{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"Admin\"}"</c>).
    /// </summary>
    /// <returns>Null when the attribute has no <c>value</c>, so that a string cannot stand for it.</returns>
    public static JsonObject? BareValue(ScimAttribute attribute, string text)
    {
        if (attribute.Sub("value") is null)
        {
            return null;
        }

        var asObject = text[0] == '{' ? ScimJson.Read(Encoding.UTF8.GetBytes(text)).Value : null;
        return asObject ?? new JsonObject { ["value"] = text };
    }

    /// <summary>
    /// The object as JSON text one level further in: Entra sends mapped app roles as <c>"roles","value":[{"value":"{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"Admin\"}"}]</c>.
    /// Of the sub-attribute <c>value</c> only.
    /// </summary>
    /// <returns>The <c>value</c> within; the text itself where it is no such object, or says nothing.</returns>
    public static string ValueInText(string text) =>
        text[0] == '{' && ScimJson.Read(Encoding.UTF8.GetBytes(text)).Value is { } within && within["value"] is JsonValue value && value.TryGetValue(out string? inner) && inner.Length > 0 ? inner : text;

    /// <summary>
    /// A single value in an array, and within it in an object: Entra with its downgrade flag AzureAdScimPatch2017 sends
    /// <c>{"op":"Replace","path":"displayName","value":[{"$ref":null,"value":"New name"}]}</c>. Read so in PATCH only.
    /// </summary>
    /// <returns>The value within; what was given where it is not of this form.</returns>
    public static JsonNode? Unwrap(ScimAttribute single, JsonNode? given)
    {
        var inner = given is JsonArray { Count: 1 } array ? array[0] : given;
        return single.Type != AttributeType.Complex && !ReferenceEquals(inner, given) && inner is JsonObject element && Member(element, "value", out var value) ? value : inner;
    }

    /// <summary>
    /// An element of nothing but labels, <c>{"type":"work","primary":true}</c>, says nothing and is left out. Okta and Entra send it for people without a mailbox:
    /// <c>"emails":[{"primary":true,"value":null,"type":"work"}]</c>; and removing <c>emails[type eq "work"].value</c> leaves it behind.
    /// </summary>
    public static bool OnlyLabels(JsonObject element)
    {
        foreach (var (name, _) in element)
        {
            if (name is not ("type" or "primary"))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A PATCH body without <c>schemas</c>, as templates that customers edit send it (OneLogin, scripts): what it is, is clear from the address. Other messages are refused.</summary>
    /// <param name="urns">Null when there are none.</param>
    /// <param name="patchOp">The URI of the message.</param>
    public static bool AcceptsAsPatch(JsonNode? urns, string patchOp) => urns is null || ListsUrn(urns, patchOp);

    /// <summary>URIs of schemas are compared without case, and one alone may stand without its array.</summary>
    public static bool ListsUrn(JsonNode? urns, string urn)
    {
        if (urns is not JsonArray array)
        {
            return IsText(urns, urn);
        }

        foreach (var one in array)
        {
            if (IsText(one, urn))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Read-only attributes among others in the value of a PATCH without path are passed over, because clients send back what they read. Okta:
    /// <c>{"op":"replace","value":{"id":"{same}","displayName":"Test SCIMv2"}}</c>. Another <c>id</c> is meant, and refused.
    /// </summary>
    public static bool EchoesReadOnly(ScimAttribute attribute, JsonNode? given, JsonNode? current) =>
        attribute.Mutability == Mutability.ReadOnly && (!ReferenceEquals(attribute, CommonAttributes.Id) || current is null || JsonNode.DeepEquals(given, current));

    /// <summary>
    /// What a filter that selects nothing would have selected: Entra sends no <c>add</c> for the element itself, only
    /// <c>{"op":"Replace","path":"addresses[type eq \"work\"].locality","value":"Berlin"}</c>, and expects it to be there afterwards.
    /// </summary>
    /// <param name="attribute">A multi-valued attribute.</param>
    /// <param name="filter">Null for a path without filter (<c>emails.value</c>), which creates an element of nothing else.</param>
    /// <returns>The element that meets the filter; null when the filter is not <c>eq</c>, or several joined by <c>and</c>, and so does not say what to create.</returns>
    public static JsonNode? ElementFor(ScimAttribute attribute, FilterNode? filter)
    {
        ReadOnlySpan<FilterNode> terms = filter is FilterNode.And and ? and.Operands.AsSpan() : filter is null ? [] : [filter];
        var element = new JsonObject();
        foreach (var term in terms)
        {
            if (term is not FilterNode.Comparison { Operator: ComparisonOperator.Equal } equal || Literal(equal.Literal) is not { } value)
            {
                return null;
            }

            if (attribute.Type != AttributeType.Complex)
            {
                return terms.Length == 1 ? value : null;
            }

            if (!element.TryAdd(equal.Attribute.Sub!.Name, value))
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>
    /// Removing with a value removes only what the value names, though RFC 7644 §3.5.2.2 knows no value there. Entra, of groups:
    /// <c>{"op":"Remove","path":"members","value":[{"$ref":null,"value":"&lt;id&gt;"}]}</c>. Who follows only the path empties the group.
    /// </summary>
    /// <returns>What to remove, none where the array is empty; null when no value is given, and so everything goes.</returns>
    public static JsonArray? RemovesOnly(JsonNode? value) => value switch
    {
        JsonArray several => several,
        _ when Unassigns(value) => null,
        _ => [value!.DeepClone()],
    };

    /// <summary>
    /// Removing what an element cannot be without removes the element: <c>{"op":"remove","path":"members[value eq \"u1\"].value"}</c>. Only where a filter says which;
    /// <c>members.value</c> would be everyone.
    /// </summary>
    public static bool RemovesElement(ScimAttribute sub, FilterNode? filter) => sub.Required && filter is not null;

    /// <summary>
    /// Paths with a filter as names in the value of a PATCH without path, as attribute mappings of Entra end up in it:
    /// <c>{"op":"replace","value":{"emails[type eq \"work\"].value":"a@x"}}</c>.
    /// </summary>
    /// <returns>Null for every other name, and for what is no path: unknown names are passed over.</returns>
    public static PatchPath? PathAsName(ResourceType type, string name, FilterOptions options) =>
        name.Contains('[', StringComparison.Ordinal) ? PatchPathParser.Parse(type, name, options).Value : null;

    /// <summary>Members of messages are found in any case: <c>operations</c>, <c>Op</c>, <c>Path</c>.</summary>
    public static bool Member(JsonObject message, string name, out JsonNode? value)
    {
        if (message.TryGetPropertyValue(name, out value))
        {
            return true;
        }

        foreach (var (given, node) in message)
        {
            if (given.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = node;
                return true;
            }
        }

        return false;
    }

    private static JsonValue? Literal(FilterLiteral literal) => literal switch
    {
        FilterLiteral.Text { Value.Length: > 0 } text => JsonValue.Create(text.Value),
        FilterLiteral.Flag flag => JsonValue.Create(flag.Value),
        FilterLiteral.Number number => JsonValue.Create(number.Value),
        _ => null,
    };

    private static bool IsText(JsonNode? node, string text) =>
        node is JsonValue value && value.TryGetValue(out string? given) && given.Equals(text, StringComparison.OrdinalIgnoreCase);
}
