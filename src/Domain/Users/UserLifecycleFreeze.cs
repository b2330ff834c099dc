using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>Freezing a sign-in: what "this wasn't me" does, and how it ends.</summary>
public static partial class UserLifecycle
{
    private static readonly Statement FreezeUser = new("""UPDATE "Users" SET "FrozenAt" = @now, "UpdatedAt" = @now WHERE "Id" = @user AND "FrozenAt" IS NULL""", "@user", "@now");

    private static readonly Statement ThawUser = new("""UPDATE "Users" SET "FrozenAt" = NULL, "UpdatedAt" = @now WHERE "Id" = @user AND "FrozenAt" IS NOT NULL""", "@user", "@now");

    private static readonly Statement MakePasswordUnknown = new("""UPDATE "Passwords" SET "Hash" = @hash, "ChangedAt" = @now, "MustChange" = FALSE WHERE "UserId" = @user""", "@user", "@hash", "@now");

    private static readonly Statement HomeOf = new("""SELECT "Id" FROM "Memberships" WHERE "UserId" = @user AND "Home" """, "@user");

    /// <summary>What became of thawing somebody.</summary>
    public enum ThawResult
    {
        /// <summary>A link with which they choose another password is on its way. The former password is nobody's any more.</summary>
        Thawed,

        /// <summary>They have no password: they are invited as ever.</summary>
        ThawedWithoutPassword,
        NotFrozen,

        /// <summary>There is no address for the link. Nothing was changed.</summary>
        NoAddress,

        /// <summary>They may not sign in for another reason. Nothing was changed.</summary>
        NotActive,

        /// <summary>Too many links went to them just now. Nothing was changed.</summary>
        TooSoon,
    }

    /// <summary>
    /// Freezes a user's sign-in: every session and grant ends and apps are told, links and sign-ins under way are dead, and nobody signs in as them until somebody who looks
    /// after them has spoken with them.
    /// </summary>
    /// <returns>False when it was frozen before.</returns>
    public static async Task<bool> FreezeAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Execute(FreezeUser, userId, transaction.Now.ToUnixTimeMilliseconds()) == 0)
        {
            return false;
        }

        await transaction.RefreshAsync(userId, withMemberships: false);
        await CredentialChange.EndEverythingAsync(transaction, userId, "frozen");
        PasswordResets.Withdraw(transaction, userId);
        await transaction.Db.SignIns.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await transaction.Db.TemporaryCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await FactorResets.EndOfAsync(transaction, userId);
        await transaction.AuditAsync("user.frozen", subjectUserId: userId);
        await FreezeNotices.QueueAsync(transaction, userId, transaction.Connection.Scalar(HomeOf, userId) as string);
        return true;
    }

    /// <summary>
    /// Ends that a sign-in is frozen. Whoever knew the former password does not get in with it: a mailed link gives another. Nor does anybody with what was enrolled: second factors,
    /// recovery codes and remembered browsers are gone, and who had a factor that makes two must enrol another (<see cref="TemporaryCodes"/>). No older link freezes again.
    /// </summary>
    /// <param name="transaction">The transaction and who does it. The caller knows that they may.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="issuer">The hub's issuer without trailing slash.</param>
    public static async Task<ThawResult> ThawAsync(HubTransaction transaction, string userId, string issuer)
    {
        await transaction.FlushAsync();
        var now = transaction.Now.ToUnixTimeMilliseconds();
        if (transaction.Connection.Execute(ThawUser, userId, now) == 0)
        {
            return ThawResult.NotFrozen;
        }

        transaction.Connection.Execute(MakePasswordUnknown, userId, PasswordHashing.HashOfNoPassword(), now);
        await transaction.Db.FreezeLinks.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await transaction.RefreshAsync(userId, withMemberships: false);
        var addresses = FreezeNotices.AddressesOf(transaction, userId, Users.FindRow(transaction, userId)!).ToList();
        await FactorResets.AfterFreezeAsync(transaction, userId);
        await FreezeNotices.QueueThawedAsync(transaction, userId, transaction.Connection.Scalar(HomeOf, userId) as string, addresses);
        return await PasswordResets.StartAsync(transaction, userId, issuer, requestedByAdministrator: true) switch
        {
            PasswordResets.StartResult.Sent => ThawResult.Thawed,
            PasswordResets.StartResult.NoPassword => ThawResult.ThawedWithoutPassword,
            PasswordResets.StartResult.NoAddress => transaction.RollBack(ThawResult.NoAddress),
            PasswordResets.StartResult.TooSoon => transaction.RollBack(ThawResult.TooSoon),
            _ => transaction.RollBack(ThawResult.NotActive),
        };
    }
}
