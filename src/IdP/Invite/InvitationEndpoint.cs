using System.Globalization;
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
    private const string TokenField = "token";
    private const string PasswordField = "new-password";
    private const string RepeatField = "new-password-again";
    private const int MaxTokenLength = 128;

    private static readonly Actor Self = new Actor.Hub("invitation");

    public static async Task ShowAsync(HttpContext context, IHubStore store, SignInLimiter limiter)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var token = context.Request.Query[TokenField] is [{ Length: > 0 and <= MaxTokenLength } only] ? only : "";
        var standing = await store.ReadAsync(reader => Invitations.FindAsync(reader, token), context.RequestAborted);
        await (standing is Invitations.Standing.Open open ? WriteFormAsync(context, token, open, null) : RefuseAsync(context, standing is Invitations.Standing.HasPassword));
    }

    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInLimiter limiter, PasswordHashing hashing, HashGate gate, IdPOptions options)
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
        if (form is not { Repeated: null } || form[TokenField] is not { Length: <= MaxTokenLength } token)
        {
            await PlainPage.WriteErrorAsync(
                context, unread?.Status ?? StatusCodes.Status400BadRequest, "The form could not be read", "Open the link in your invitation again and fill in the form there.");
            return;
        }

        // The attempt is reserved before the link is looked at, and given back when it was a good one.
        var limit = new Limit("invitation-address", options.AddressBurst, options.AddressRefill);
        var network = PasswordStep.NetworkOf(context.Connection.RemoteIpAddress);
        if (!await store.WriteAsync(Self, transaction => Task.FromResult(Throttles.TryReserve(transaction, limit, network)), context.RequestAborted))
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(options.AddressRefill.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "Too many attempts", "Too many links that are no good were tried from your network. Wait a moment and try again.");
            return;
        }

        var standing = await store.ReadAsync(reader => Invitations.FindAsync(reader, token), context.RequestAborted);
        if (standing is not Invitations.Standing.Open open)
        {
            await RefuseAsync(context, standing is Invitations.Standing.HasPassword);
            return;
        }

        await store.WriteAsync(
            Self,
            transaction =>
            {
                Throttles.GiveBack(transaction, limit, network);
                return Task.FromResult(true);
            },
            context.RequestAborted);
        await RedeemAsync(context, store, hashing, gate, open, token, form);
    }

    private static async Task RedeemAsync(
        HttpContext context, IHubStore store, PasswordHashing hashing, HashGate gate, Invitations.Standing.Open open, string token, RequestParameters form)
    {
        var password = form[PasswordField];
        var wrong = PasswordRules.Check(password, open.UserName) ?? (password == form[RepeatField] ? null : "The two passwords are not the same. Type the same one twice.");
        if (wrong is not null)
        {
            await WriteFormAsync(context, token, open, wrong);
            return;
        }

        if (gate.TryRun(() => hashing.Hash(password!)) is not { } hashed)
        {
            context.Response.Headers.RetryAfter = "2";
            await WriteFormAsync(context, token, open, "Too many people are signing in just now. Wait a moment and try again.", StatusCodes.Status429TooManyRequests);
            return;
        }

        var hash = await hashed;
        var result = await store.WriteAsync(new Actor.Person(open.UserId), transaction => Invitations.RedeemAsync(transaction, token, hash), context.RequestAborted);
        await (result == Invitations.RedeemResult.Redeemed ? WriteDoneAsync(context, open) : RefuseAsync(context, result == Invitations.RedeemResult.HasPassword));
    }

    private static Task RefuseAsync(HttpContext context, bool hasPassword) => hasPassword
        ? PlainPage.WriteErrorAsync(
            context, StatusCodes.Status409Conflict, "You have a password already",
            "This invitation is not needed any more: go to the app and sign in with your password. If you did not choose one, tell your administrator.")
        : PlainPage.WriteErrorAsync(
            context, StatusCodes.Status404NotFound, "This invitation is no longer good",
            "It works once, for seven days, and only until a newer one is sent. Ask your administrator for a new one.");

    private static Task WriteFormAsync(HttpContext context, string token, Invitations.Standing.Open open, string? wrong, int status = StatusCodes.Status400BadRequest)
    {
        Func<string, string> encode = HtmlEncoder.Default.Encode;
        string Password(string name, string label, string? hint) =>
            $"<label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" type=\"password\" autocomplete=\"new-password\" required maxlength=\"{Passwords.MaxLength}\""
            + (hint is null ? ">" : $" aria-describedby=\"{name}-hint\"><p class=\"hint\" id=\"{name}-hint\">{hint}</p>");
        return PlainPage.WriteAsync(
            context, wrong is null ? StatusCodes.Status200OK : status, "Choose a password",
            $"<p><strong>{encode(open.AccountName)}</strong> invites you to sign in.</p>"
            + (wrong is null ? "" : $"<p class=\"alert\" role=\"alert\">{encode(wrong)}</p>")
            + $"<form method=\"post\" action=\"{context.Request.PathBase}/invitation\"><input type=\"hidden\" name=\"{TokenField}\" value=\"{encode(token)}\">"
            + $"<label for=\"username\">Your user name</label><input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" readonly value=\"{encode(open.UserName)}\">"
            + Password(PasswordField, "Password", $"{PasswordRules.MinLength} characters or more. A few words in a row do well.")
            + Password(RepeatField, "The same password again", null)
            + "<button type=\"submit\">Save password</button></form>");
    }

    private static Task WriteDoneAsync(HttpContext context, Invitations.Standing.Open open) => PlainPage.WriteAsync(
        context, StatusCodes.Status200OK, "You can sign in now",
        $"<p>Your password is saved. Go to the app that you want to use and sign in as <strong>{HtmlEncoder.Default.Encode(open.UserName)}</strong>.</p>");
}
