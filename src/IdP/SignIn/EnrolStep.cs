using System.Security.Cryptography;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Authorize;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Enrolling a second factor within a sign-in: begun, left, put off. What is begun is kept with the sign-in, so that a reload or a step back loses nothing.</summary>
internal sealed class EnrolStep(IHubStore store, SignInFlow flow, EnrolmentCodes mailed)
{
    private const int SecretLength = 20;

    /// <returns>Who enrols; null when this is not the step that the sign-in is at.</returns>
    public async Task<Enrolling?> ReadAsync(HttpContext context, CurrentSignIn current)
    {
        if (await flow.StepOfAsync(context, current) is not NextStep.Enrol step || await flow.SessionAsync(context) is not { } session)
        {
            return null;
        }

        return await store.ReadAsync(
            async reader =>
            {
                if (await Users.FindAsync(reader, session.UserId) is not { Active: true, FrozenAt: null } user)
                {
                    return null;
                }

                var owner = new CodeOwner(user.Id, user.Epoch, await SecondFactors.OfAsync(reader, user.Id), session.Id);
                var enrolling = new Enrolling(session, owner, step, null);
                return enrolling with { Pending = Asked(enrolling, await Enrolments.OfAsync(reader, current.Row, user.Id)) };
            },
            context.RequestAborted);
    }

    /// <summary>What was begun counts as long as it is what is asked.</summary>
    private static PendingEnrolment? Asked(Enrolling enrolling, PendingEnrolment? pending) => pending switch
    {
        { TotpSecret: not null } when enrolling.Offers(Enrolment.Totp) => pending,
        { EmailAddress: not null } when enrolling.Offers(Enrolment.Email) => pending,
        { RecoveryCodes: not null } => pending,
        _ => null,
    };

    /// <summary>Makes the secret of an authenticator app. It is the person's once they type a code of it.</summary>
    public Task<bool> BeginTotpAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling) => enrolling.Offers(Enrolment.Totp)
        ? WriteAsync(context, current, enrolling, transaction => Enrolments.SetAsync(
            transaction, current.Row.Id, enrolling.Owner.UserId, new() { TotpSecret = RandomNumberGenerator.GetBytes(SecretLength) }))
        : Task.FromResult(false);

    /// <summary>Mails a code to an address to which codes are to go. It is the person's for codes once they type this one.</summary>
    public async Task<MailedCodeSent> BeginEmailAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling, string address)
    {
        var sent = MailedCodeSent.NotNow;
        await WriteAsync(context, current, enrolling, async transaction =>
        {
            sent = await mailed.SendAsync(transaction, context, current, enrolling.Owner.UserId, address);
            if (sent == MailedCodeSent.Sent)
            {
                await Enrolments.SetAsync(transaction, current.Row.Id, enrolling.Owner.UserId, new() { EmailAddress = address });
            }
        });
        return sent;
    }

    /// <summary>Gives up what was begun, for another way.</summary>
    public Task<bool> ForgetAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling) =>
        WriteAsync(context, current, enrolling, transaction => Enrolments.ForgetAsync(transaction, current.Row.Id));

    /// <summary>The days of grace run from the first time that the person sees that a factor is required.</summary>
    public Task RecordAskedAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling) => enrolling.Step.PutOff is var (mark, _)
        ? WriteAsync(context, current, enrolling, transaction => Memberships.RecordSecondFactorAskedAsync(transaction, mark[Situation.PutOffEnrolment.Length..]))
        : Task.CompletedTask;

    /// <summary>Within the days of grace: the person goes on without, and is asked again at their next sign-in.</summary>
    public Task<bool> PutOffAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling) => enrolling.Step.PutOff is var (mark, _)
        ? WriteAsync(context, current, enrolling, async transaction =>
        {
            await Memberships.RecordSecondFactorAskedAsync(transaction, mark[Situation.PutOffEnrolment.Length..]);
            await Enrolments.ForgetAsync(transaction, current.Row.Id);
            await SignIns.RecordPutOffAsync(transaction, current.Row.Id, mark);
            await Sessions.RecordPutOffAsync(transaction, enrolling.Session.Id, mark);
        })
        : Task.FromResult(false);

    /// <summary>Who came to enrol something leaves without: they go back as they came.</summary>
    public Task<bool> LeaveAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling) => WriteAsync(context, current, enrolling, async transaction =>
    {
        await Enrolments.ForgetAsync(transaction, current.Row.Id);
        await SignIns.RecordPutOffAsync(transaction, current.Row.Id, Situation.EnrolmentIsDone);
    });

    /// <summary>The person has kept the recovery codes: they are shown no more.</summary>
    public async Task<bool> TryKeepCodesAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling)
    {
        var kept = false;
        await WriteAsync(context, current, enrolling, async transaction => kept = await Enrolments.TryTakeAsync(transaction, current.Row));
        return kept;
    }

    /// <summary>In one transaction with the session and the sign-in that it builds on: either may have ended meanwhile.</summary>
    private Task<bool> WriteAsync(HttpContext context, CurrentSignIn current, Enrolling enrolling, Func<HubTransaction, Task> work) => store.WriteAsync(
        new Actor.Person(enrolling.Owner.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            if (await SignIns.FindOpenAsync(transaction, current.Row.Id) is null || !await CodeStep.StillStandsAsync(transaction, current.Row.Id, enrolling.Owner))
            {
                return false;
            }

            await work(transaction);
            return true;
        },
        context.RequestAborted);
}
