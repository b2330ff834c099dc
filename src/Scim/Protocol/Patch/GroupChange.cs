using System.Collections.Immutable;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>What a PATCH asks of a group, in order. All of it happens or none.</summary>
/// <param name="Steps">None where there is nothing to do.</param>
internal sealed record GroupChange(ImmutableArray<GroupStep> Steps);

/// <summary>One thing that the database can do with a group whose members are not loaded.</summary>
internal abstract record GroupStep
{
    private GroupStep()
    {
    }

    /// <param name="Ids">Ids of Users, each once, one at least; who is in the group already stays in it.</param>
    public sealed record AddMembers(ImmutableArray<string> Ids) : GroupStep;

    /// <param name="Ids">Each once, one at least; who is not in the group is passed over.</param>
    public sealed record RemoveMembers(ImmutableArray<string> Ids) : GroupStep;

    public sealed record RemoveAllMembers : GroupStep;

    /// <param name="Ids">Each once, one at least: these and no others.</param>
    public sealed record ReplaceMembers(ImmutableArray<string> Ids) : GroupStep;

    public sealed record SetDisplayName(string Text) : GroupStep;

    /// <param name="Text">Null clears it.</param>
    public sealed record SetExternalId(string? Text) : GroupStep;
}
