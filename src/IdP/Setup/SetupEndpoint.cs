using System.Text.Encodings.Web;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Setup;

/// <summary>Makes the first user of a fresh hub: its operator, PRIMARY of the first account. Open to whoever holds the address that the hub printed, once.</summary>
internal static class SetupEndpoint
{
    private const string AccountField = "organization";
    private const string UserNameField = "username";
    private const string PasswordField = "new-password";

    public static async Task ShowAsync(HttpContext context, IHubStore store)
    {
        string? token = context.Request.Query["token"];
        await (await store.ReadAsync(reader => SetupToken.IsGoodAsync(reader, token), context.RequestAborted)
            ? WriteFormAsync(context, token!, RequestParameters.Of([]), null)
            : RefuseAsync(context));
    }

    public static async Task HandleAsync(HttpContext context, IHubStore store, PasswordHashing hashing, HashGate gate, IdPOptions options)
    {
        string? token = context.Request.Query["token"];
        var (form, unread) = await RequestParameters.ReadFormAsync(context);
        if (!await store.ReadAsync(reader => SetupToken.IsGoodAsync(reader, token), context.RequestAborted))
        {
            await RefuseAsync(context);
            return;
        }

        if (unread == OAuthError.TooLarge)
        {
            await PlainPage.WriteErrorAsync(context, unread.Status, "That was too much", "The form is larger than a hub's set-up can be. Open the set-up address again and fill it in anew.");
            return;
        }

        if (form is null || Check(form) is { } wrong && wrong.Length > 0)
        {
            await WriteFormAsync(context, token!, form ?? RequestParameters.Of([]), form is null ? "The form could not be read." : Check(form));
            return;
        }

        if (gate.TryRun(() => hashing.Hash(form[PasswordField]!)) is not { } hashed)
        {
            await WriteFormAsync(context, token!, form, "The hub is busy. Try again in a moment.");
            return;
        }

        var hash = await hashed;
        var made = await store.WriteAsync(new Actor.Hub("set-up"), transaction => MakeAsync(transaction, token!, form, hash), context.RequestAborted);
        await (made ? WriteDoneAsync(context, options) : RefuseAsync(context));
    }

    /// <summary>All of it or nothing, once: a second request finds the token used up.</summary>
    private static async Task<bool> MakeAsync(HubTransaction transaction, string token, RequestParameters form, string hash)
    {
        if (!await SetupToken.IsGoodAsync(transaction, token))
        {
            return false;
        }

        var userName = form[UserNameField]!.Trim();
        var person = new UserLifecycle.NewUser(userName, form["given-name"], form["family-name"], userName, EmailVerified: false, Operator: true);
        if (await UserLifecycle.CreateAsync(transaction, person) is not UserLifecycle.CreateResult.Created { User: var user })
        {
            return transaction.RollBack(false);
        }

        var account = form[AccountField]!.Trim();
        var accountId = Slug(account);
        while (await Accounts.ExistsAsync(transaction, accountId))
        {
            accountId = $"{Slug(account)}-{RandomId.New()[..6]}";
        }

        await Accounts.PutAsync(transaction, accountId, account, TwoFactorPolicy.Optional, new());
        var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user.Id, accountId, Role.Administrator, null, MembershipStatus.Active));
        await PrimaryTransfer.AppointFirstAsync(transaction, added.Membership.Id);
        await Passwords.SetAsync(transaction, user.Id, hash);
        await SetupToken.UseUpAsync(transaction);
        return true;
    }

    /// <returns>Null when everything is right; otherwise a sentence.</returns>
    private static string? Check(RequestParameters form) =>
        form.Repeated is not null ? "The form could not be read."
        : form[AccountField] is not { } account || account.Trim().Length is 0 or > 100 ? "Name your organisation, in 100 characters at most."
        : form[UserNameField] is not { } userName || CanonicalName.Of(userName) is null || !userName.Contains('@', StringComparison.Ordinal) ? "Give your e-mail address: you sign in with it."
        : PasswordRules.Check(form[PasswordField], userName) is { } password ? password
        : null;

    /// <summary>A readable id for the account: its name in lower-case letters, digits and hyphens.</summary>
    private static string Slug(string name)
    {
        var slug = string.Join('-', new string([.. name.ToLowerInvariant().Select(character => char.IsAsciiLetterOrDigit(character) ? character : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return slug.Length is 0 ? "account" : slug[..Math.Min(slug.Length, 48)].TrimEnd('-');
    }

    private static Task RefuseAsync(HttpContext context) => PlainPage.WriteErrorAsync(
        context, StatusCodes.Status404NotFound, "This set-up address is no longer good",
        "It works once, and only until the hub is restarted. A hub without users prints a new one at each start.");

    private static Task WriteFormAsync(HttpContext context, string token, RequestParameters form, string? wrong)
    {
        Func<string, string> encode = HtmlEncoder.Default.Encode;
        string Field(string name, string label, string type, string autocomplete, bool required, string? hint = null) =>
            $"<label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" type=\"{type}\" autocomplete=\"{autocomplete}\"{(required ? " required" : "")} "
            + $"maxlength=\"256\" value=\"{(type == "password" ? "" : encode(form[name] ?? ""))}\"{(hint is null ? "" : $" aria-describedby=\"{name}-hint\"")}>"
            + (hint is null ? "" : $"<p class=\"hint\" id=\"{name}-hint\">{hint}</p>");
        var alert = wrong is null ? "" : $"<p class=\"alert\" role=\"alert\">{encode(wrong)}</p>";
        return PlainPage.WriteAsync(
            context, wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, "Set up this hub",
            $"<p>You become its operator and the Primary User of its first account.</p>{alert}"
            + $"<form method=\"post\" action=\"{context.Request.PathBase}/setup?token={Uri.EscapeDataString(token)}\">"
            + Field(AccountField, "Organisation", "text", "organization", true)
            + $"<div class=\"pair\"><div>{Field("given-name", "Given name", "text", "given-name", false)}</div><div>{Field("family-name", "Family name", "text", "family-name", false)}</div></div>"
            + Field(UserNameField, "E-mail", "text", "username", true)
            + Field(PasswordField, "Password", "password", "new-password", true, $"{PasswordRules.MinLength} characters or more. A few words in a row do well.")
            + "<button type=\"submit\">Set up</button></form>");
    }

    private static Task WriteDoneAsync(HttpContext context, IdPOptions options)
    {
        var console = HtmlEncoder.Default.Encode(options.Issuer + "/admin");
        var discovery = HtmlEncoder.Default.Encode(options.Issuer + "/.well-known/openid-configuration");
        return PlainPage.WriteAsync(
            context, StatusCodes.Status200OK, "The hub is set up",
            $"<p>You can sign in at every app that uses this hub. Add people to your account, open others and register apps in its console, or put all of it into a configuration file and apply it with the command <code>apply</code>.</p><p><a href=\"{console}\">Go to the console</a></p><p>Apps find everything else at <code>{discovery}</code>.</p>");
    }
}
