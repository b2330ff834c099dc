using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>Members of a group: ids of Users, each once, in the order in which they were named.</summary>
internal sealed record GroupMembers(ImmutableArray<string> Ids)
{
    public static readonly ScimAttribute Attribute = GroupSchema.Group.Core.Find("members")!;

    /// <summary>Reads members from a value, in POST, PUT and PATCH alike.</summary>
    /// <param name="value">An array, or one: objects with a <c>value</c>, or ids alone. Null for none.</param>
    /// <returns><c>invalidValue</c> for a member without an id and for a group as a member.</returns>
    public static Outcome<GroupMembers> Read(JsonNode? value)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var error = value is JsonArray array ? AddEach(array, ids, seen) : Add(value, ids, seen);
        return error is not null ? error : new GroupMembers(ids.DrainToImmutable());
    }

    /// <summary>Reads members from the filter in <c>members[…]</c>.</summary>
    /// <returns><c>invalidFilter</c> for anything but <c>value eq "id"</c> and several of these joined by <c>or</c>: the others would need the members loaded.</returns>
    public static Outcome<GroupMembers> Select(FilterNode filter)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        ReadOnlySpan<FilterNode> terms = filter is FilterNode.Or or ? or.Operands.AsSpan() : [filter];
        foreach (var term in terms)
        {
            if (term is not FilterNode.Comparison { Operator: ComparisonOperator.Equal, Literal: FilterLiteral.Text id } equal || equal.Attribute.Sub is not { Name: "value" })
            {
                return ScimError.InvalidFilter("Members are selected by their id: members[value eq \"id\"], and several of these joined by or. Instead, \"value\" may list the members.");
            }

            if (seen.Add(id.Value))
            {
                ids.Add(id.Value);
            }
        }

        return new GroupMembers(ids.DrainToImmutable());
    }

    private static ScimError? AddEach(JsonArray array, ImmutableArray<string>.Builder ids, HashSet<string> seen)
    {
        foreach (var one in array)
        {
            if (Add(one, ids, seen) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static ScimError? Add(JsonNode? given, ImmutableArray<string>.Builder ids, HashSet<string> seen)
    {
        if (Quirks.Unassigns(given))
        {
            return null;
        }

        if (ResourceReader.TryReadOne(Attribute, null, given!, out var read) is { } error)
        {
            return error;
        }

        var member = read as JsonObject;
        if (IsGroup(member))
        {
            return ScimError.InvalidValue("Members of a group have to be Users: a group in a group is not supported.");
        }

        if (member?["value"]?.GetValue<string>() is not { } id)
        {
            return ScimError.InvalidValue("Every element of \"members\" needs \"value\": the id of a User.");
        }

        if (seen.Add(id))
        {
            ids.Add(id);
        }

        return null;
    }

    private static bool IsGroup(JsonObject? member) =>
        (member?["type"]?.GetValue<string>() ?? "").Equals("Group", StringComparison.OrdinalIgnoreCase)
        || (member?["$ref"]?.GetValue<string>() ?? "").Contains("/Groups/", StringComparison.OrdinalIgnoreCase);
}
