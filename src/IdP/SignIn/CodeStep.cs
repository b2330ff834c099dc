using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Checks the code of an authenticator app, one sent by e-mail, a recovery code, or one that an administrator handed over. Every attempt is counted before it is looked at.</summary>
internal sealed class CodeStep(IHubStore store, MailedCodes mailed, HashGate gate)
{
    /// <summary>Wrong codes for one user, whichever they are, over all sign-ins and addresses: ten, then one every three minutes.</summary>
    private static readonly Limit ByUser = new("second-factor", 10, TimeSpan.FromMinutes(3));

    /// <summary>How long after the password the code may come.</summary>
    private static readonly TimeSpan PasswordStaysGood = TimeSpan.FromMinutes(10);

    public abstract record Outcome
    {
        private Outcome() { }

        /// <param name="Shown">What it proved.</param>
        public sealed record Right(Evidence Shown) : Outcome;

        /// <summary>Wrong, old, used, somebody else's, or there were too many.</summary>
        public sealed record Wrong : Outcome;

        /// <summary>Too much at once for the hub; the attempt does not count.</summary>
        public sealed record Busy : Outcome;
    }

    /// <param name="current">The sign-in.</param>
    /// <param name="step">Where it is: a password is owed, or a second factor of whoever is signed in.</param>
    /// <param name="session">Who is signed in in this browser.</param>
    /// <param name="cancellationToken">The request's end.</param>
    /// <returns>Null when a code proves nothing here: a password is owed and none was given lately, or the step is another.</returns>
    public Task<CodeOwner?> OwnerAsync(CurrentSignIn current, NextStep step, LiveSession? session, CancellationToken cancellationToken) => store.ReadAsync(
        async reader => step switch
        {
            NextStep.AskPassword when PasswordWasGiven(current.Row, reader.Now)
                && await OwnerAsync(reader, current.Row.UserId!, current.Row.UserEpoch, null) is { } owner => owner with { Needed = NextStep.NeededWith(current.Request, owner.Factors) },
            NextStep.AskSecondFactor(var needed) when session is not null
                && await OwnerAsync(reader, session.UserId, null, session.Id) is { } owner => owner with { Needed = needed },
            NextStep.AskTemporaryCode when session is not null => await OwnerAsync(reader, session.UserId, null, session.Id),
            _ => null,
        },
        cancellationToken);

    private static async Task<CodeOwner?> OwnerAsync(HubReader reader, string userId, int? epoch, string? sessionId) =>
        await Domain.Users.Users.FindAsync(reader, userId) is { Active: true, FrozenAt: null } user && (epoch ?? user.Epoch) == user.Epoch
            ? new(userId, user.Epoch, await SecondFactors.OfAsync(reader, userId), sessionId)
            : null;

    private static bool PasswordWasGiven(Domain.Sessions.SignIn row, DateTimeOffset now) => row.UserId is not null && row.PasswordAt + PasswordStaysGood > now;

    /// <summary>Whether what the code builds on still stands, in the transaction that uses the code: a password given for this very user, or the very session.</summary>
    public static async Task<bool> StillStandsAsync(HubTransaction transaction, string signInId, CodeOwner owner) => owner.SessionId is { } sessionId
        ? await Sessions.IsOpenAsync(transaction, sessionId, owner.UserId, owner.UserEpoch)
        : await SignIns.FindOpenAsync(transaction, signInId) is { } row
            && PasswordWasGiven(row, transaction.Now) && row.UserId == owner.UserId && row.UserEpoch == owner.UserEpoch;

