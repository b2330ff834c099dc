using IdentityHub.AdminUi.Csv;
using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>The users of the table as a file, with the filters that its address has. Its headings are understood when it is imported again.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class ExportModel : AccountPage
{
    private const int Chunk = 500;

    private static readonly string[] Heading =
    [
        "User name", "Name", "E-mail on file", "Role", "Permission level", "Status", "Seats", "Second factor asked", "Second factor enrolled", "Last sign-in (UTC)", "Came by", "Added (UTC)",
    ];

    public IActionResult OnGet()
    {
        var filter = MemberQuery.Read(name => Request.Query[name].FirstOrDefault()).Filter;
        MemberPosition? after = null;
        return new CsvFile("users", Heading, async writer =>
        {
            var members = await ReadAsync(reader => MemberList.ReadChunkAsync(reader, AccountId, filter, after, Chunk));
            foreach (var member in members)
            {
                Write(writer, member);
            }

            after = members.Count == 0 ? after : members[^1].Position;
            return members.Count == Chunk;
        });
    }

    private static void Write(CsvWriter writer, MemberRow member) => writer.Row(
        member.UserName, member.DisplayName, member.Email, PermissionNames.Of(member.Role), member.Level is { } level ? PermissionNames.Of(level) : null, member.Status.ToString(),
        string.Join("; ", member.Seats), member.TwoFactorRequired ? "yes" : "no", Enrolled(member), Moment(member.LastSignInAt), member.Source.ToString(), Moment(member.CreatedAt));

    private static string Enrolled(MemberRow member) => (member.HasTotp, member.HasEmailCodes) switch
    {
        (true, true) => "app; e-mail",
        (true, false) => "app",
        (false, true) => "e-mail",
        _ => "none",
    };

    private static string? Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
