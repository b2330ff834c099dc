using System.Collections.Frozen;

namespace IdentityHub.Domain.Jobs;

/// <summary>What a column of an imported file is.</summary>
public enum ImportField
{
    /// <summary>Not read, and not kept.</summary>
    Ignore,

    /// <summary>The sign-in name, which is the e-mail address. By it members are found: a file imported twice changes nothing the second time.</summary>
    UserName,

    /// <summary>Given and family name in one.</summary>
    FullName,

    GivenName,
    FamilyName,
    Role,
    Level,
    Status,

    /// <summary>Every seat that the member is to hold, and no other.</summary>
    Seats,

    TwoFactorRequired,
}

/// <summary>Which column of a file is what.</summary>
public static class ImportColumns
{
    /// <summary>The heading of a template.</summary>
    public static readonly IReadOnlyList<(string Heading, ImportField Field)> Template =
    [
        ("E-mail", ImportField.UserName), ("Given name", ImportField.GivenName), ("Family name", ImportField.FamilyName), ("Role", ImportField.Role),
        ("Permission level", ImportField.Level), ("Status", ImportField.Status), ("Seats", ImportField.Seats), ("Second factor required", ImportField.TwoFactorRequired),
    ];

    /// <summary>Headings as spreadsheets and other directories write them: lower case, letters and digits alone.</summary>
    private static readonly FrozenDictionary<string, ImportField> Known = new Dictionary<ImportField, string>
    {
        [ImportField.UserName] = "username email mail emailaddress mailaddress user login signin signinname loginname userprincipalname upn primaryemail workemail emails emailadresse benutzername",
        [ImportField.FullName] = "name fullname displayname formattedname membername person commonname vollername anzeigename",
        [ImportField.GivenName] = "givenname given firstname first forename vorname prenom",
        [ImportField.FamilyName] = "familyname family lastname last surname sn nachname nom",
        [ImportField.Role] = "role roles type usertype membertype rolle",
        [ImportField.Level] = "level permissionlevel permission permissions access accesslevel berechtigung",
        [ImportField.Status] = "status active state enabled accountenabled accountstatus aktiv",
        [ImportField.Seats] = "seats seat applications application apps licenses licences license licence lizenzen",
        [ImportField.TwoFactorRequired] = "twofactor twofactorrequired 2fa 2farequired mfa mfarequired secondfactor secondfactorrequired requiretwofactor require2fa requiremfa",
    }.SelectMany(entry => entry.Value.Split(' ').Select(name => KeyValuePair.Create(name, entry.Key))).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the columns are by their headings. Each thing once: a second column of the same is not read.</summary>
    public static IReadOnlyList<ImportField> Guess(IReadOnlyList<string> header)
    {
        var seen = new HashSet<ImportField>();
        return [.. header.Select(heading => FieldOf(heading) is { } field && seen.Add(field) ? field : ImportField.Ignore)];
    }

    /// <returns>Why a file cannot be read so; null when it can.</returns>
    public static string? Check(IReadOnlyList<string> header, IReadOnlyList<ImportField> columns)
    {
        if (columns.Count != header.Count)
        {
            return "Say of each column what it is.";
        }

        if (!columns.Contains(ImportField.UserName))
        {
            return "Say which column holds the e-mail address: users are known by it.";
        }

        return columns.Where(field => field != ImportField.Ignore).GroupBy(field => field).Any(group => group.Count() > 1) ? "Two columns cannot be the same thing." : null;
    }

    private static ImportField? FieldOf(string heading)
    {
        // Some exports mark what is required within the heading: “Email Address [Required]”.
        var bracket = heading.IndexOf('[', StringComparison.Ordinal);
        var name = string.Concat((bracket > 0 ? heading[..bracket] : heading).Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return Known.TryGetValue(name, out var field) ? field : null;
    }
}
