using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>Queues mails in the transaction of the change that they are about: the one place from which mail leaves.</summary>
public static class Notices
{
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="userId">With whom the mail goes, sent or not; null for a last notice, which outlives the user.</param>
    /// <param name="template">One of <see cref="MailTemplates"/>.</param>
    /// <param name="values">For every placeholder of the template one.</param>
    /// <param name="address">To whom.</param>
    public static Task QueueAsync(HubTransaction transaction, string? userId, string template, IReadOnlyDictionary<string, string> values, string address)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(address);
        return transaction.EnqueueAsync(
            Mail.Kind, address[(address.LastIndexOf('@') + 1)..], userId,
            new Mail(address, template, values) { Id = RandomId.New(), About = userId is null ? null : PseudonymOf(transaction, userId) });
    }

    /// <summary>Has every mail about this user go that was written to disk. A row of the outbox, so that a crash does not lose it; it tells nobody who it was.</summary>
    internal static Task QueueErasureAsync(HubTransaction transaction, string userId) =>
        transaction.EnqueueAsync(MailErasure.Kind, "", null, new MailErasure(PseudonymOf(transaction, userId)));

    private static string PseudonymOf(HubTransaction transaction, string userId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(transaction.Sealer.KeyFor("mail-about"), Encoding.UTF8.GetBytes(userId)).AsSpan(0, 8));
}
