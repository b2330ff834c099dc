using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>What the pages of a sign-in have in common: they belong to one request in one browser, or they say that it is over.</summary>
/// <remarks>
/// No antiforgery token: the sign-in's id, bound to a SameSite cookie of this browser, does its work, and browsers say themselves whether a form is the hub's own
/// (<see cref="SameSite"/>).
/// </remarks>
[IgnoreAntiforgeryToken]
[RequestSizeLimit(MaxBody)]
internal abstract class SignInPage : PageModel
{
    private const int MaxBody = 64 * 1024;

    /// <summary>The sign-in under way; set before any handler runs.</summary>
    public CurrentSignIn Current { get; private set; } = null!;

    public abstract SignInFlow Flow { get; }

    public string Tx => Current.Row.Id;

    /// <summary>The app that asked, for people.</summary>
    public string App => Current.Client.Name ?? Current.Client.Id;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (HttpMethods.IsPost(Request.Method) && !SameSite.IsOwnForm(Request))
        {
            await PlainPage.WriteErrorAsync(HttpContext, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Go back to the app and sign in again.");
            context.Result = new EmptyResult();
            return;
        }

        if (Request.ContentLength > MaxBody)
        {
            // Also where a handler reads no form.
            await PlainPage.WriteErrorAsync(HttpContext, StatusCodes.Status413PayloadTooLarge, "This form is too large", "Go back and try again.");
            context.Result = new EmptyResult();
            return;
        }

        if (await Flow.FindAsync(HttpContext, Request.Query["tx"]) is not { } current)
        {
            await PlainPage.WriteGoneAsync(HttpContext);
            context.Result = new EmptyResult();
            return;
        }

        Current = current;
        PageSecurity.Apply(Response, formAction: RedirectUris.CspSourceOf(current.Request.RedirectUri));
        await next();
    }

    /// <summary>The form that was sent. What cannot be read, or holds a field twice, is an empty one: every step refuses that in its own words.</summary>
    private protected async Task<RequestParameters> FormAsync()
    {
        var (form, error) = await RequestParameters.ReadFormAsync(HttpContext);
        if (error?.Status == StatusCodes.Status413PayloadTooLarge)
        {
            throw new BadHttpRequestException("The form is too large.", StatusCodes.Status413PayloadTooLarge);
        }

        return form is { Repeated: null } ? form : RequestParameters.Of([]);
    }

    /// <summary>An answer to the pages' own script.</summary>
    private protected ContentResult Json(string json) => Content(json, "application/json");

    /// <summary>Hands over to the next step, which writes the answer.</summary>
    private protected async Task<IActionResult> GoOnAsync()
    {
        await Flow.GoOnAsync(HttpContext, Current);
        return new EmptyResult();
    }
}
