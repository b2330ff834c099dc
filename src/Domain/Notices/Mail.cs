using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>A mail as it waits in the outbox.</summary>
public sealed record Mail(string To, string Subject, string Text)
{
    public const string Kind = "mail";

    /// <summary>A pseudonym of the user whom it is about, under a key of the hub's: by it what was written to disk is found when the user is erased. Null for a last notice.</summary>
    public string? About { get; init; }
}

/// <summary>Waits in the outbox until every mail about an erased user is gone from where mails are written to disk.</summary>
public sealed record MailErasure(string About)
{
    public const string Kind = "mail-erasure";
}

/// <summary>Queues mails.</summary>
public static class Mails
{
    /// <param name="transaction">The transaction of the change that the mail is about.</param>
    /// <param name="userId">With whom the mail goes, sent or not; null for a last notice, which outlives the user.</param>
    /// <param name="mail">To, subject and text.</param>
    public static Task QueueAsync(HubTransaction transaction, string? userId, Mail mail) => transaction.EnqueueAsync(
        Mail.Kind, mail.To[(mail.To.LastIndexOf('@') + 1)..], userId, userId is null ? mail : mail with { About = PseudonymOf(transaction, userId) });

    /// <summary>Has every mail about this user go that was written to disk. A row of the outbox, so that a crash does not lose it; it tells nobody who it was.</summary>
    internal static Task QueueErasureAsync(HubTransaction transaction, string userId) =>
        transaction.EnqueueAsync(MailErasure.Kind, "", null, new MailErasure(PseudonymOf(transaction, userId)));

    private static string PseudonymOf(HubTransaction transaction, string userId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(transaction.Sealer.KeyFor("mail-about"), Encoding.UTF8.GetBytes(userId)).AsSpan(0, 8));
}
