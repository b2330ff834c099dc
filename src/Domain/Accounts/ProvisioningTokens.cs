using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>The bearer tokens with which an account's HR system provisions: made, rotated, revoked. Shown once; only hashes are kept.</summary>
public static class ProvisioningTokens
{
    public const int MaxNameLength = 100;

    /// <summary>How many tokens of an account may work at a time, replaced ones that still do among them.</summary>
    public const int MostWorking = 20;

    /// <summary>How far apart two uses must be for the later one to be written down.</summary>
    private static readonly TimeSpan UseGranularity = TimeSpan.FromMinutes(1);

    private static readonly Statement Find = new(
        """
        SELECT t."Id", t."AccountId", t."LastUsedAt", a."Scim", t."ActsOnPrimary" FROM "ProvisioningTokens" t JOIN "Accounts" a ON a."Id" = t."AccountId"
        WHERE t."TokenHash" = @hash AND a."Status" = 'Open' AND t."RevokedAt" IS NULL AND (t."ExpiresAt" IS NULL OR t."ExpiresAt" > @now)
        """,
        "@hash", "@now");

    private static readonly Statement Used = new("""UPDATE "ProvisioningTokens" SET "LastUsedAt" = @now WHERE "Id" = @id""", "@id", "@now");

    /// <summary>A token that is good now.</summary>
    /// <param name="Id">The token's id, not the token.</param>
    /// <param name="AccountId">The one account that it reaches.</param>
    /// <param name="Scim">How that account's SCIM endpoint meets its HR system.</param>
    /// <param name="UseIsDue">Whether its last use was noted long enough ago to note it again.</param>
    /// <param name="ActsOnPrimary">Whether it acts on the PRIMARY too.</param>
    public sealed record LiveToken(string Id, string AccountId, ScimSettings Scim, bool UseIsDue, bool ActsOnPrimary);

    public abstract record MakeResult
    {
        private MakeResult() { }

        /// <param name="Id">The id under which it can be revoked.</param>
        /// <param name="Token">The token itself, which nobody can show again.</param>
        public sealed record Made(string Id, string Token) : MakeResult;

        public sealed record NoSuchAccount : MakeResult;

        /// <summary>Another token of the account has the name. Nothing was changed.</summary>
        public sealed record NameTaken : MakeResult;

        /// <summary>See <see cref="MostWorking"/>. Nothing was changed.</summary>
        public sealed record TooMany : MakeResult;

        /// <summary>There is no such token that could be rotated. Nothing was changed.</summary>
        public sealed record NoSuchToken : MakeResult;
    }

    /// <returns>The token's account when the token is good now; null otherwise.</returns>
    public static LiveToken? FindLive(HubReader reader, string token)
    {
        using var row = reader.Connection.Bind(Find, RandomId.HashOf(token), reader.Now.ToUnixTimeMilliseconds()).ExecuteReader();
        return row.Read()
            ? new(row.GetString(0), row.GetString(1), ScimSettingsText.Read(row.GetString(3)), row.MomentOrNull(2) is not { } used || reader.Now - used >= UseGranularity, row.GetBoolean(4))
            : null;
    }

    /// <summary>Notes that a token was used now.</summary>
    public static void NoteUse(HubTransaction transaction, string tokenId) =>
        transaction.Connection.Execute(Used, tokenId, transaction.Now.ToUnixTimeMilliseconds());

    /// <summary>Makes a token.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="accountId">The one account that it will reach.</param>
    /// <param name="name">What it is for; one token of an account has a name at a time.</param>
    /// <param name="expiresAt">When it stops working; null for never.</param>
    public static async Task<MakeResult> MakeAsync(HubTransaction transaction, string accountId, string name, DateTimeOffset? expiresAt)
    {
        if (!await Accounts.ExistsAsync(transaction, accountId))
        {
            return new MakeResult.NoSuchAccount();
        }

        if (await transaction.Db.ProvisioningTokens.AnyAsync(row => row.AccountId == accountId && row.Name == name && row.RotatedAt == null))
        {
            return new MakeResult.NameTaken();
        }

        return await AddAsync(transaction, accountId, name, expiresAt, MayActOnPrimary(transaction, accountId));
    }

    /// <summary>Makes a successor under the same name. The former token goes on working for a while, so that the HR system can be changed over without a gap.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="accountId">The token's account.</param>
    /// <param name="tokenId">The token to replace.</param>
    /// <param name="overlap">For how long both work.</param>
    /// <param name="expiresAt">When the new one stops working; null for never.</param>
    public static async Task<MakeResult> RotateAsync(HubTransaction transaction, string accountId, string tokenId, TimeSpan overlap, DateTimeOffset? expiresAt)
    {
        var former = await transaction.Db.ProvisioningTokens.SingleOrDefaultAsync(row =>
            row.Id == tokenId && row.AccountId == accountId && row.RotatedAt == null && row.RevokedAt == null);
        if (former is null)
        {
            return new MakeResult.NoSuchToken();
        }

        var end = transaction.Now + overlap;
        former.RotatedAt = transaction.Now;
        former.ExpiresAt = former.ExpiresAt is { } sooner && sooner < end ? sooner : end;
        await transaction.FlushAsync();
        return await AddAsync(transaction, accountId, former.Name, expiresAt, former.ActsOnPrimary && MayActOnPrimary(transaction, accountId));
    }

    /// <summary>Ends a token at once.</summary>
    /// <returns>False when the account has no such token that still works.</returns>
    public static async Task<bool> RevokeAsync(HubTransaction transaction, string accountId, string tokenId)
    {
        var token = await transaction.Db.ProvisioningTokens.SingleOrDefaultAsync(row => row.Id == tokenId && row.AccountId == accountId && row.RevokedAt == null);
        if (token is null)
        {
            return false;
        }

        token.RevokedAt = transaction.Now;
        token.RotatedAt ??= transaction.Now;
        await transaction.AuditAsync("provisioning-token.revoked", accountId, details: new { token.Name });
        return true;
    }

    /// <returns>Every token of an account, those that work no more too, the newest first.</returns>
    public static async Task<IReadOnlyList<ProvisioningToken>> ListAsync(HubReader reader, string accountId) =>
        await reader.Db.ProvisioningTokens.AsNoTracking().Where(row => row.AccountId == accountId).OrderByDescending(row => row.CreatedAt).ToListAsync();

    /// <summary>Whoever sees the token can use it: it is given no more than who makes it may.</summary>
    private static bool MayActOnPrimary(HubTransaction transaction, string accountId) =>
        MemberStates.Administrator(transaction, transaction.Actor, accountId) is { Operator: true } or { Level: Permissions.PermissionLevel.Primary };

    private static async Task<MakeResult> AddAsync(HubTransaction transaction, string accountId, string name, DateTimeOffset? expiresAt, bool actsOnPrimary)
    {
        if (await transaction.Db.ProvisioningTokens.CountAsync(row => row.AccountId == accountId && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > transaction.Now)) >= MostWorking)
        {
            return transaction.RollBack<MakeResult>(new MakeResult.TooMany());
        }

        var secret = RandomId.Secret();
        var token = new ProvisioningToken
        {
            Id = RandomId.New(), AccountId = accountId, Name = name, TokenHash = RandomId.HashOf(secret), CreatedAt = transaction.Now, ExpiresAt = expiresAt, ActsOnPrimary = actsOnPrimary,
        };
        transaction.Db.ProvisioningTokens.Add(token);
        await transaction.AuditAsync("provisioning-token.made", accountId, details: new { name });
        return new MakeResult.Made(token.Id, secret);
    }
}
