using IdentityHub.AdminUi.Jobs;
using IdentityHub.AdminUi.Reports;
using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>The users of the table as a file, with the filters that its address has. Its headings are understood when it is imported again.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class ExportModel : JobPage
{
    private const int Chunk = 500;

    private static readonly string[] Heading =
    [
        "User name", "Name", "E-mail on file", "Role", "Permission level", "Status", "Seats", "Second factor asked", "Second factor enrolled", "Last sign-in (UTC)", "Came by", "Added (UTC)",
    ];

    public IActionResult OnGet() =>
        new StreamedFile($"users-{ReportWords.Iso(Today)}.csv", "text/csv", WriteAsync(MemberQuery.Read(name => Request.Query[name].FirstOrDefault()).Filter));

    private async IAsyncEnumerable<string> WriteAsync(MemberFilter filter)
    {
        var writer = new CsvWriter();
        writer.Row(Heading);
        yield return CsvWriter.ByteOrderMark + writer.Take();
        for (MemberPosition? after = null; ;)
        {
            var members = await ReadAsync(reader => MemberList.ReadChunkAsync(reader, AccountId, filter, after, Chunk));
            foreach (var member in members)
            {
                Write(writer, member);
            }

            yield return writer.Take();
            if (members.Count < Chunk)
            {
                yield break;
            }

            after = members[^1].Position;
        }
    }

    private static void Write(CsvWriter writer, MemberRow member) => writer.Row(
        member.UserName, member.DisplayName, member.Email, PermissionNames.Of(member.Role), member.Level is { } level ? PermissionNames.Of(level) : null, member.Status.ToString(),
        string.Join("; ", member.Seats), member.TwoFactorRequired ? "yes" : "no", Enrolled(member), Moment(member.LastSignInAt), member.Source.ToString(), Moment(member.CreatedAt));

    private static string Enrolled(MemberRow member) =>
        string.Join("; ", new[] { member.HasPasskeys ? "passkey" : null, member.HasTotp ? "app" : null, member.HasEmailCodes ? "e-mail" : null }.OfType<string>()) is { Length: > 0 } some ? some : "none";

    private static string? Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
