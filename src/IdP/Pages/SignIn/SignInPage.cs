using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>What the pages of a sign-in have in common: they belong to one request in one browser, or they say that it is over.</summary>
/// <remarks>
/// No antiforgery token: the sign-in's id, bound to a SameSite cookie of this browser, does its work. A forged post lacks either, and there is nothing to gain
/// from a page that only ever proves something to the browser that asked.
/// </remarks>
[IgnoreAntiforgeryToken]
[RequestSizeLimit(64 * 1024)]
internal abstract class SignInPage : PageModel
{
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

    /// <summary>Hands over to the next step, which writes the answer.</summary>
    private protected async Task<IActionResult> GoOnAsync()
    {
        await Flow.GoOnAsync(HttpContext, Current);
        return new EmptyResult();
    }
}
