using System.Collections.Immutable;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Patch;
using Directory = IdentityHub.Domain.Accounts.Groups;

namespace IdentityHub.Scim.Groups;

/// <summary>Takes the steps of a change of a group in the caller's transaction, in their order.</summary>
internal sealed class GroupSteps(HubTransaction transaction, ScimCall call, Group group)
{
    private string displayName = group.DisplayName;
    private string? externalId = group.ExternalId;

    public async Task<ScimError?> RunAsync(GroupChange change)
    {
        foreach (var step in change.Steps)
        {
            if (await RunAsync(step) is { } error)
            {
                return error;
            }
        }

        return displayName == group.DisplayName && externalId == group.ExternalId
            ? null
            : GroupOperations.Explain(await Directory.PutAsync(transaction, call.AccountId, group.Id, displayName, externalId), displayName);
    }

    private async Task<ScimError?> RunAsync(GroupStep step)
    {
        switch (step)
        {
            case GroupStep.SetDisplayName name:
                displayName = name.Text;
                return null;
            case GroupStep.SetExternalId external:
                externalId = external.Text;
                return null;
            case GroupStep.AddMembers add:
                return await AddAsync(transaction, call, group.Id, add.Ids);
            case GroupStep.RemoveMembers remove:
                await Directory.RemoveMembersAsync(transaction, call.AccountId, group.Id, remove.Ids);
                return null;
            case GroupStep.RemoveAllMembers:
                await Directory.RemoveAllMembersAsync(transaction, call.AccountId, group.Id);
                return null;
            case GroupStep.ReplaceMembers replace:
                var wanted = replace.Ids.ToHashSet(StringComparer.Ordinal);
                var gone = GroupDirectory.Members(transaction, group.Id).Select(member => member.Id).Where(id => !wanted.Contains(id)).ToList();
                await Directory.RemoveMembersAsync(transaction, call.AccountId, group.Id, gone);
                return await AddAsync(transaction, call, group.Id, replace.Ids);
            default:
                throw new InvalidOperationException("The steps are closed.");
        }
    }

    /// <summary>Adds members. One whom the account does not know is refused, or dropped where the account says so.</summary>
    public static async Task<ScimError?> AddAsync(HubTransaction transaction, ScimCall call, string groupId, ImmutableArray<string> members)
    {
        if (members.IsEmpty)
        {
            return null;
        }

        var (_, unknown) = await Directory.AddMembersAsync(transaction, call.AccountId, groupId, members);
        return unknown.Count == 0 || call.Settings.AcceptUnknownReferences
            ? null
            : ScimError.InvalidValue($"\"{unknown[0]}\" is no User of this account" + (unknown.Count == 1 ? "." : $", nor are {unknown.Count - 1} others."));
    }
}
