using System.Text.Json;
using IdentityHub.Domain.Notices;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Tests.Notices;

/// <summary>A mail in the outbox, and what it will say.</summary>
internal sealed record QueuedMail(string To, string Template, string Subject, string Text, string Html, string? UserId, string? About, string? For);

internal static class QueuedMails
{
    /// <summary>Every mail that waits in the outbox, in the order in which they were queued. Fails on one that could not be sent.</summary>
    public static Task<List<QueuedMail>> MailsAsync(this TestHub hub) => hub.ReadAsync(async reader =>
        (await reader.Db.Outbox.AsNoTracking().Where(row => row.Kind == Mail.Kind && row.SealedPayload != null).OrderBy(row => row.Sequence).ToListAsync()).ConvertAll(row =>
        {
            var mail = JsonSerializer.Deserialize<Mail>(hub.Sealer.Open("outbox", Mail.Kind, row.SealedPayload!))!;
            var said = MailTemplates.Render(mail, "https://hub.example");
            return new QueuedMail(mail.To, mail.Template, said.Subject, said.Text, said.Html, row.UserId, mail.About, mail.For);
        }));

    /// <summary>What the work has queued: to whom, which notice.</summary>
    public static async Task<string[]> TellsAsync(this TestHub hub, Func<Task> work)
    {
        var before = (await hub.MailsAsync()).Count;
        await work();
        return [.. (await hub.MailsAsync()).Skip(before).Select(mail => $"{mail.To.Split('@')[0]}: {mail.Template}")];
    }
}
