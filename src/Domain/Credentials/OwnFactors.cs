using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A second factor of a user's, by its kind.</summary>
public enum FactorKind
{
    Totp,
    Email,
    Passkey,
}

/// <summary>What a person does with their own second factors, in a session that goes on. Every change is told at all their addresses.</summary>
public static class OwnFactors
{
    private static readonly Statement ResetIsOver = new("""UPDATE "Users" SET "MustEnrol" = FALSE WHERE "Id" = @user""", "@user");

    public abstract record RemoveResult
    {
        private RemoveResult() { }

        /// <param name="SessionsEnded">How many other sessions ended with it.</param>
        public sealed record Removed(int SessionsEnded) : RemoveResult;

        /// <summary>What would be left is not enough for this account. Nothing was changed.</summary>
        public sealed record RequiredBy(string AccountName) : RemoveResult;

        /// <summary>There is no such factor. Nothing was changed.</summary>
        public sealed record NoSuchFactor : RemoveResult;
    }

    /// <summary>Enrols an authenticator app of which a code was just typed, or replaces the former one.</summary>
    /// <param name="transaction">The transaction; the actor is the person.</param>
    /// <param name="session">The session in which they did so: it goes on.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="step">The time step of the code that was typed: it is used up.</param>
    /// <param name="endOthers">Whether every other session ends; what is replaced always ends them.</param>
    public static async Task EnrolTotpAsync(HubTransaction transaction, LiveSession session, byte[] secret, long step, bool endOthers)
    {
        ArgumentNullException.ThrowIfNull(session);
        var replaced = await transaction.Db.Totps.Where(row => row.UserId == session.UserId).ExecuteDeleteAsync() == 1;
        transaction.Db.Totps.Add(new() { UserId = session.UserId, SealedSecret = SecondFactors.SealTotp(transaction, session.UserId, secret), EnrolledAt = transaction.Now, LastStep = step });
        await Signals.CredentialChangedAsync(transaction, session.UserId, CredentialTypes.App, replaced ? CredentialEvent.Update : CredentialEvent.Create);
        await EnrolledAsync(transaction, session, "totp", replaced ? "authenticator app was replaced" : "authenticator app was added", endOthers || replaced);
    }

    /// <summary>Sets the address for codes by e-mail, from which a code was just typed.</summary>
    public static async Task EnrolEmailAsync(HubTransaction transaction, LiveSession session, string address, bool endOthers)
    {
        ArgumentNullException.ThrowIfNull(session);
        var former = await transaction.Db.EmailCodes.SingleOrDefaultAsync(row => row.UserId == session.UserId);
        if (former?.Address == address)
        {
            former.VerifiedAt ??= transaction.Now;
            return;
        }

        transaction.Noting.OfUser(session.UserId).CodeAddress(former?.Address);
        if (former is not null)
        {
            former.Address = address;
            former.VerifiedAt = transaction.Now;
        }
        else
        {
            transaction.Db.EmailCodes.Add(new() { UserId = session.UserId, Address = address, VerifiedAt = transaction.Now });
        }

        await Signals.CredentialChangedAsync(transaction, session.UserId, CredentialTypes.Email, former is null ? CredentialEvent.Create : CredentialEvent.Update);
        await EnrolledAsync(transaction, session, "email", null, endOthers || former is not null);
    }

    /// <summary>Enrols a passkey that was just made.</summary>
    /// <returns>False when the credential is known already or there are too many. Nothing was changed.</returns>
    public static async Task<bool> EnrolPasskeyAsync(HubTransaction transaction, LiveSession session, StoredPasskey passkey, string name, bool endOthers)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(passkey);
        if (passkey.UserId != session.UserId || !await Passkeys.TryAddAsync(transaction, passkey, name))
        {
            return false;
        }

        await EnrolledAsync(transaction, session, null, "passkey was added", endOthers);
        return true;
    }

    /// <summary>Gives the person other recovery codes in place of those that they have. Their first ones come with a factor, and are told with it.</summary>
    public static async Task RenewRecoveryCodesAsync(HubTransaction transaction, LiveSession session, FreshRecoveryCodes fresh)
    {
        ArgumentNullException.ThrowIfNull(session);
        await RecoveryCodes.ReplaceAsync(transaction, session.UserId, fresh);
        transaction.Noting.OfUser(session.UserId).Factor("recovery codes were replaced");
    }

    /// <summary>Takes one of the person's factors away, unless an account requires it.</summary>
    /// <param name="transaction">The transaction; the actor is the person.</param>
    /// <param name="userId">The person.</param>
    /// <param name="kind">Which kind.</param>
    /// <param name="passkeyId">Which passkey; null for the other kinds.</param>
    /// <param name="keptSessionId">The session in which they act: it goes on.</param>
    /// <param name="endOthers">Whether every other session ends.</param>
    public static async Task<RemoveResult> RemoveAsync(HubTransaction transaction, string userId, FactorKind kind, string? passkeyId, string keptSessionId, bool endOthers)
    {
        await transaction.FlushAsync();
        var factors = await SecondFactors.OfAsync(transaction, userId);
        var remaining = kind switch
        {
            FactorKind.Totp => factors with { Totp = false },
            FactorKind.Email => factors with { EmailCodesTo = null },
            _ => factors with { Passkeys = Math.Max(0, factors.Passkeys - 1) },
        };
        if (!await ExistsAsync(transaction, userId, kind, passkeyId))
        {
            return new RemoveResult.NoSuchFactor();
        }

        if (await FactorRules.RequiredByAsync(transaction, userId, factors, remaining) is { } account)
        {
            return new RemoveResult.RequiredBy(account);
        }

        await SecondFactors.DeleteAsync(transaction, userId, kind, passkeyId);
        if (!remaining.MakesTwo)
        {
            await RecoveryCodes.RemoveAsync(transaction, userId);
        }

        return new RemoveResult.Removed(await CredentialChange.MoveOnAsync(transaction, userId, keptSessionId, endOthers, "second factor removed"));
    }

    private static Task<bool> ExistsAsync(HubTransaction transaction, string userId, FactorKind kind, string? passkeyId) => kind switch
    {
        FactorKind.Totp => transaction.Db.Totps.AnyAsync(row => row.UserId == userId),
        FactorKind.Email => transaction.Db.EmailCodes.AnyAsync(row => row.UserId == userId),
        _ => transaction.Db.Passkeys.AnyAsync(row => row.UserId == userId && row.Id == passkeyId),
    };

    /// <summary>What comes with every enrolment: it is audited and told, a reset is over with it, and sign-ins under way elsewhere begin anew.</summary>
    private static async Task EnrolledAsync(HubTransaction transaction, LiveSession session, string? method, string? told, bool endOthers)
    {
        if (told is not null)
        {
            transaction.Noting.OfUser(session.UserId).Factor(told);
        }

        if (method is not null)
        {
            await transaction.AuditAsync("second-factor.enrolled", subjectUserId: session.UserId, details: new { method });
        }

        await CredentialChange.MoveOnAsync(transaction, session.UserId, session.Id, endOthers, "second factor enrolled");
        await transaction.FlushAsync();
        transaction.Connection.Execute(ResetIsOver, session.UserId);
        await transaction.RefreshAsync(session.UserId, withMemberships: false);
    }
}
