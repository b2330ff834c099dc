using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.WebAuthn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>Enrols a passkey. The form is on the page that enrols any second factor too.</summary>
[Callers(Caller.SignIn)]
internal sealed class NewPasskeyModel : SignInPage
{
    private readonly PasskeyEnrolment enrolment;
    private readonly EnrolConfirm codes;
    private readonly SignInLimiter limiter;

    public NewPasskeyModel(SignInFlow flow, PasskeyEnrolment enrolment, EnrolConfirm codes, SignInLimiter limiter)
    {
        Flow = flow;
        this.enrolment = enrolment;
        this.codes = codes;
        this.limiter = limiter;
    }

    public override SignInFlow Flow { get; }

    public string? Message { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await ReadAsync() is null ? await GoOnAsync() : Page();

    public async Task<IActionResult> OnPostOptionsAsync()
    {
        using var lease = limiter.Take(HttpContext);
        if (!lease.IsAcquired)
        {
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        return await ReadAsync() is var (session, _) && await enrolment.AskAsync(HttpContext, Current, session) is { } options ? Json(options) : StatusCode(StatusCodes.Status409Conflict);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (await ReadAsync() is not var (session, owner))
        {
            return await GoOnAsync();
        }

        var endOthers = Enrolling.IsWish(Current) && form[EnrolModel.OthersField] is not null;
        if (await enrolment.TryAsync(HttpContext, Current, owner, form["credential"], form["name"], endOthers))
        {
            // A hub that is too busy for them just now leaves them to the person's own settings.
            await codes.MakeCodesAsync(HttpContext, Current, session);
            return await GoOnAsync();
        }

        Message = "This passkey could not be added. Try again, or use another one.";
        return Page();
    }

    /// <returns>Who enrols; null when this is not the step that the sign-in is at, or something else is to be enrolled.</returns>
    private async Task<(LiveSession Session, CodeOwner Owner)?> ReadAsync() =>
        await Flow.SessionAsync(HttpContext) is { } session && await enrolment.OwnerAsync(HttpContext, session) is { } owner
        && await Flow.StepOfAsync(HttpContext, Current) is NextStep.Enrol { Kind: null or Enrolment.Passkey }
            ? (session, owner)
            : null;
}
