using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.WebAuthn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>User name and password.</summary>
[Callers(Caller.SignIn)]
internal sealed class PasswordModel : SignInPage
{
    private const string Refused = "E-mail or password is not right, or you cannot sign in. Try again, or ask your administrator.";

    private readonly PasswordStep passwords;
    private readonly PasswordGiven given;
    private readonly BrowserFacts browser;

    public PasswordModel(SignInFlow flow, PasswordStep passwords, PasswordGiven given, BrowserFacts browser)
    {
        Flow = flow;
        this.passwords = passwords;
        this.given = given;
        this.browser = browser;
    }

    public override SignInFlow Flow { get; }

    public string UserName { get; private set; } = "";

    public string? Message { get; private set; }

    /// <summary>The passkey that was sent, where the hub knows none of its id.</summary>
    public string? UnknownPasskey { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        // Someone who went back after having signed in goes on.
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.AskPassword)
        {
            return await GoOnAsync();
        }

        UserName = Current.Request.LoginHint ?? "";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.AskPassword)
        {
            return await GoOnAsync();
        }

        var typed = form["password"];
        UserName = form["username"] ?? "";
        switch (await passwords.CheckAsync(UserName, typed, HttpContext.Connection.RemoteIpAddress, browser.Mark(Request), HttpContext.RequestAborted))
        {
            case PasswordStep.Outcome.Right right:
                return await AcceptAsync(right.User);
            case PasswordStep.Outcome.Busy busy:
                return Busy(busy.RetryAfter);
            default:
                return Again(StatusCodes.Status200OK, Refused);
        }
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync([FromServices] PasskeySignIn passkeys, [FromServices] SignInLimiter limiter)
    {
        using var lease = limiter.Take(HttpContext);
        if (!lease.IsAcquired)
        {
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        return await Flow.StepOfAsync(HttpContext, Current) is NextStep.AskPassword ? Json(await passkeys.AskAsync(HttpContext, Current)) : StatusCode(StatusCodes.Status409Conflict);
    }

    public async Task<IActionResult> OnPostPasskeyAsync([FromServices] PasskeySignIn passkeys)
    {
        var form = await FormAsync();
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.AskPassword)
        {
            return await GoOnAsync();
        }

        switch (await passkeys.TryAsync(HttpContext, Current, form["credential"]))
        {
            case PasskeySignIn.Outcome.Right:
                return await GoOnAsync();
            case PasskeySignIn.Outcome.Busy busy:
                return Busy(busy.RetryAfter);
            case PasskeySignIn.Outcome.Wrong wrong:
                UnknownPasskey = wrong.UnknownId;
                break;
        }

        return Again(StatusCodes.Status200OK, Refused);
    }

    public async Task<IActionResult> OnPostCancelAsync()
    {
        await Flow.FailAsync(HttpContext, Current, OAuthError.AccessDenied("the user went back"));
        return new EmptyResult();
    }

    private async Task<IActionResult> AcceptAsync(Users.SignInFacts user)
    {
        switch (await given.GoOnAsync(HttpContext, Current, user))
        {
            case PasswordGiven.Next.SignedIn:
                return await GoOnAsync();
            case PasswordGiven.Next.Code:
                SignInFlow.SeeOther(HttpContext, $"/sign-in/code?tx={Tx}");
                return new EmptyResult();
            default:
                return Again(StatusCodes.Status200OK, Refused);
        }
    }

    private PageResult Busy(TimeSpan retryAfter)
    {
        Response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Again(StatusCodes.Status429TooManyRequests, "Too many people are signing in just now. Wait a moment and try again.");
    }

    private PageResult Again(int status, string message)
    {
        Message = message;
        Response.StatusCode = status;
        return Page();
    }
}
