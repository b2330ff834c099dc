using System.Text;

namespace IdentityHub.Domain.Users;

/// <summary>The one form in which sign-in names are compared, unique and throttled.</summary>
public static class CanonicalName
{
    public const int MaxLength = 256;

    /// <summary>NFKC, without surrounding white space, lower case by the invariant rules.</summary>
    /// <returns>Null when nothing is left, when it is longer than <see cref="MaxLength"/>, or when it holds control characters or lone surrogates.</returns>
    /// <remarks>Every variant that a person would take for the same name shares one throttle (Authelia CVE-2025-24806).</remarks>
    public static string? Of(string? userName)
    {
        if (string.IsNullOrWhiteSpace(userName) || userName.Length > MaxLength || !IsWellFormed(userName))
        {
            return null;
        }

        var key = userName.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormKC).Trim();
        return key.Length is > 0 and <= MaxLength ? key : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return false;
            }

            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
