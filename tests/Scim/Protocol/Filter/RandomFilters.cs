using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

/// <summary>Filters and Users made of so few names and values that they often meet.</summary>
internal static class RandomFilters
{
    private const string Account = UserSchemas.AccountId;
    private static readonly string[] Texts = ["", "a", "A", "ab", "b", "B", "ba", "é\"\\\n", "É\"\\\n", "😀"];
    private static readonly string[] Moments = ["2011-05-13T04:42:34Z", "2011-05-13T06:42:34+02:00", "2011-05-13T04:42:34.5Z", "2011-05-13T04:42:34.50", "2012-02-29T23:59:60Z"];
    private static readonly string[] Tops = ["userName", "title", "externalId", "id", "active", "emails.value", "emails.type", "emails.primary", "groups.value", "name.familyName", "meta.created", "schemas", Account + ":seats", Account + ":twoFactor.methods", Account + ":twoFactor.required", Account + ":role"];
    private static readonly string[] Wholes = ["emails", "groups", "name", "meta", Account, Account + ":twoFactor"];
    private static readonly (string Brackets, string[] Parts)[] Selections =
    [
        ("emails", ["value", "type", "primary"]), ("groups", ["value"]), ("name", ["familyName", "givenName"]), ("schemas", ["value"]), (Account + ":seats", ["value"]), (Account + ":twoFactor.methods", ["value"]), (Account + ":twoFactor", ["required", "methods"]),
    ];

    public static readonly Arbitrary<FilterNode> Filters = Gen.Choose(0, 4).SelectMany(depth => Tree(Leaf(), depth)).ToArbitrary();

    /// <summary>Of what indexes know, most of it; so that plans have much to say.</summary>
    public static readonly Arbitrary<FilterNode> Indexed = Gen.Choose(0, 3).SelectMany(depth => Tree(IndexedLeaf(), depth)).ToArbitrary();

    public static readonly Arbitrary<JsonObject> Users = User().ToArbitrary();

    private static Gen<FilterNode> Leaf() => Gen.OneOf(
        Gen.Elements(Tops).Select(name => UserSchemas.User.Resolve(name)!).SelectMany(Compared),
        Gen.Elements(Tops.Concat(Wholes).ToArray()).Select(name => (FilterNode)new FilterNode.Present(UserSchemas.User.Resolve(name)!)),
        from selection in Gen.Elements(Selections)
        let brackets = UserSchemas.User.Resolve(selection.Brackets)!
        let part = Gen.Elements(selection.Parts).Select(name => FilterParser.Within(brackets, name)!)
        from depth in Gen.Choose(0, 2)
        from filter in Tree(Gen.OneOf(part.SelectMany(Compared), part.Select(reference => (FilterNode)new FilterNode.Present(reference))), depth)
        select (FilterNode)new FilterNode.ValuePath(brackets, filter));

    private static Gen<FilterNode> IndexedLeaf() => Gen.OneOf(
        Gen.Elements("userName", "id", "externalId", "emails.value", "groups.value").Select(name => UserSchemas.User.Resolve(name)!).SelectMany(LookedUp),
        Gen.Elements("active", "meta.created").Select(name => UserSchemas.User.Resolve(name)!).SelectMany(Compared),
        from name in Gen.Elements("emails", "groups")
        let brackets = UserSchemas.User.Resolve(name)!
        from depth in Gen.Choose(1, 2)
        from filter in Tree(LookedUp(FilterParser.Within(brackets, "value")!), depth)
        select (FilterNode)new FilterNode.ValuePath(brackets, filter));

    private static Gen<FilterNode> LookedUp(AttributeReference reference) =>
        Compared(reference, [ComparisonOperator.Equal, ComparisonOperator.StartsWith], Gen.Elements(Texts).Select(text => (FilterLiteral)new FilterLiteral.Text(text)));

