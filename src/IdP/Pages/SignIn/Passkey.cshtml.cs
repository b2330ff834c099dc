using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.WebAuthn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>The second factor as a passkey. The form is on the page of codes too.</summary>
[Callers(Caller.SignIn)]
internal sealed class PasskeyModel : SignInPage
{
    private readonly CodeStep codes;
    private readonly PasskeyFactor passkeys;
    private readonly SignedIn signedIn;
    private readonly SignInLimiter limiter;

    public PasskeyModel(SignInFlow flow, CodeStep codes, PasskeyFactor passkeys, SignedIn signedIn, SignInLimiter limiter)
    {
        Flow = flow;
        this.codes = codes;
        this.passkeys = passkeys;
        this.signedIn = signedIn;
        this.limiter = limiter;
    }

    public override SignInFlow Flow { get; }

    public string? Message { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await OwnerAsync() is null ? await GoOnAsync() : Page();

    public async Task<IActionResult> OnPostOptionsAsync()
    {
        using var lease = limiter.Take(HttpContext);
        if (!lease.IsAcquired)
        {
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        return await OwnerAsync() is { } owner ? Json(await passkeys.AskAsync(HttpContext, Current, owner)) : StatusCode(StatusCodes.Status409Conflict);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // The body comes first: whose passkey it is must not be decided before the passkey is there.
        var form = await FormAsync();
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        if (await passkeys.TryAsync(HttpContext, Current, owner, form["credential"]) is { } shown && await signedIn.RecordAsync(HttpContext, owner, owner.With(shown)))
        {
            return await GoOnAsync();
        }

        Message = "This passkey could not be used. Try again, or use another way. After several tries, go back to the app and sign in anew.";
        return Page();
    }

    /// <returns>Whose passkey is asked for; null when this is not the step that the sign-in is at, or they have none.</returns>
    private async Task<CodeOwner?> OwnerAsync()
    {
        var step = await Flow.StepOfAsync(HttpContext, Current);
        var owner = await codes.OwnerAsync(Current, step, await Flow.SessionAsync(HttpContext), HttpContext.RequestAborted);
        return owner is not null && owner.Ways.Contains(FactorWay.Passkey) ? owner : null;
    }
}
