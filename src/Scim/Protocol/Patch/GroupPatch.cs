using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>
/// PATCH of a group (RFC 7644 §3.5.2) without its members, who may be 100,000: the operations become steps that the database takes.
/// The meaning is that of <see cref="PatchApplier"/>; what only the members themselves could tell is refused.
/// </summary>
internal sealed class GroupPatch
{
    private readonly ImmutableArray<GroupStep>.Builder steps = ImmutableArray.CreateBuilder<GroupStep>();
    private readonly string id;
    private readonly FilterOptions options;

    private GroupPatch(string id, FilterOptions options)
    {
        this.id = id;
        this.options = options;
    }

    /// <summary>Makes of a PATCH what is to be done. Pure.</summary>
    /// <param name="request">The operations.</param>
    /// <param name="id">The group's own, which clients send back.</param>
    /// <param name="options">The limits and tolerances of filters in paths.</param>
    /// <returns>
    /// The steps; or the first error: <c>invalidPath</c>, <c>invalidFilter</c> where members are selected by anything but their id, <c>mutability</c> where a member would be
    /// turned into another or the name removed, <c>invalidValue</c> for groups in the group and for values of a wrong type.
    /// </returns>
    public static Outcome<GroupChange> Compile(PatchRequest request, string id, FilterOptions options)
    {
        var patch = new GroupPatch(id, options);
        foreach (var operation in request.Operations)
        {
            if (patch.Apply(operation) is { } error)
            {
                return error;
            }
        }

        return new GroupChange(Joined(WithoutMoot(patch.steps)));
    }

    /// <summary>Whoever was added and removed before the members are replaced as a whole need not be: each replacement has the whole group read, and only the last one counts.</summary>
    private static ImmutableArray<GroupStep>.Builder WithoutMoot(ImmutableArray<GroupStep>.Builder steps)
    {
        var last = steps.Count - 1;
        while (last >= 0 && steps[last] is not (GroupStep.ReplaceMembers or GroupStep.RemoveAllMembers))
        {
            last--;
        }

        for (var i = last - 1; i >= 0; i--)
        {
            if (steps[i] is not (GroupStep.SetDisplayName or GroupStep.SetExternalId))
            {
                steps.RemoveAt(i);
            }
        }

        return steps;
    }

    /// <summary>Additions one after the other are one step, and so are removals: Entra sends an operation for each member.</summary>
    private static ImmutableArray<GroupStep> Joined(ImmutableArray<GroupStep>.Builder steps)
    {
        var joined = ImmutableArray.CreateBuilder<GroupStep>(steps.Count);
        for (var i = 0; i < steps.Count;)
        {
            var first = i++;
            while (i < steps.Count && steps[i].GetType() == steps[first].GetType() && IdsOf(steps[first]) is not null)
            {
                i++;
            }

            joined.Add(i - first == 1 ? steps[first] : Join(steps, first, i));
        }

        return joined.DrainToImmutable();
    }

    private static GroupStep Join(ImmutableArray<GroupStep>.Builder steps, int first, int end)
    {
        var ids = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        for (var i = first; i < end; i++)
        {
            foreach (var id in IdsOf(steps[i])!.Value)
            {
                ids.TryAdd(id, true);
            }
        }

        return steps[first] is GroupStep.AddMembers ? new GroupStep.AddMembers([.. ids.Keys]) : new GroupStep.RemoveMembers([.. ids.Keys]);
    }

    private static ImmutableArray<string>? IdsOf(GroupStep step) => step switch
    {
        GroupStep.AddMembers add => add.Ids,
        GroupStep.RemoveMembers remove => remove.Ids,
        _ => null,
    };

    private ScimError? Apply(PatchOperation operation)
    {
        if (operation.Path is null)
        {
            return ApplyMembers(operation.Verb, operation.Value!.AsObject());
        }

        var path = PatchPathParser.Parse(GroupSchema.Group, operation.Path, options);
        return path.Failed ? path.Error : Change(path.Value, operation.Verb, operation.Value);
    }

