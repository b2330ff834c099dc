using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>Opening and changing accounts.</summary>
public static class Accounts
{
    public abstract record PutResult
    {
        private PutResult() { }

        public sealed record Opened : PutResult;
        public sealed record Changed : PutResult;
        public sealed record Unchanged : PutResult;
    }

    private static readonly Statement NextEpoch = new("""UPDATE "Accounts" SET "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", "@id");

    /// <summary>Opens the account or gives it this name and these settings. Where it asks a second factor of more people than before, everything that was granted there ends: who has given enough is not asked again.</summary>
    public static async Task<PutResult> PutAsync(HubTransaction transaction, string id, string name, TwoFactorPolicy twoFactor, ScimSettings scim)
    {
        var account = await transaction.Db.Accounts.SingleOrDefaultAsync(row => row.Id == id);
        if (account is null)
        {
            transaction.Db.Accounts.Add(new() { Id = id, Name = name, TwoFactor = twoFactor, Scim = scim, CreatedAt = transaction.Now });
            await transaction.AuditAsync("account.opened", id);
            return new PutResult.Opened();
        }

        var changes = AuditChanges.Of(
            ("name", account.Name, name), ("twoFactor", account.TwoFactor, twoFactor),
            ("scim.acceptUnknownReferences", account.Scim.AcceptUnknownReferences, scim.AcceptUnknownReferences),
            ("scim.patchAnswer", account.Scim.PatchAnswer, scim.PatchAnswer), ("scim.unquotedLiterals", account.Scim.UnquotedLiterals, scim.UnquotedLiterals));
        var asksMore = twoFactor > account.TwoFactor;
        account.Name = name;
        account.TwoFactor = twoFactor;
        account.Scim = scim;
        if (transaction.Db.Entry(account).State == EntityState.Unchanged)
        {
            return new PutResult.Unchanged();
        }

        await transaction.AuditAsync("account.changed", id, details: changes);
        if (asksMore)
        {
            // Nothing of it works from here on; apps are told after the commit, a bite of the members at a time.
            transaction.Connection.Execute(NextEpoch, id);
            await transaction.EnqueueAsync(AccountShut.Kind, "", userId: null, new AccountShut(id, account.Epoch + 1));
        }

        return new PutResult.Changed();
    }

    /// <returns>The account, or null.</returns>
    public static Task<Account?> FindAsync(HubReader reader, string id) => reader.Db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id);

    public static Task<bool> ExistsAsync(HubReader reader, string id) => reader.Db.Accounts.AnyAsync(account => account.Id == id);

    public enum PutTokenResult
    {
        Kept,
        Unchanged,

        /// <summary>The same token stands under another name or in another account: it would not say whose it is. Nothing was changed.</summary>
        UsedElsewhere,
    }

    /// <summary>Keeps a provisioning token under its name; another token given under the same name replaces the former. One that was revoked stays revoked.</summary>
    public static async Task<PutTokenResult> PutProvisioningTokenAsync(HubTransaction transaction, string accountId, string name, string token)
    {
        var hash = RandomId.HashOf(token);
        if (await transaction.Db.ProvisioningTokens.AnyAsync(row => row.AccountId == accountId && row.Name == name && row.TokenHash == hash && row.RotatedAt != null))
        {
            // Rotated since: the file's token goes the way of its overlap, and its successor stays.
            return PutTokenResult.Unchanged;
        }

        var present = await transaction.Db.ProvisioningTokens.SingleOrDefaultAsync(row => row.AccountId == accountId && row.Name == name && row.RotatedAt == null);
        if (present is not null && present.TokenHash == hash)
        {
            return PutTokenResult.Unchanged;
        }

        if (await transaction.Db.ProvisioningTokens.AnyAsync(row => row.TokenHash == hash && (row.AccountId != accountId || row.Name != name)))
        {
            return PutTokenResult.UsedElsewhere;
        }

        if (present is null)
        {
            transaction.Db.ProvisioningTokens.Add(new()
            {
                Id = RandomId.New(), AccountId = accountId, Name = name, TokenHash = hash, CreatedAt = transaction.Now, ActsOnPrimary = true,
            });
        }
        else
        {
            present.TokenHash = hash;
            present.RevokedAt = null;
        }

        await transaction.AuditAsync("provisioning-token.made", accountId, details: new { name });
        return PutTokenResult.Kept;
    }
}
