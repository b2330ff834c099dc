using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Credentials;

/// <summary>What a password that a person chooses must be: long, and not their name (NIST SP 800-63B-4 §3.1.1.2). No rules of composition, no forced change.</summary>
public static class PasswordRules
{
    public const int MinLength = 15;

    /// <returns>Null when it may be used; otherwise a sentence for the person.</returns>
    public static string? Check(string? password, string userName)
    {
        var length = password is null ? 0 : new System.Globalization.StringInfo(password).LengthInTextElements;
        if (length < MinLength)
        {
            return $"Choose a password of {MinLength} characters or more. A few words in a row do well.";
        }

        if (password!.Length > Passwords.MaxLength)
        {
            return $"Choose a password of {Passwords.MaxLength} characters at most.";
        }

        var name = CanonicalName.Of(userName);
        return name is not null && CanonicalName.Of(password) == name ? "Choose a password that is not your name." : null;
    }
}