    private ScimError? ApplyMembers(PatchVerb verb, JsonObject given)
    {
        foreach (var (reference, value) in ResourceMembers.Of(GroupSchema.Group, given))
        {
            var echoed = reference.Attribute!.Mutability == Mutability.ReadOnly && Quirks.EchoesReadOnly(reference.Attribute, value, id);
            if (!echoed && Change(new PatchPath(reference, null, null), verb, value) is { } error)
            {
                return error;
            }
        }

        foreach (var (name, value) in given)
        {
            if (Quirks.PathAsName(GroupSchema.Group, name, options) is { } path && Change(path, verb, value) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private ScimError? Change(PatchPath path, PatchVerb verb, JsonNode? value)
    {
        var attribute = path.Target.Attribute!;
        return attribute.Name switch
        {
            "displayName" => SetDisplayName(attribute, verb, value),
            "externalId" => SetExternalId(attribute, verb, value),
            "members" => ChangeMembers(path, verb, value),
            "schemas" when verb != PatchVerb.Remove => null,
            _ => ScimError.Mutability($"\"{path.Target}\" is the hub's own and cannot be changed."),
        };
    }

    private ScimError? SetDisplayName(ScimAttribute attribute, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove)
        {
            return ScimError.Mutability("\"displayName\" is required and cannot be removed.");
        }

        if (ResourceReader.TryRead(attribute, null, Quirks.Unwrap(attribute, value), out var read) is { } error)
        {
            return error;
        }

        if (read is null)
        {
            return ScimError.InvalidValue("\"displayName\" is required and cannot be empty.");
        }

        steps.Add(new GroupStep.SetDisplayName(read.GetValue<string>()));
        return null;
    }

    private ScimError? SetExternalId(ScimAttribute attribute, PatchVerb verb, JsonNode? value)
    {
        JsonNode? read = null;
        if (verb != PatchVerb.Remove && ResourceReader.TryRead(attribute, null, Quirks.Unwrap(attribute, value), out read) is { } error)
        {
            return error;
        }

        steps.Add(new GroupStep.SetExternalId(read?.GetValue<string>()));
        return null;
    }

    private ScimError? ChangeMembers(PatchPath path, PatchVerb verb, JsonNode? value)
    {
        if (path.ValueFilter is { } filter)
        {
            return ChangeSelected(filter, path.SubOfFiltered, verb, value);
        }

        if (path.Target.Sub is { } sub && (sub.Name != "value" || Quirks.Unassigns(value)))
        {
            return CannotChange(sub);
        }

        if (verb == PatchVerb.Remove && Quirks.RemovesOnly(value) is null)
        {
            steps.Add(new GroupStep.RemoveAllMembers());
            return null;
        }

        var members = GroupMembers.Read(value);
        if (members.Failed)
        {
            return members.Error;
        }

        Add(verb, members.Value.Ids);
        return null;
    }

    /// <summary>Adding and replacing by filter makes sure that the selected are members; it cannot make others of them.</summary>
    private ScimError? ChangeSelected(FilterNode filter, ScimAttribute? sub, PatchVerb verb, JsonNode? value)
    {
        var selected = GroupMembers.Select(filter);
        if (selected.Failed)
        {
            return selected.Error;
        }

        var removes = verb == PatchVerb.Remove || (sub is null && Quirks.Unassigns(value));
        if (sub is not null && !(sub.Name == "value" && (removes || !Quirks.Unassigns(value))))
        {
            return CannotChange(sub);
        }

        if (!removes)
        {
            var named = GroupMembers.Read(value);
            if (named.Failed)
            {
                return named.Error;
            }

            if (selected.Value.Ids.Length != 1 || named.Value.Ids is not [var one] || one != selected.Value.Ids[0])
            {
                return ScimError.Mutability("A member cannot be turned into another. Remove the one and add the other.");
            }
        }

        Add(removes ? PatchVerb.Remove : PatchVerb.Add, selected.Value.Ids);
        return null;
    }

    private static ScimError CannotChange(ScimAttribute sub) => ScimError.Mutability($"\"members.{sub.Name}\" cannot be changed. Remove the member and add another.");

    private void Add(PatchVerb verb, ImmutableArray<string> ids)
    {
        if (verb == PatchVerb.Replace)
        {
            steps.Add(ids.IsEmpty ? new GroupStep.RemoveAllMembers() : new GroupStep.ReplaceMembers(ids));
        }
        else if (!ids.IsEmpty)
        {
            steps.Add(verb == PatchVerb.Add ? new GroupStep.AddMembers(ids) : new GroupStep.RemoveMembers(ids));
        }
    }
}
