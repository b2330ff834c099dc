using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>An account wants to add the person as a member: they accept, decline, or decide another time.</summary>
[Callers(Caller.SignIn)]
internal sealed class MembershipModel : SignInPage
{
    private readonly IHubStore store;
    private readonly AddressProof proof;

    public MembershipModel(SignInFlow flow, IHubStore store, AddressProof proof)
    {
        Flow = flow;
        this.store = store;
        this.proof = proof;
    }

    public override SignInFlow Flow { get; }

    public MembershipView Place { get; private set; } = null!;

    public string UserName { get; private set; } = "";

    /// <summary>Whether the membership is this person's to accept.</summary>
    public Memberships.Acceptance Acceptance { get; private set; } = null!;

    /// <summary>A code is on its way, or was.</summary>
    public bool CodeWasSent { get; private set; }

    public string? Message { get; private set; }

    /// <summary>The message tells of something that went well.</summary>
    public bool IsNews { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await AskedAsync() is null ? await GoOnAsync() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (await AskedAsync(form) is { } session)
        {
            await AnswerAsync(session, Place, form["answer"]);
        }

        return await GoOnAsync();
    }

    public async Task<IActionResult> OnPostSendAsync()
    {
        var form = await FormAsync();
        if (await AskedAsync(form) is not { } session || Acceptance is not Memberships.Acceptance.Unproved)
        {
            return await GoOnAsync();
        }

        IsNews = await proof.SendAsync(HttpContext, Current, session, Place);
        CodeWasSent |= IsNews;
        Message = IsNews ? "A code is on its way. Only the newest one counts." : "Too many codes were sent. Wait a few minutes.";
        return Page();
    }

    public async Task<IActionResult> OnPostProveAsync()
    {
        var form = await FormAsync();
        if (await AskedAsync(form) is not { } session || Acceptance is not Memberships.Acceptance.Unproved
            || await proof.TryAcceptAsync(HttpContext, Current, session, Place, form["code"]))
        {
            return await GoOnAsync();
        }

        Message = "This code is not right, or it was used before. Type it again, or have a new one sent. After several wrong ones only a new one helps.";
        return Page();
    }

    /// <summary>Reads what the page is about.</summary>
    /// <param name="form">What was sent, if anything: it names the membership that its page asked about, so an answer that comes twice, or late, is none to the next question.</param>
    /// <returns>Who is asked; null when this is not the step that the sign-in is at.</returns>
    private async Task<LiveSession?> AskedAsync(RequestParameters? form = null)
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.Accept offer || (form is not null && form["membership"] != offer.Membership.Id)
            || await Flow.SessionAsync(HttpContext) is not { } session)
        {
            return null;
        }

        Place = offer.Membership;
        UserName = session.UserName;
        Acceptance = await store.ReadAsync(reader => Memberships.AcceptanceOfAsync(reader, Place.Id), HttpContext.RequestAborted);
        CodeWasSent = Current.Row.EmailCodeHash is not null;
        return session;
    }

    private Task<bool> AnswerAsync(LiveSession session, MembershipView place, string? answer) => store.WriteAsync(
        new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(HttpContext) },
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
