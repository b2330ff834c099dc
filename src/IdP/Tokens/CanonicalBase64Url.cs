using System.Buffers.Text;

namespace IdentityHub.IdP.Tokens;

/// <summary>Base64url in the one spelling that encoding gives. A last character with other spare bits decodes alike, but it is not the token that was issued.</summary>
internal static class CanonicalBase64Url
{
    public static bool IsCanonical(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        && Base64Url.IsValid(text) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(text)) == text;
}
