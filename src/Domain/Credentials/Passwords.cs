using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>Users' passwords.</summary>
public static class Passwords
{
    public const int MaxLength = 256;

    private static readonly Statement Unverify = new("""UPDATE "Users" SET "EmailVerified" = FALSE WHERE "Id" = @user""", "@user");

    /// <summary>Gives the user a password, as its hash. What was signed in with the former one ends.</summary>
    /// <param name="transaction">The transaction and who sets it.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="hash">The framework's self-describing hash.</param>
    /// <param name="mustChange">Whether the user must choose another at the next sign-in, before anything else: a first password that somebody handed over.</param>
    public static async Task SetAsync(HubTransaction transaction, string userId, string hash, bool mustChange = false)
    {
        var present = await transaction.Db.Passwords.SingleOrDefaultAsync(row => row.UserId == userId);
        if (present is null)
        {
            transaction.Db.Passwords.Add(new() { UserId = userId, Hash = hash, ChangedAt = transaction.Now, MustChange = mustChange });
        }
        else
        {
            present.Hash = hash;
            present.ChangedAt = transaction.Now;
            present.MustChange = mustChange;
            await CredentialChange.EndEverythingAsync(transaction, userId, "password changed");
            transaction.Noting.OfUser(userId).PasswordReplaced();
        }

        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.Password, present is null ? CredentialEvent.Create : CredentialEvent.Update);
        await transaction.FlushAsync();
        if (mustChange || transaction.Actor is Actor.Provisioning)
        {
            // Whoever chose this password need not read the user's mail, so nobody who signs in with it is taken for who does, whatever they choose then.
            transaction.Connection.Execute(Unverify, userId);
            await transaction.RefreshAsync(userId, withMemberships: false);
        }

        await transaction.AuditAsync(mustChange ? "password.first-set" : "password.set", subjectUserId: userId);
    }

    /// <summary>The owner of a password that must be changed chooses their own, in a session of theirs. That session too ends with the former one: another takes its place.</summary>
    /// <param name="transaction">The transaction and who chooses.</param>
    /// <param name="session">The session in which they gave the former password.</param>
    /// <param name="formerHash">What the choice was compared with: nobody else's change since is overwritten.</param>
    /// <param name="hash">The new one.</param>
    /// <returns>The secret of the new session, which has proved what the former had; null when the session is over or there is nothing to change any more. Then nothing was changed.</returns>
    public static async Task<string?> ReplaceFirstAsync(HubTransaction transaction, LiveSession session, string formerHash, string hash)
    {
        var userId = session.UserId;
        if (await Users.Users.FindAsync(transaction, userId) is not { Active: true } user
            || !await Sessions.Sessions.IsOpenAsync(transaction, session.Id, userId, user.Epoch)
            || !await transaction.Db.Passwords.AnyAsync(row => row.UserId == userId && row.MustChange && row.Hash == formerHash))
        {
            return null;
        }

        await SetAsync(transaction, userId, hash);
        return (await Sessions.Sessions.StartAsync(transaction, userId, user.Epoch + 1, session.AuthTime, session.Amr, spared: session.Spared))?.Secret;
    }

    /// <summary>Gives a person who proved the former password another one, without ending the session in which they did so.</summary>
    /// <param name="transaction">The transaction; the actor is the person.</param>
    /// <param name="userId">The person.</param>
    /// <param name="formerHash">The hash that was proved. It must be the one still: a password that was replaced meanwhile stays.</param>
    /// <param name="hash">Of the new one.</param>
    /// <param name="keptSessionId">The session that goes on, with what was granted in it.</param>
    /// <param name="endOthers">Whether every other session ends.</param>
    /// <returns>How many other sessions ended; null when the former hash is none any more: nothing was changed.</returns>
    internal static async Task<int?> ReplaceOwnAsync(HubTransaction transaction, string userId, string formerHash, string hash, string keptSessionId, bool endOthers)
    {
        var replaced = await transaction.Db.Passwords.Where(row => row.UserId == userId && row.Hash == formerHash)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Hash, hash).SetProperty(row => row.ChangedAt, transaction.Now).SetProperty(row => row.MustChange, false));
        if (replaced == 0)
        {
            return null;
        }

        var ended = await CredentialChange.MoveOnAsync(transaction, userId, keptSessionId, endOthers, "password changed");
        transaction.Noting.OfUser(userId).PasswordReplaced();
        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.Password, CredentialEvent.Update);
        await transaction.AuditAsync("password.changed", subjectUserId: userId, details: new { otherSessionsEnded = ended });
        return ended;
    }

    /// <summary>Keeps the same password under newer parameters. Ends nothing.</summary>
    public static Task RenewHashAsync(HubTransaction transaction, string userId, string formerHash, string hash) =>
        transaction.Db.Passwords.Where(row => row.UserId == userId && row.Hash == formerHash)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Hash, hash));

    /// <returns>The stored hash, or null.</returns>
    public static Task<string?> HashOfAsync(HubReader reader, string userId) =>
        reader.Db.Passwords.Where(row => row.UserId == userId).Select(row => row.Hash).SingleOrDefaultAsync();
}
