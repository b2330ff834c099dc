using System.Globalization;
using System.Text.RegularExpressions;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Reset;

/// <summary>Somebody does not know their password: they name themselves, and whoever that is gets a mail. The answer and the work before it are the same for every name.</summary>
internal static partial class ResetRequestEndpoint
{
    public const string SignInField = "tx";
    private const string NameField = "username";
    private const int MaxName = 256;

    /// <summary>From one network: fifty, then one every ten seconds.</summary>
    private static readonly Limit ByNetwork = new("reset-address", 50, TimeSpan.FromSeconds(10));

    /// <summary>For one name, whether somebody has it or not: three, then one every ten minutes. What goes beyond is answered and not done.</summary>
    private static readonly Limit ByName = new("reset-name", 3, TimeSpan.FromMinutes(10));

    private static readonly Actor Self = new Actor.Hub("password-reset");

    public static Task ShowAsync(HttpContext context) => WriteFormAsync(context, SignInOf(context.Request.Query[SignInField]), null);

    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInLimiter limiter)
    {
        if (!SameSite.IsOwnForm(context.Request))
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Go back to the app and sign in again.");
            return;
        }

        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var (form, unread) = await RequestParameters.ReadFormAsync(context);
        if (form is not { Repeated: null })
        {
            await PlainPage.WriteErrorAsync(context, unread?.Status ?? StatusCodes.Status400BadRequest, "The form could not be read", "Go back and try again.");
            return;
        }

        var signIn = SignInOf(form[SignInField]);
        if (form[NameField] is not { Length: <= MaxName } typed || CanonicalName.Of(typed) is not { } name)
        {
            await WriteFormAsync(context, signIn, "Type the e-mail or user name with which you sign in.");
            return;
        }

        var may = await store.WriteAsync(
            Self,
            async transaction =>
            {
                if (!Throttles.TryReserve(transaction, ByNetwork, PasswordStep.NetworkOf(context.Connection.RemoteIpAddress)))
                {
                    return false;
                }

                if (Throttles.TryReserve(transaction, ByName, name))
                {
                    // Who that is, if anybody, is found out later: nothing that is seen or measured here depends on it.
                    await PasswordResets.QueueRequestAsync(transaction, new(name, signIn));
                }

                return true;
            },
            context.RequestAborted);
        if (!may)
        {
            context.Response.Headers.RetryAfter = ((int)ByNetwork.Interval.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "Too many attempts", "Too many passwords were asked for from your network. Wait a moment and try again.");
            return;
        }

        await PlainPage.WriteAsync(
            context, StatusCodes.Status200OK, "Look into your mail",
            "<p>If somebody signs in with this name, a mail with a link is on its way to them. It is good for 30 minutes, once.</p>"
            + "<p>No mail? Look into the folder for unwanted mail, check the name, or ask your administrator.</p>" + BackTo(context, signIn));
    }

    /// <returns>The id of a sign-in as it could be; null for anything else.</returns>
    public static string? SignInOf(string? text) => text is not null && SignInForm().IsMatch(text) ? text : null;

    private static Task WriteFormAsync(HttpContext context, string? signIn, string? wrong) => PlainPage.WriteAsync(
        context, wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, "Forgot your password?",
        "<p>Say who you are, and we mail you a link with which you choose a new password.</p>"
        + (wrong is null ? "" : $"<p class=\"alert\" role=\"alert\" id=\"message\">{wrong}</p>")
        + $"<form method=\"post\" action=\"{context.Request.PathBase}/reset\">"
        + (signIn is null ? "" : $"<input type=\"hidden\" name=\"{SignInField}\" value=\"{signIn}\">")
        + $"<label for=\"{NameField}\">E-mail or user name</label>"
        + $"<input id=\"{NameField}\" name=\"{NameField}\" type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"{MaxName}\" required"
        + (wrong is null ? ">" : " aria-describedby=\"message\">")
        + "<button type=\"submit\">Send me a link</button></form>" + BackTo(context, signIn));

    private static string BackTo(HttpContext context, string? signIn) =>
        signIn is null ? "" : $"<p class=\"who\"><a href=\"{context.Request.PathBase}/sign-in?tx={signIn}\">Back to signing in</a></p>";

    [GeneratedRegex(@"\A[0-9a-f]{32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SignInForm();
}
