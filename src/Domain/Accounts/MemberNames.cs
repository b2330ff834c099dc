using System.Globalization;
using System.Text;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>The name by which an account knows a member, and the form in which it is found and ordered.</summary>
public static class MemberNames
{
    /// <summary>So much of a name is kept to find it by; what comes after is shown, not searched.</summary>
    public const int KeyLength = 256;

    private static readonly Statement OfUser = new(
        """
        SELECT m."Id", m."Home", m."Attributes", m."NameKey", u."UserName", u."GivenName", u."FamilyName"
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" WHERE m."UserId" = @user
        """,
        "@user");

    private static readonly Statement Keep = new("""UPDATE "Memberships" SET "NameKey" = @key WHERE "Id" = @member""", "@member", "@key");

    /// <summary>At home the user's own name; of a guest, what the account itself has on file. The sign-in name where that is nothing.</summary>
    public static string Of(bool home, string userName, string? givenName, string? familyName, string? attributes) =>
        home ? User.NameOf(userName, givenName, familyName) : ProfileDocument.DisplayNameOf(attributes, userName);

    /// <summary>The form in which names are found and ordered: compatibility forms, case and accents set aside, what nobody sees left out.</summary>
    /// <returns>At most <see cref="KeyLength"/> characters; never empty, so that a name without any letter has its place too.</returns>
    public static string KeyOf(string name)
    {
        var key = Fold(name);
        return key.Length > 0 ? key : "\uFFFD";
    }

    /// <summary>The same form, of what somebody looks for.</summary>
    internal static string Fold(string text)
    {
        // Runes, so that a lone surrogate becomes a character that can be normalised; long enough for whatever folds to nothing.
        var seen = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, 4 * KeyLength)).EnumerateRunes())
        {
            seen.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        var key = new StringBuilder(KeyLength);
        var spaced = true;
        foreach (var rune in seen.ToString().Normalize(NormalizationForm.FormKD).ToLowerInvariant().Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            var isSpace = Rune.IsWhiteSpace(rune);
            if ((isSpace && spaced) || rune.Value is >= 0x0300 and <= 0x036F || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                continue;
            }

            if (key.Length + rune.Utf16SequenceLength > KeyLength)
            {
                break;
            }

            spaced = isSpace;
            key.Append(isSpace ? " " : rune.ToString());
        }

        return key.ToString().TrimEnd();
    }

    /// <summary>Brings the keys of a user's memberships in line with the names: called wherever those may have changed.</summary>
    internal static async Task RenewAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        foreach (var (id, key) in Outdated(transaction, userId))
        {
            transaction.Connection.Execute(Keep, id, key);
            await transaction.RefreshAsync(id, userId);
        }
    }

    private static List<(string Id, string Key)> Outdated(HubTransaction transaction, string userId)
    {
        using var row = transaction.Connection.Bind(OfUser, userId).ExecuteReader();
        var outdated = new List<(string, string)>();
        while (row.Read())
        {
            var key = KeyOf(Of(row.GetBoolean(1), row.GetString(4), row.Text(5), row.Text(6), row.Text(2)));
            if (key != row.GetString(3))
            {
                outdated.Add((row.GetString(0), key));
            }
        }

        return outdated;
    }
}