    private static Gen<FilterNode> Tree(Gen<FilterNode> leaf, int depth) => depth == 0 ? leaf : Gen.OneOf(
        leaf,
        Tree(leaf, depth - 1).Select(operand => (FilterNode)new FilterNode.Not(operand)),
        Row(leaf, depth).Select(row => FilterNode.All(row)),
        Row(leaf, depth).Select(row => FilterNode.Any(row)));

    private static Gen<FilterNode[]> Row(Gen<FilterNode> leaf, int depth) => Gen.Choose(2, 3).SelectMany(count => Tree(leaf, depth - 1).ArrayOf(count));

    private static Gen<FilterNode> Compared(AttributeReference reference) => reference.Leaf!.Type switch
    {
        AttributeType.Boolean => Compared(reference, [ComparisonOperator.Equal, ComparisonOperator.NotEqual], Gen.Elements(true, false).Select(flag => (FilterLiteral)new FilterLiteral.Flag(flag))),
        AttributeType.DateTime => Compared(reference,
            [ComparisonOperator.Equal, ComparisonOperator.NotEqual, ComparisonOperator.Greater, ComparisonOperator.GreaterOrEqual, ComparisonOperator.Less, ComparisonOperator.LessOrEqual],
            Gen.Elements(Moments).Select(text => (FilterLiteral)new FilterLiteral.Moment(ScimMoment.Parse(text)!.Value))),
        _ => Compared(reference, Enum.GetValues<ComparisonOperator>(), Gen.Elements(Texts).Select(text => (FilterLiteral)new FilterLiteral.Text(text))),
    };

    private static Gen<FilterNode> Compared(AttributeReference reference, ComparisonOperator[] operators, Gen<FilterLiteral> literals) =>
        from operation in Gen.Elements(operators)
        from literal in literals
        select (FilterNode)new FilterNode.Comparison(reference, operation, literal);

    private static Gen<JsonObject> User() =>
        from id in Text()
        from userName in Text()
        from externalId in Maybe(Text())
        from title in Maybe(Text())
        from active in Maybe(Flag())
        from family in Maybe(Text())
        from given in Maybe(Text())
        from emails in Many(from value in Maybe(Text()) from type in Maybe(Text()) from primary in Maybe(Flag()) select (JsonNode?)Complex(("value", value), ("type", type), ("primary", primary)))
        from groups in Many(Text().Select(value => (JsonNode?)Complex(("value", value))))
        from schemas in Many(Text())
        from created in Maybe(Gen.Elements(Moments).Select(text => (JsonNode?)text))
        from seats in Many(Text())
        from methods in Many(Text())
        from required in Maybe(Flag())
        from role in Maybe(Text())
        select Complex(
            ("schemas", schemas), ("id", id), ("externalId", externalId), ("userName", userName), ("title", title), ("active", active), ("emails", emails), ("groups", groups),
            ("name", Complex(("familyName", family), ("givenName", given))), ("meta", Complex(("created", created))),
            (Account, Complex(("seats", seats), ("role", role), ("twoFactor", Complex(("required", required), ("methods", methods)))))) ?? [];

    private static Gen<JsonNode?> Text() => Gen.Elements(Texts).Select(text => (JsonNode?)text);

    private static Gen<JsonNode?> Flag() => Gen.Elements(true, false).Select(flag => (JsonNode?)flag);

    private static Gen<JsonNode?> Maybe(Gen<JsonNode?> value) => Gen.Choose(0, 2).SelectMany(some => some == 0 ? Gen.Constant((JsonNode?)null) : value);

    private static Gen<JsonNode?> Many(Gen<JsonNode?> value) => Gen.Choose(0, 3).SelectMany(count => value.ArrayOf(count))
        .Select(values => values.Where(v => v is not null).ToArray()).Select(values => values.Length == 0 ? null : (JsonNode?)new JsonArray([.. values.Select(v => v!.DeepClone())]));

    private static JsonObject? Complex(params (string Name, JsonNode? Value)[] parts)
    {
        var complex = new JsonObject();
        foreach (var (name, value) in parts.Where(part => part.Value is not null))
        {
            complex.Add(name, value!.DeepClone());
        }

        return complex.Count == 0 ? null : complex;
    }
}
