using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>Making, renaming and filling the groups of an account.</summary>
public static class Groups
{
    /// <remarks>Not INSERT … SELECT with the question whether the member is the account's: for one that could write several rows SQLite keeps a journal of its own, and
    /// goes through all of it at each of ten thousand members.</remarks>
    private static readonly Statement AddOne = new(
        """INSERT INTO "GroupMembers" ("GroupId", "MembershipId") VALUES (@group, @member) ON CONFLICT DO NOTHING""", "@group", "@member");

    private static readonly Statement IsMemberOfAccount = new(
        """SELECT 1 FROM "Memberships" WHERE "Id" = @member AND "AccountId" = @account""", "@member", "@account");

    private static readonly Statement RemoveOne = new("""DELETE FROM "GroupMembers" WHERE "GroupId" = @group AND "MembershipId" = @member""", "@group", "@member");

    private static readonly Statement RemoveEveryone = new("""DELETE FROM "GroupMembers" WHERE "GroupId" = @group""", "@group");

    private static readonly Statement Touch = new(
        """UPDATE "Groups" SET "Version" = "Version" + 1, "UpdatedAt" = @now WHERE "Id" = @group""", "@group", "@now");

    public enum PutResult
    {
        Changed,
        Unchanged,
        NoSuchGroup,

        /// <summary>Another group of the account has the name, in whatever spelling. Nothing was changed.</summary>
        NameTaken,

        /// <summary>Empty, too long, or with characters that no name has.</summary>
        NameInvalid,
    }

    /// <summary>Makes an empty group.</summary>
    /// <returns>The group, or why there is none.</returns>
    public static async Task<(Group? Group, PutResult Result)> CreateAsync(HubTransaction transaction, string accountId, string displayName, string? externalId)
    {
        if (CanonicalName.Of(displayName) is not { } key)
        {
            return (null, PutResult.NameInvalid);
        }

        if (await transaction.Db.Groups.AnyAsync(row => row.AccountId == accountId && row.DisplayNameKey == key))
        {
            return (null, PutResult.NameTaken);
        }

        var group = new Group
        {
            Id = RandomId.New(), AccountId = accountId, DisplayName = displayName.Trim(), DisplayNameKey = key, ExternalId = externalId,
            CreatedAt = transaction.Now, UpdatedAt = transaction.Now,
        };
        transaction.Db.Groups.Add(group);
        await transaction.AuditAsync("group.created", accountId, details: new { group = group.Id });
        return (group, PutResult.Changed);
    }

    /// <summary>Gives a group this name and this external id.</summary>
    public static async Task<PutResult> PutAsync(HubTransaction transaction, string accountId, string groupId, string displayName, string? externalId)
    {
        if (await FindAsync(transaction, accountId, groupId) is not { } group)
        {
            return PutResult.NoSuchGroup;
        }

        if (CanonicalName.Of(displayName) is not { } key)
        {
            return PutResult.NameInvalid;
        }

        if (group.DisplayName == displayName && group.ExternalId == externalId)
        {
            return PutResult.Unchanged;
        }

        if (await transaction.Db.Groups.AnyAsync(row => row.AccountId == accountId && row.DisplayNameKey == key && row.Id != groupId))
        {
            return PutResult.NameTaken;
        }

        group.DisplayName = displayName.Trim();
        group.DisplayNameKey = key;
        group.ExternalId = externalId;
        group.Version++;
        group.UpdatedAt = transaction.Now;
        await transaction.AuditAsync("group.changed", accountId, details: new { group = groupId });
        return PutResult.Changed;
    }

    /// <summary>Adds members; who is in already stays. Costs the same in a group of a hundred thousand as in one of ten.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="accountId">The group's account.</param>
    /// <param name="groupId">A group of it.</param>
    /// <param name="membershipIds">Whom to add.</param>
    /// <returns>How many came in, and which ids are of no member of the account: those were left out.</returns>
    public static async Task<(int Added, IReadOnlyList<string> Unknown)> AddMembersAsync(
        HubTransaction transaction, string accountId, string groupId, IEnumerable<string> membershipIds)
    {
        await transaction.FlushAsync();
        var unknown = new List<string>();
        var added = 0;
        foreach (var id in membershipIds)
        {
            if (transaction.Connection.Scalar(IsMemberOfAccount, id, accountId) is null)
            {
                unknown.Add(id);
            }
            else
            {
                added += transaction.Connection.Execute(AddOne, groupId, id);
            }
        }

        await ChangedAsync(transaction, accountId, groupId, added, removed: 0);
        return (added, unknown);
    }

    /// <summary>Takes members out; who is not in is passed over.</summary>
    /// <returns>How many went.</returns>
    public static async Task<int> RemoveMembersAsync(HubTransaction transaction, string accountId, string groupId, IEnumerable<string> membershipIds)
    {
        await transaction.FlushAsync();
        var removed = 0;
        foreach (var id in membershipIds)
        {
            removed += transaction.Connection.Execute(RemoveOne, groupId, id);
        }

        await ChangedAsync(transaction, accountId, groupId, added: 0, removed);
        return removed;
    }

    /// <summary>Empties the group.</summary>
    /// <returns>How many went.</returns>
    public static async Task<int> RemoveAllMembersAsync(HubTransaction transaction, string accountId, string groupId)
    {
        await transaction.FlushAsync();
        var removed = transaction.Connection.Execute(RemoveEveryone, groupId);
        await ChangedAsync(transaction, accountId, groupId, added: 0, removed);
        return removed;
    }

    /// <returns>False when the account has no such group.</returns>
    public static async Task<bool> DeleteAsync(HubTransaction transaction, string accountId, string groupId)
    {
        if (await FindAsync(transaction, accountId, groupId) is not { } group)
        {
            return false;
        }

        transaction.Db.Groups.Remove(group);
        await transaction.AuditAsync("group.deleted", accountId, details: new { group = groupId });
        return true;
    }

    private static Task<Group?> FindAsync(HubTransaction transaction, string accountId, string groupId) =>
        transaction.Db.Groups.SingleOrDefaultAsync(row => row.Id == groupId && row.AccountId == accountId);

    private static async Task ChangedAsync(HubTransaction transaction, string accountId, string groupId, int added, int removed)
    {
        if (added + removed == 0)
        {
            return;
        }

        transaction.Connection.Execute(Touch, groupId, transaction.Now.ToUnixTimeMilliseconds());
        await transaction.AuditAsync("group.members-changed", accountId, details: new { group = groupId, added, removed });
    }
}
