using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>An account wants to add the person as a member: they accept, decline, or decide another time.</summary>
[Callers(Caller.SignIn)]
internal sealed class MembershipModel : SignInPage
{
    private readonly IHubStore store;

    public MembershipModel(SignInFlow flow, IHubStore store)
    {
        Flow = flow;
        this.store = store;
    }

    public override SignInFlow Flow { get; }

    public MembershipView Place { get; private set; } = null!;

    public string UserName { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.Accept offer)
        {
            return await GoOnAsync();
        }

        Place = offer.Membership;
        UserName = (await Flow.SessionAsync(HttpContext))?.UserName ?? "";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // The form names the membership that its page asked about: an answer that comes twice, or late, is none to the next question.
        var form = await FormAsync();
        if (await Flow.StepOfAsync(HttpContext, Current) is NextStep.Accept offer && form["membership"] == offer.Membership.Id
            && await Flow.SessionAsync(HttpContext) is { } session)
        {
            await AnswerAsync(session, offer.Membership, form["answer"]);
        }

        return await GoOnAsync();
    }

    private Task<bool> AnswerAsync(LiveSession session, MembershipView place, string? answer) => store.WriteAsync(
        new Actor.Person(session.UserId),
        async transaction =>
        {
            if (await SignIns.FindOpenAsync(transaction, Tx) is null)
            {
                return false;
            }

            switch (answer)
            {
                case "accept":
                    return await Memberships.AcceptAsync(transaction, place.Id, session.UserId) == Memberships.AnswerResult.Done;
                case "decline":
                    return await Memberships.DeclineAsync(transaction, place.Id, session.UserId) == Memberships.AnswerResult.Done;
                case "later":
                    await SignIns.RecordPutOffAsync(transaction, Tx, place.Id);
                    await Sessions.RecordPutOffAsync(transaction, session.Id, place.Id);
                    Current.Row.PutOff += place.Id + " ";
                    return true;
                default:
                    return false;
            }
        },
        HttpContext.RequestAborted);
}
