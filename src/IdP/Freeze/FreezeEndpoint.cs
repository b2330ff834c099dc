using System.Text.Encodings.Web;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Freeze;

/// <summary>Where "this wasn't me" leads: a page that says what will happen, and a button that does it, once. Opening the page does nothing: mail scanners open links too.</summary>
internal static class FreezeEndpoint
{
    private const int MaxTokenLength = 100;

    public static async Task ShowAsync(HttpContext context, IHubStore store, SignInLimiter limiter)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var token = context.Request.Query[FreezeLinks.TokenField] is [{ Length: > 0 and <= MaxTokenLength } only] ? only : "";
        await (await store.ReadAsync(reader => FreezeLinks.FindAsync(reader, token), context.RequestAborted) is FreezeLinks.Standing.Open open
            ? WriteFormAsync(context, token, open)
            : RefuseAsync(context));
    }

    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInLimiter limiter, LinkAttempts attempts)
    {
        if (!SameSite.IsOwnForm(context.Request))
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Open the link in your mail again and press the button there.");
            return;
        }

        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var (form, unread) = await RequestParameters.ReadFormAsync(context);
        if (form is not { Repeated: null } || form[FreezeLinks.TokenField] is not { Length: > 0 and <= MaxTokenLength } token)
        {
            await PlainPage.WriteErrorAsync(
                context, unread?.Status ?? StatusCodes.Status400BadRequest, "The form could not be read", "Open the link in your mail again and press the button there.");
            return;
        }

        if (!await attempts.TryReserveAsync(context))
        {
            return;
        }

        if (await store.ReadAsync(reader => FreezeLinks.FindAsync(reader, token), context.RequestAborted) is not FreezeLinks.Standing.Open open)
        {
            await RefuseAsync(context);
            return;
        }

        await attempts.GiveBackAsync(context);
        var actor = new Actor.Person(open.UserId) { From = BrowserFacts.AddressOf(context) };
        await (await store.WriteAsync(actor, transaction => FreezeLinks.TryUseAsync(transaction, token), context.RequestAborted) ? WriteDoneAsync(context, open) : RefuseAsync(context));
    }

    private static Task WriteFormAsync(HttpContext context, string token, FreezeLinks.Standing.Open open) => PlainPage.WriteAsync(
        context, StatusCodes.Status200OK, "This wasn’t you?",
        $"""
        <p>If something in the mail was not done by you, somebody else may be able to sign in as <strong>{HtmlEncoder.Default.Encode(open.UserName)}</strong>. This stops them.</p>
        <ul><li>Nobody can sign in as you, you included.</li><li>Everywhere that you are signed in, you are signed out at once.</li>
        <li>Links to choose another password that were mailed before are no good any more.</li><li>Whoever looks after your account is told, and lets you in again once you have spoken.</li></ul>
        <form method="post" action="{context.Request.PathBase}{FreezeLinks.Path}"><input type="hidden" name="{FreezeLinks.TokenField}" value="{HtmlEncoder.Default.Encode(token)}">
        <button type="submit">Freeze my sign-in</button></form>
        <p>If it was you, close this page. Nothing has been changed.</p>
        """);

    private static Task WriteDoneAsync(HttpContext context, FreezeLinks.Standing.Open open) => PlainPage.WriteAsync(
        context, StatusCodes.Status200OK, "Your sign-in is frozen",
        $"<p>Nobody can sign in as <strong>{HtmlEncoder.Default.Encode(open.UserName)}</strong> now, and you are signed out everywhere.</p>"
        + "<p>We have written to you, and to whoever looks after your account. Speak with them: they send you a link with which you choose another password.</p>");

    private static Task RefuseAsync(HttpContext context) => PlainPage.WriteErrorAsync(
        context, StatusCodes.Status404NotFound, "This link is no longer good",
        "It works once, for seven days. If you think that somebody else can sign in as you, ask whoever looks after your account, at once.");
}
