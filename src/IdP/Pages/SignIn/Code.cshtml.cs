using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>The second factor: a code of an authenticator app, or one sent by e-mail.</summary>
[Callers(Caller.SignIn)]
internal sealed class CodeModel : SignInPage
{
    private readonly CodeStep codes;
    private readonly SignedIn signedIn;

    public CodeModel(SignInFlow flow, CodeStep codes, SignedIn signedIn)
    {
        Flow = flow;
        this.codes = codes;
        this.signedIn = signedIn;
    }

    public override SignInFlow Flow { get; }

    /// <summary>Where the code was sent, not quite legible; null for an authenticator app.</summary>
    public string? MaskedAddress { get; private set; }

    /// <summary>Whether a passkey serves as well.</summary>
    public bool HasPasskey { get; private set; }

    public string? Message { get; private set; }

    /// <summary>The message tells of something that went well.</summary>
    public bool IsNews { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await OwnerAsync() is null ? await GoOnAsync() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        // The body comes first: whose code it is must not be decided before the code is there.
        var form = await FormAsync();
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        if (await codes.TryAsync(HttpContext, Current, owner, form["code"]) is { } amr && await signedIn.RecordAsync(HttpContext, owner, amr))
        {
            return await GoOnAsync();
        }

        Message = "This code is not right, or it was used before. Wait for the next one and try again. After several wrong ones, go back to the app and sign in anew.";
        return Page();
    }

    public async Task<IActionResult> OnPostSendAsync()
    {
        if (await OwnerAsync() is not { } owner)
        {
            return await GoOnAsync();
        }

        IsNews = await codes.SendEmailCodeAsync(HttpContext, Current, owner);
        Message = IsNews
            ? "A new code is on its way. Only the newest one counts."
            : "Too many codes were sent. Wait a few minutes.";
        return Page();
    }

    public async Task<IActionResult> OnPostCancelAsync()
    {
        await Flow.FailAsync(HttpContext, Current, OAuthError.AccessDenied("the user went back"));
        return new EmptyResult();
    }

    /// <returns>Whose code is asked for; null when this is not the step that the sign-in is at.</returns>
    private async Task<CodeOwner?> OwnerAsync()
    {
        var step = await Flow.StepOfAsync(HttpContext, Current);
        var owner = await codes.OwnerAsync(Current, step, await Flow.SessionAsync(HttpContext), HttpContext.RequestAborted);
        if (owner is not { Factors.Any: true })
        {
            return null;
        }

        MaskedAddress = owner.Factors is { Totp: false, EmailCodesTo: { } address } ? MailedCode.Mask(address) : null;
        HasPasskey = owner.Factors.Passkeys > 0;
        return owner;
    }
}
