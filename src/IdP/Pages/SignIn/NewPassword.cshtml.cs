using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>Who signed in with a password that somebody else chose chooses their own, before anything else.</summary>
[Callers(Caller.SignIn)]
internal sealed class NewPasswordModel : SignInPage
{
    private readonly IHubStore store;
    private readonly NewPasswordHashing hashing;

    public NewPasswordModel(SignInFlow flow, IHubStore store, NewPasswordHashing hashing)
    {
        Flow = flow;
        this.store = store;
        this.hashing = hashing;
    }

    public override SignInFlow Flow { get; }

    public string UserName { get; private set; } = "";

    public string? Message { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await AskedAsync() is null ? await GoOnAsync() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (await AskedAsync() is not { } session)
        {
            return await GoOnAsync();
        }

        if (NewPasswordForm.Fault(form, UserName) is { } wrong)
        {
            return Again(StatusCodes.Status400BadRequest, wrong);
        }

        var former = await store.ReadAsync(reader => Passwords.HashOfAsync(reader, session.UserId), HttpContext.RequestAborted);
        if (former is null)
        {
            return await GoOnAsync();
        }

        if (hashing.TryHashAnother(form[NewPasswordForm.PasswordField]!, former) is not { } hashed)
        {
            Response.Headers.RetryAfter = "2";
            return Again(StatusCodes.Status429TooManyRequests, NewPasswordForm.Busy);
        }

        if (await hashed is not { } hash)
        {
            return Again(StatusCodes.Status400BadRequest, "This is the password that you were given. Choose another.");
        }

        var secret = await store.WriteAsync(
            new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(HttpContext) },
            transaction => Passwords.ReplaceFirstAsync(transaction, session, former, hash),
            HttpContext.RequestAborted);
        if (secret is not null)
        {
            Flow.UseSession(HttpContext, secret);
        }

        return await GoOnAsync();
    }

    public async Task<IActionResult> OnPostCancelAsync()
    {
        await Flow.FailAsync(HttpContext, Current, OAuthError.AccessDenied("the user went back"));
        return new EmptyResult();
    }

    /// <returns>Who is to choose; null when this is not the step that the sign-in is at.</returns>
    private async Task<LiveSession?> AskedAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.ChangePassword || await Flow.SessionAsync(HttpContext) is not { } session)
        {
            return null;
        }

        UserName = session.UserName;
        return session;
    }

    private PageResult Again(int status, string message)
    {
        Message = message;
        Response.StatusCode = status;
        return Page();
    }
}
