using System.Globalization;
using System.Text.RegularExpressions;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>The mails that a hub has written to its folder.</summary>
internal static partial class Pickup
{
    /// <summary>The mails to an address, oldest first, as they are on the wire but for the folds, once nothing is on its way.</summary>
    public static async Task<string[]> MailsAsync(RunningHub hub, string address)
    {
        for (var i = 0; Waiting(hub) > 0; i++)
        {
            Assert.InRange(i, 0, 800);
            await Task.Delay(25);
        }

        var folder = Path.Combine(hub.DataDirectory, "mail");
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal)
                .Select(file => File.ReadAllText(file).Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal))
                .Where(mail => mail.Contains($"To: {address}\r\n", StringComparison.Ordinal)),
        ];
    }

    public static string Subject(string mail) => SubjectForm().Match(mail).Groups["subject"].Value;

    /// <summary>The link in a mail.</summary>
    public static string Link(string mail) => LinkForm().Match(mail) is { Success: true } match ? match.Value : throw new InvalidOperationException("There is no link in the mail: " + mail);

    private static long Waiting(RunningHub hub)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT count(*) FROM "Outbox" WHERE "Kind" IN ('mail', 'password-reset-request') AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL""";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Subject: (?<subject>[^\r]*)\r\n")]
    private static partial Regex SubjectForm();

    [GeneratedRegex(@"https?://[^\s<""]+\?token=[A-Za-z0-9_-]{43}(&tx=[0-9a-f]{32})?")]
    private static partial Regex LinkForm();
}
