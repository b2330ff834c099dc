using System.Text.Encodings.Web;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Invite;

/// <summary>Where the link of an invitation leads: whoever holds it chooses their first password, once. Opening the page uses nothing up.</summary>
internal static class InvitationEndpoint
{
    public static async Task ShowAsync(HttpContext context, IHubStore store, SignInLimiter limiter)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var token = context.Request.Query[NewPasswordForm.TokenField] is [{ Length: > 0 and <= NewPasswordForm.MaxTokenLength } only] ? only : "";
        var standing = await store.ReadAsync(reader => Invitations.FindAsync(reader, token), context.RequestAborted);
        await (standing is Invitations.Standing.Open open ? WriteFormAsync(context, token, open, null) : RefuseAsync(context, standing is Invitations.Standing.HasPassword));
    }

    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInLimiter limiter, PasswordHashing hashing, HashGate gate, LinkAttempts attempts)
    {
        if (!SameSite.IsOwnForm(context.Request))
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Open the link in your invitation again and fill in the form there.");
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
                context, unread?.Status ?? StatusCodes.Status400BadRequest, "The form could not be read", "Open the link in your invitation again and fill in the form there.");
            return;
        }

        if (!await attempts.TryReserveAsync(context))
        {
            return;
        }

        var standing = await store.ReadAsync(reader => Invitations.FindAsync(reader, token), context.RequestAborted);
        if (standing is not Invitations.Standing.Open open)
        {
            await RefuseAsync(context, standing is Invitations.Standing.HasPassword);
            return;
        }

        await attempts.GiveBackAsync(context);
        await RedeemAsync(context, store, hashing, gate, open, token, form);
    }

    private static async Task RedeemAsync(
        HttpContext context, IHubStore store, PasswordHashing hashing, HashGate gate, Invitations.Standing.Open open, string token, RequestParameters form)
    {
        var password = form[NewPasswordForm.PasswordField];
        var wrong = NewPasswordForm.Fault(form, open.UserName);
        if (wrong is not null)
        {
            await WriteFormAsync(context, token, open, wrong);
            return;
        }

        if (gate.TryRun(() => hashing.Hash(password!)) is not { } hashed)
        {
            context.Response.Headers.RetryAfter = "2";
            await WriteFormAsync(context, token, open, NewPasswordForm.Busy, StatusCodes.Status429TooManyRequests);
            return;
        }

        var hash = await hashed;
        var actor = new Actor.Person(open.UserId) { From = BrowserFacts.AddressOf(context) };
        var result = await store.WriteAsync(actor, transaction => Invitations.RedeemAsync(transaction, token, hash), context.RequestAborted);
        await (result == Invitations.RedeemResult.Redeemed ? WriteDoneAsync(context, open) : RefuseAsync(context, result == Invitations.RedeemResult.HasPassword));
    }

    private static Task RefuseAsync(HttpContext context, bool hasPassword) => hasPassword
        ? PlainPage.WriteErrorAsync(
            context, StatusCodes.Status409Conflict, "You have a password already",
            "This invitation is not needed any more: go to the app and sign in with your password. If you did not choose one, tell your administrator.")
        : PlainPage.WriteErrorAsync(
            context, StatusCodes.Status404NotFound, "This invitation is no longer good",
            "It works once, for seven days, and only until a newer one is sent. Ask your administrator for a new one.");

    private static Task WriteFormAsync(HttpContext context, string token, Invitations.Standing.Open open, string? wrong, int status = StatusCodes.Status400BadRequest) =>
        NewPasswordForm.WriteAsync(
            context, "/invitation", [(NewPasswordForm.TokenField, token)], $"<p><strong>{HtmlEncoder.Default.Encode(open.AccountName)}</strong> invites you to sign in.</p>", open.UserName,
            wrong, status);

    private static Task WriteDoneAsync(HttpContext context, Invitations.Standing.Open open) => PlainPage.WriteAsync(
        context, StatusCodes.Status200OK, "You can sign in now",
        $"<p>Your password is saved. Go to the app that you want to use and sign in as <strong>{HtmlEncoder.Default.Encode(open.UserName)}</strong>.</p>");
}
