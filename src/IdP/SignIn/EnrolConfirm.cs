using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Ends an enrolment: what was begun becomes the person's with a code of it, the session is raised by what was just shown, and who has a second factor now gets recovery codes.</summary>
internal sealed class EnrolConfirm(IHubStore store, SignedIn signedIn, SignInFlow flow, EnrolmentCodes mailed, HashGate gate)
{
    /// <summary>Sets of recovery codes of one user: five, then one every ten minutes. Each is ten slow hashes.</summary>
    private static readonly Limit Sets = new("recovery-codes", 5, TimeSpan.FromMinutes(10));

    public enum Outcome
    {
        Done,

        /// <summary>The code is wrong, old, used or of something else, or there were too many.</summary>
        Wrong,

        /// <summary>Too much at once for the hub; nothing was changed.</summary>
        Busy,
    }

    /// <summary>Enrols the authenticator app of which this is a code.</summary>
    public async Task<Outcome> ConfirmTotpAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling, string? typed, bool endOthers)
    {
        if (enrolling.Pending?.TotpSecret is not { } secret)
        {
            return Outcome.Wrong;
        }

        var step = await store.WriteAsync(
            ActorOf(context, enrolling),
            async transaction =>
            {
                if (!await CodeStep.TryReserveAsync(transaction, current.Row.Id, enrolling.Owner) || Totp.Match(secret, MailedCode.DigitsOf(typed), transaction.Now) is not { } matched)
                {
                    return (long?)null;
                }

                await CodeStep.GiveBack(transaction, enrolling.Owner.UserId);
                return matched;
            },
            context.RequestAborted);
        if (step is null)
        {
            return Outcome.Wrong;
        }

        // Made outside the transaction: ten slow hashes. None for who has some still.
        var (isBusy, fresh) = enrolling.Owner.Factors.RecoveryCodes > 0 ? (false, null) : await MakeAsync();
        return isBusy ? Outcome.Busy : await FinishAsync(context, current, enrolling, Enrolment.Totp, Evidence.Totp, fresh, async transaction =>
        {
            await OwnFactors.EnrolTotpAsync(transaction, enrolling.Session, secret, step.Value, endOthers);
            return true;
        });
    }

    /// <summary>Sets the address for codes from which this one is.</summary>
    public async Task<Outcome> ConfirmEmailAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling, string? typed, bool endOthers)
    {
        if (enrolling.Pending?.EmailAddress is not { } address)
        {
            return Outcome.Wrong;
        }

        var userId = enrolling.Owner.UserId;
        var right = await store.WriteAsync(
            ActorOf(context, enrolling),
            async transaction => await CodeStep.TryReserveAsync(transaction, current.Row.Id, enrolling.Owner)
                && await mailed.TryUseAsync(transaction, current.Row.Id, userId, address, typed)
                && await CodeStep.GiveBack(transaction, userId),
            context.RequestAborted);
        return !right ? Outcome.Wrong : await FinishAsync(context, current, enrolling, Enrolment.Email, Evidence.EmailCode, fresh: null, async transaction =>
        {
            await OwnFactors.EnrolEmailAsync(transaction, enrolling.Session, address, endOthers);
            return true;
        });
    }

    /// <summary>Makes recovery codes for who has a second factor and none of them: their first, or others because they came for that. They are shown until the person has kept them.</summary>
    /// <returns><see cref="Outcome.Done"/> also where there is nothing to make.</returns>
    public async Task<Outcome> MakeCodesAsync(HttpContext context, CurrentSignIn current, LiveSession session)
    {
        var actor = new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(context) };
        var replaces = current.Request.Enrol == Enrolment.RecoveryCodes;
        var factors = await store.ReadAsync(reader => SecondFactors.OfAsync(reader, session.UserId), context.RequestAborted);
        if (!factors.MakesTwo || (!replaces && factors.RecoveryCodes > 0))
        {
            return Outcome.Done;
        }

        var may = await store.WriteAsync(actor, transaction => Task.FromResult(Throttles.TryReserve(transaction, Sets, session.UserId)), context.RequestAborted);
        var (isBusy, fresh) = may ? await MakeAsync() : (true, null);
        if (isBusy)
        {
            return Outcome.Busy;
        }

        await store.WriteAsync(
            actor,
            async transaction =>
            {
                if (Sessions.FindById(transaction, session.Id) is not { } live || live.UserId != session.UserId || await SignIns.FindOpenAsync(transaction, current.Row.Id) is null)
                {
                    return false;
                }

                await (replaces ? OwnFactors.RenewRecoveryCodesAsync(transaction, live, fresh!) : RecoveryCodes.ReplaceAsync(transaction, live.UserId, fresh!));
                await ShowAsync(transaction, current, live.UserId, Enrolment.RecoveryCodes, fresh);
                return true;
            },
            context.RequestAborted);
        return Outcome.Done;
    }

    /// <summary>One transaction: what was begun is taken, once; the factor is there, the codes are shown, the session is raised and has another secret.</summary>
    private async Task<Outcome> FinishAsync(
        HttpContext context, CurrentSignIn current, Enrolling enrolling, Enrolment kind, Evidence shown, FreshRecoveryCodes? fresh, Func<HubTransaction, Task<bool>> enrol)
    {
        var secret = await store.WriteAsync(
            ActorOf(context, enrolling),
            async transaction =>
            {
                if (!await CodeStep.StillStandsAsync(transaction, current.Row.Id, enrolling.Owner) || !await Enrolments.TryTakeAsync(transaction, current.Row) || !await enrol(transaction))
                {
                    return null;
                }

                if (fresh is not null)
                {
                    await RecoveryCodes.ReplaceAsync(transaction, enrolling.Owner.UserId, fresh);
                }

                await ShowAsync(transaction, current, enrolling.Owner.UserId, kind, fresh);
                return await signedIn.RaiseAsync(transaction, enrolling.Session.Id, shown, BrowserFacts.Device(context)) ?? transaction.RollBack<string?>(null);
            },
            context.RequestAborted);
        if (secret is null)
        {
            return Outcome.Wrong;
        }

        flow.UseSession(context, secret);
        return Outcome.Done;
    }

    private static async Task ShowAsync(HubTransaction transaction, CurrentSignIn current, string userId, Enrolment done, FreshRecoveryCodes? fresh)
    {
        if (fresh is not null)
        {
            await Enrolments.SetAsync(transaction, current.Row.Id, userId, new() { RecoveryCodes = fresh.Codes });
        }

        if (current.Request.Enrol == done)
        {
            await SignIns.RecordPutOffAsync(transaction, current.Row.Id, Situation.EnrolmentIsDone);
        }
    }

    private async Task<(bool IsBusy, FreshRecoveryCodes? Fresh)> MakeAsync() => gate.TryRun(RecoveryCodes.Make) is { } making ? (false, await making) : (true, null);

    private static Actor.Person ActorOf(HttpContext context, Enrolling enrolling) => new(enrolling.Owner.UserId) { From = BrowserFacts.AddressOf(context) };
}
