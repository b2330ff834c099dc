namespace IdentityHub.Domain.Users;

/// <summary>E-mail addresses, as far as they can be judged without sending.</summary>
public static class EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1.3: a path of 256 octets with its angle brackets.</summary>
    public const int MaxLength = 254;

    /// <returns>Where somebody of this e-mail and sign-in name reads mail: at the e-mail, or, where there is none, at a sign-in name that is an address. Null when at neither.</returns>
    internal static string? Of(string? email, string userName) =>
        email is not null ? (IsPlausible(email) ? email : null) : IsPlausible(userName) ? userName : null;

    /// <summary>Whether mail to it could be written: a local part, one @, a domain; nothing that could break out of a header.</summary>
    public static bool IsPlausible(string text)
    {
        var at = text.LastIndexOf('@');
        return text.Length <= MaxLength && at > 0 && at < text.Length - 1
            && text.IndexOf('@', StringComparison.Ordinal) == at
            && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || character is '<' or '>' or '(' or ')' or ',' or ';' or ':' or '"' or '\\')
            && !text[at..].Contains("..", StringComparison.Ordinal) && text[at + 1] != '.' && text[^1] != '.';
    }
}
