using System.Buffers;
using System.Globalization;
using System.Text;

namespace IdentityHub.Domain.Users;

/// <summary>The one form in which sign-in names are compared, unique and throttled.</summary>
public static class CanonicalName
{
    public const int MaxLength = 256;

    /// <summary>NFKC, without surrounding white space, lower case by the invariant rules.</summary>
    /// <returns>Null when nothing is left, when it is longer than <see cref="MaxLength"/>, or when it holds control characters, characters that nobody sees, or lone surrogates.</returns>
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
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) != OperationStatus.Done || IsUnseen(rune))
            {
                return false;
            }

            i += length;
        }

        return true;
    }

    /// <summary>Control and format characters, line ends, and the rest of what is shown as nothing (Unicode's Default_Ignorable_Code_Point): two names could differ in them alone.</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0
            or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF);
}
