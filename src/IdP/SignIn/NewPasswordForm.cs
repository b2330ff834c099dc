using System.Text.Encodings.Web;
using IdentityHub.Domain.Credentials;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>The form in which a person chooses a password, and what it must be: the same wherever a link leads to it.</summary>
internal static class NewPasswordForm
{
    public const string TokenField = "token";
    public const string PasswordField = "new-password";
    public const string RepeatField = "new-password-again";
    public const int MaxTokenLength = 128;

    public const string Hint = "15 characters or more. A few words in a row do well.";

    public const string Busy = "Too many people are signing in just now. Wait a moment and try again.";

    /// <returns>Null when the password may be used; otherwise a sentence for the person.</returns>
    public static string? Fault(RequestParameters form, string userName) =>
        PasswordRules.Check(form[PasswordField], userName) ?? (form[PasswordField] == form[RepeatField] ? null : "The two passwords are not the same. Type the same one twice.");

    /// <summary>Writes a page with the form.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Where the form leads.</param>
    /// <param name="hidden">What it carries.</param>
    /// <param name="introduction">HTML of the code's own, with everything in it encoded.</param>
    /// <param name="userName">Whose password.</param>
    /// <param name="wrong">A sentence; null at first.</param>
    /// <param name="status">Where there is something wrong.</param>
    public static Task WriteAsync(
        HttpContext context, string path, IEnumerable<(string Name, string Value)> hidden, string introduction, string userName, string? wrong, int status = StatusCodes.Status400BadRequest)
    {
        Func<string, string> encode = HtmlEncoder.Default.Encode;
        string Password(string name, string label, string? hint) =>
            $"<label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" type=\"password\" autocomplete=\"new-password\" required maxlength=\"{Passwords.MaxLength}\""
            + (hint is null ? ">" : $" aria-describedby=\"{name}-hint\"><p class=\"hint\" id=\"{name}-hint\">{hint}</p>");
        return PlainPage.WriteAsync(
            context, wrong is null ? StatusCodes.Status200OK : status, "Choose a password",
            introduction
            + (wrong is null ? "" : $"<p class=\"alert\" role=\"alert\">{encode(wrong)}</p>")
            + $"<form method=\"post\" action=\"{context.Request.PathBase}{path}\">"
            + string.Concat(hidden.Select(field => $"<input type=\"hidden\" name=\"{field.Name}\" value=\"{encode(field.Value)}\">"))
            + $"<label for=\"username\">Your user name</label><input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" readonly value=\"{encode(userName)}\">"
            + Password(PasswordField, "Password", Hint)
            + Password(RepeatField, "The same password again", null)
            + "<button type=\"submit\">Save password</button></form>");
    }
}
