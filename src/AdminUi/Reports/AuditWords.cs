using System.Text;
using IdentityHub.Domain.Audit;

namespace IdentityHub.AdminUi.Reports;

/// <summary>What the audit's pages say in words, beside the sentences of <see cref="AuditSentences"/>.</summary>
internal static class AuditWords
{
    public static string Of(AuditFamily family) => family switch
    {
        AuditFamily.People => "Users",
        AuditFamily.SignIns => "Sign-ins",
        AuditFamily.Credentials => "Passwords and second factors",
        AuditFamily.Seats => "Seats",
        AuditFamily.Groups => "Groups",
        AuditFamily.Provisioning => "Provisioning tokens",
        AuditFamily.Account => "Account, plan and billing",
        AuditFamily.Apps => "Apps",
        AuditFamily.Hub => "The hub itself",
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };

    /// <summary>A field's name as words: <c>twoFactorRequired</c> is "two factor required".</summary>
    public static string Field(string name)
    {
        var words = new StringBuilder(name.Length + 8);
        foreach (var character in name)
        {
            if (char.IsUpper(character) && words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }

            words.Append(character is '.' or '_' ? ' ' : char.ToLowerInvariant(character));
        }

        return words.ToString();
    }

    /// <summary>What changed, on one line: for files.</summary>
    public static string Changes(AuditDetails details) =>
        string.Join("; ", details.Changes.Select(change => $"{Field(change.Field)}: {change.Before ?? "none"} → {change.After ?? "none"}"));
}
