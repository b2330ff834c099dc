using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>The second factor: a passkey, a code of an authenticator app, one sent by e-mail, a recovery code, or the one that an administrator hands over after a reset.</summary>
[Callers(Caller.SignIn)]
internal sealed class CodeModel : SignInPage
{
    /// <summary>The check box by which this browser is remembered.</summary>
    public const string RememberField = "remember";

    private readonly CodeStep codes;
    private readonly MailedCodes mailed;
    private readonly SignedIn signedIn;
    private readonly RememberOffer offer;

    public CodeModel(SignInFlow flow, CodeStep codes, MailedCodes mailed, SignedIn signedIn, RememberOffer offer)
    {
        Flow = flow;
        this.codes = codes;
        this.mailed = mailed;
        this.signedIn = signedIn;
        this.offer = offer;
    }

    public override SignInFlow Flow { get; }

    /// <summary>Every way that there is, always in the same order.</summary>
    public IReadOnlyList<FactorWay> Ways { get; private set; } = [];

    /// <summary>The way that the main form is for; null where a passkey is all that is shown.</summary>
    public FactorWay? Way { get; private set; }

    /// <summary>Whether a passkey is asked for on this page, above the main form if there is one.</summary>
    public bool WithPasskey { get; private set; }

    /// <summary>Where the code was sent, not quite legible; null for any other way.</summary>
    public string? MaskedAddress { get; private set; }

    /// <summary>For how many days this browser may be remembered; 0 where that is not offered.</summary>
    public int RememberDays { get; private set; }

    public string? Message { get; private set; }

    /// <summary>The message tells of something that went well.</summary>
    public bool IsNews { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        if (Way == FactorWay.Mail && Current.Row.EmailCodeExpiresAt is null && await mailed.SendAsync(HttpContext, Current, owner) is not MailedCodeSent.Sent and var sent)
        {
            Message = MailedCode.WordsOf(sent);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // The body comes first: whose code it is must not be decided before the code is there.
        var form = await FormAsync();
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        var outcome = Way is { } way ? await codes.TryAsync(HttpContext, Current, owner, way, form["code"]) : new CodeStep.Outcome.Wrong();
        switch (outcome)
        {
            case CodeStep.Outcome.Right right when await signedIn.RecordAsync(HttpContext, owner, right.Shown, RememberDays > 0 && form[RememberField] is not null):
                return await GoOnAsync();
            case CodeStep.Outcome.Busy:
                Response.Headers.RetryAfter = "2";
                return Again(StatusCodes.Status429TooManyRequests, "Too many people are signing in just now. Wait a moment and try again.");
            default:
                return Again(StatusCodes.Status200OK, "This code is not right, or it was used before. " + WhatToDo());
        }
    }

    public async Task<IActionResult> OnPostSendAsync()
    {
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        // To who gives another factor a mailed code would be of no use, and a way to have the hub write to them.
        if (!owner.Ways.Contains(FactorWay.Mail))
        {
            return Page();
        }

        var sent = await mailed.SendAsync(HttpContext, Current, owner);
        IsNews = sent == MailedCodeSent.Sent;
        Message = MailedCode.WordsOf(sent);
        return Page();
    }

    public async Task<IActionResult> OnPostCancelAsync()
    {
        await Flow.FailAsync(HttpContext, Current, OAuthError.AccessDenied("the user went back"));
        return new EmptyResult();
    }

    private string WhatToDo() => Way switch
    {
        FactorWay.App => "Wait for the next one and try again. After several wrong ones, go back to the app and sign in anew.",
        FactorWay.Temporary => "Type it again. If that does not help, ask your administrator for a new one.",
        _ => "Type it again. After several wrong ones, go back to the app and sign in anew.",
    };

    private PageResult Again(int status, string message)
    {
        Message = message;
        Response.StatusCode = status;
        return Page();
    }

    /// <returns>Whose factor is asked for; null when this is not the step that the sign-in is at.</returns>
    private async Task<CodeOwner?> OwnerAsync()
    {
        var step = await Flow.StepOfAsync(HttpContext, Current);
        var owner = await codes.OwnerAsync(Current, step, await Flow.SessionAsync(HttpContext), HttpContext.RequestAborted);
        if (owner is not { Ways.Count: > 0 })
        {
            return null;
        }

        Ways = owner.Ways;
        var asked = FactorWays.Find(Ways, Request.Query["way"]);
        WithPasskey = Ways.Contains(FactorWay.Passkey) && asked is null or FactorWay.Passkey;

        // The strongest that is typed. Recovery codes are few: they are asked for only by who says so.
        Way = asked is not null and not FactorWay.Passkey
            ? asked
            : Ways.Select(way => (FactorWay?)way).FirstOrDefault(way => way is not (FactorWay.Passkey or FactorWay.Recovery));
        MaskedAddress = Way == FactorWay.Mail ? MailedCode.Mask(owner.Factors.EmailCodesTo!) : null;
        RememberDays = await offer.DaysAsync(HttpContext, Current, owner);
        return owner;
    }
}
