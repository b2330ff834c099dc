using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
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

    /// <summary>What was posted; set before any handler of a POST runs.</summary>
    private protected RequestParameters Form { get; private set; } = RequestParameters.Of([]);

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

        if (HttpMethods.IsPost(Request.Method))
        {
            var (form, error) = await RequestParameters.ReadFormAsync(HttpContext);
            if (form is null)
            {
                await PlainPage.WriteErrorAsync(HttpContext, error!.Status, "This form could not be read", "Go back and try again.");
                context.Result = new EmptyResult();
                return;
            }

            Form = form;
        }

        Current = current;
        PageSecurity.Apply(Response, formAction: RedirectUris.CspSourceOf(current.Request.RedirectUri));
        await next();
    }

    /// <returns>The value of a field; null when it is empty, absent or repeated.</returns>
    private protected string? Field(string name) => Form.AllRepeated.Contains(name) ? null : Form[name];

    /// <summary>Hands over to the next step, which writes the answer.</summary>
    private protected async Task<IActionResult> GoOnAsync()
    {
        await Flow.GoOnAsync(HttpContext, Current);
        return new EmptyResult();
    }
}
