using System.Text.Encodings.Web;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Reset;

/// <summary>Where the link of a password reset leads: whoever holds it chooses another password, once. Opening the page uses nothing up.</summary>
internal static class ResetEndpoint
{
    private const string Path = "/reset/password";

    public static async Task ShowAsync(HttpContext context, IHubStore store, SignInLimiter limiter)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var query = context.Request.Query;
        var token = query[NewPasswordForm.TokenField] is [{ Length: > 0 and <= NewPasswordForm.MaxTokenLength } only] ? only : "";
        await (await store.ReadAsync(reader => PasswordResets.FindAsync(reader, token), context.RequestAborted) is PasswordResets.Standing.Open open
            ? WriteFormAsync(context, token, ResetRequestEndpoint.SignInOf(query[ResetRequestEndpoint.SignInField]), open, null)
            : RefuseAsync(context));
    }

    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInLimiter limiter, LinkAttempts attempts, NewPasswordHashing hashing, SignInFlow flow)
    {
        if (!SameSite.IsOwnForm(context.Request))
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Open the link in your mail again and fill in the form there.");
            return;
        }

        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var (form, unread) = await RequestParameters.ReadFormAsync(context);
        if (form is not { Repeated: null } || form[NewPasswordForm.TokenField] is not { Length: <= NewPasswordForm.MaxTokenLength } token)
        {
            await PlainPage.WriteErrorAsync(
                context, unread?.Status ?? StatusCodes.Status400BadRequest, "The form could not be read", "Open the link in your mail again and fill in the form there.");
            return;
        }

        if (!await attempts.TryReserveAsync(context))
        {
            return;
        }

        if (await store.ReadAsync(reader => PasswordResets.FindAsync(reader, token), context.RequestAborted) is not PasswordResets.Standing.Open open)
        {
            await RefuseAsync(context);
            return;
        }

        await attempts.GiveBackAsync(context);
        await RedeemAsync(context, store, hashing, flow, open, token, form);
    }

    private static async Task RedeemAsync(
        HttpContext context, IHubStore store, NewPasswordHashing hashing, SignInFlow flow, PasswordResets.Standing.Open open, string token, RequestParameters form)
    {
        var signIn = ResetRequestEndpoint.SignInOf(form[ResetRequestEndpoint.SignInField]);
        if (NewPasswordForm.Fault(form, open.UserName) is { } wrong)
        {
            await WriteFormAsync(context, token, signIn, open, wrong);
            return;
        }

        if (hashing.TryHash(form[NewPasswordForm.PasswordField]!) is not { } hashed)
        {
            context.Response.Headers.RetryAfter = "2";
            await WriteFormAsync(context, token, signIn, open, NewPasswordForm.Busy, StatusCodes.Status429TooManyRequests);
            return;
        }

        var hash = await hashed;
        var actor = new Actor.Person(open.UserId) { From = BrowserFacts.AddressOf(context) };
        if (!await store.WriteAsync(actor, transaction => PasswordResets.TryRedeemAsync(transaction, token, hash), context.RequestAborted))
        {
            await RefuseAsync(context);
            return;
        }

        // Back to the sign-in only in the browser in which it is: the link may have been opened elsewhere.
        var current = await flow.FindAsync(context, signIn);
        await PlainPage.WriteAsync(
            context, StatusCodes.Status200OK, "Your password is saved",
            "<p>Everywhere else you are signed out.</p>"
            + (current is null
                ? $"<p>Go to the app that you want to use and sign in as <strong>{HtmlEncoder.Default.Encode(open.UserName)}</strong>.</p>"
                : $"<p><a href=\"{context.Request.PathBase}/sign-in?tx={current.Row.Id}\">Go on and sign in</a></p>"));
    }

    private static Task RefuseAsync(HttpContext context) => PlainPage.WriteErrorAsync(
        context, StatusCodes.Status404NotFound, "This link is no longer good",
        "It works once, for 30 minutes, and only until a newer one is sent. Go back to the app, and on its sign-in page ask for a new one.");

    private static Task WriteFormAsync(HttpContext context, string token, string? signIn, PasswordResets.Standing.Open open, string? wrong, int status = StatusCodes.Status400BadRequest)
    {
        (string, string)[] hidden = [(NewPasswordForm.TokenField, token), .. signIn is null ? Array.Empty<(string, string)>() : [(ResetRequestEndpoint.SignInField, signIn)]];
        return NewPasswordForm.WriteAsync(context, Path, hidden, "<p>Everywhere that you are signed in now, you will be signed out.</p>", open.UserName, wrong, status);
    }
}
