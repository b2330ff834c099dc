using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What the path of a PATCH operation names (RFC 7644 §3.5.2, figure 7).</summary>
/// <param name="Target">The attribute, or sub-attribute; an extension as a whole has no <see cref="AttributeReference.Attribute"/>. With a value filter: the attribute before the brackets.</param>
/// <param name="ValueFilter">Selects among the target's values; for <see cref="FilterEvaluator.MatchesElement"/>. Its references are the target with a sub-attribute, or the target itself where its values are simple.</param>
/// <param name="SubOfFiltered">The sub-attribute behind the brackets.</param>
internal sealed record PatchPath(AttributeReference Target, FilterNode? ValueFilter, ScimAttribute? SubOfFiltered);

/// <summary>Reads the paths of PATCH operations, with the filter's lexer and parser.</summary>
internal static class PatchPathParser
{
    /// <param name="type">Whose attributes it may name.</param>
    /// <param name="path">As the client sent it: <c>name.familyName</c>, <c>emails[type eq "work"].value</c>, each with the URI of its schema or without.</param>
    /// <param name="options">Limits and tolerances.</param>
    /// <returns>invalidPath when it is no path or names nothing in the schemas; invalidFilter when what stands in the brackets is no filter.</returns>
    public static Outcome<PatchPath> Parse(ResourceType type, string path, FilterOptions options)
    {
        if (path.Length > options.MaxLength)
        {
            return ScimError.InvalidPath($"The path is longer than {options.MaxLength} characters.");
        }

        var lexer = new FilterLexer(path);
        var name = lexer.Next();
        if (name.Kind is not FilterTokenKind.Word)
        {
            return ScimError.InvalidPath("The path does not begin with the name of an attribute.");
        }

        if (type.Resolve(name.Value) is not { } target)
        {
            return ScimError.InvalidPath($"{type.Name} has no attribute {FilterParser.Clip(name.Value)}.");
        }

        return lexer.Next().Kind switch
        {
            FilterTokenKind.End => new PatchPath(target, null, null),
            FilterTokenKind.OpenBracket => Filtered(lexer, type, target, options),
            _ => ScimError.InvalidPath($"After {target} the path goes on with what is neither brackets nor a sub-attribute."),
        };
    }

    private static Outcome<PatchPath> Filtered(FilterLexer lexer, ResourceType type, AttributeReference target, FilterOptions options)
    {
        if (target.Leaf is not { MultiValued: true })
        {
            return ScimError.InvalidPath($"{target} is not multi-valued: a filter cannot follow it.");
        }

        var filter = FilterParser.Selection(lexer, type, target, options);
        if (filter.Failed)
        {
            return filter.Error;
        }

        var rest = lexer.Next();
        return rest.Kind switch
        {
            FilterTokenKind.End => new PatchPath(target, filter.Value, null),
            FilterTokenKind.Word when rest.Value[0] == '.' && target.Sub is null && target.Attribute?.Sub(rest.Value[1..]) is { } sub && lexer.Next().Kind is FilterTokenKind.End =>
                new PatchPath(target, filter.Value, sub),
            _ => ScimError.InvalidPath($"After the brackets of {target} comes one of its sub-attributes or nothing."),
        };
    }
}