    /// <summary>Checks what was typed.</summary>
    public async Task<Outcome> TryAsync(HttpContext context, CurrentSignIn current, CodeOwner owner, FactorWay way, string? typed)
    {
        if (way == FactorWay.Passkey || !owner.Ways.Contains(way))
        {
            return new Outcome.Wrong();
        }

        if (way == FactorWay.Recovery)
        {
            return await TryRecoveryAsync(context, current, owner, typed);
        }

        var shown = await store.WriteAsync(
            ActorOf(context, owner),
            async transaction =>
            {
                if (!await TryReserveAsync(transaction, current.Row.Id, owner))
                {
                    return Evidence.None;
                }

                var right = way switch
                {
                    FactorWay.App => await SecondFactors.TryUseTotpAsync(transaction, owner.UserId, MailedCode.DigitsOf(typed)),
                    FactorWay.Mail => await mailed.TryUseAsync(transaction, current.Row.Id, owner.UserId, typed),
                    _ => await TemporaryCodes.TryUseAsync(transaction, owner.UserId, typed),
                };
                return right ? await AcceptAsync(transaction, current.Row.Id, owner, EvidenceOf(way)) : Evidence.None;
            },
            context.RequestAborted);
        return shown == Evidence.None ? new Outcome.Wrong() : new Outcome.Right(shown);
    }

    private static Evidence EvidenceOf(FactorWay way) => way switch
    {
        FactorWay.App => Evidence.Totp,
        FactorWay.Mail => Evidence.EmailCode,
        FactorWay.Recovery => Evidence.RecoveryCode,
        FactorWay.Temporary => Evidence.TemporaryCode,
        _ => Evidence.None,
    };

    /// <summary>The attempt is reserved, then hashed outside any transaction, then used where everything still stands.</summary>
    private async Task<Outcome> TryRecoveryAsync(HttpContext context, CurrentSignIn current, CodeOwner owner, string? typed)
    {
        var actor = ActorOf(context, owner);
        var salt = await store.WriteAsync(
            actor,
            async transaction => await TryReserveAsync(transaction, current.Row.Id, owner) ? await RecoveryCodes.SaltOfAsync(transaction, owner.UserId) : null,
            context.RequestAborted);
        if (salt is null || !RecoveryCodes.LooksLikeOne(typed))
        {
            return new Outcome.Wrong();
        }

        if (gate.TryRun(() => RecoveryCodes.HashOf(salt, typed!)) is not { } hashing)
        {
            await store.WriteAsync(actor, transaction => GiveBack(transaction, owner.UserId), context.RequestAborted);
            return new Outcome.Busy();
        }

        var hash = await hashing;
        var shown = await store.WriteAsync(
            actor,
            async transaction => await StillStandsAsync(transaction, current.Row.Id, owner) && await RecoveryCodes.TryUseAsync(transaction, owner.UserId, hash)
                ? await AcceptAsync(transaction, current.Row.Id, owner, Evidence.RecoveryCode)
                : Evidence.None,
            context.RequestAborted);
        return shown == Evidence.None ? new Outcome.Wrong() : new Outcome.Right(shown);
    }

    /// <summary>Reserves an attempt at a code of any kind, of this user and in this sign-in, where what it builds on still stands.</summary>
    public static async Task<bool> TryReserveAsync(HubTransaction transaction, string signInId, CodeOwner owner)
    {
        if (!await StillStandsAsync(transaction, signInId, owner) || !Throttles.TryReserve(transaction, ByUser, owner.UserId))
        {
            return false;
        }

        if (await SignIns.TryTakeCodeAttemptAsync(transaction, signInId))
        {
            return true;
        }

        // Nothing is looked at, so nothing is used up: a sign-in that has no attempts left takes none of its user's.
        Throttles.GiveBack(transaction, ByUser, owner.UserId);
        return false;
    }

    /// <summary>Gives a reserved attempt back: the code was right, or was not looked at.</summary>
    public static Task<bool> GiveBack(HubTransaction transaction, string userId)
    {
        Throttles.GiveBack(transaction, ByUser, userId);
        return Task.FromResult(true);
    }

    private static async Task<Evidence> AcceptAsync(HubTransaction transaction, string signInId, CodeOwner owner, Evidence shown)
    {
        await SignIns.UseUpPasswordAsync(transaction, signInId);
        await GiveBack(transaction, owner.UserId);
        return owner.With(shown);
    }

    private static Actor.Person ActorOf(HttpContext context, CodeOwner owner) => new(owner.UserId) { From = BrowserFacts.AddressOf(context) };
}
