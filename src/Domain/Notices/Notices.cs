using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>Queues mails in the transaction of the change that they are about: the one place from which mail leaves.</summary>
public static class Notices
{
    /// <summary>Queues a mail to the user whom it is about.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="userId">With whom the mail goes, sent or not; null for a last notice, which outlives the user.</param>
    /// <param name="template">One of <see cref="MailTemplates"/>.</param>
    /// <param name="values">For every placeholder of the template one.</param>
    /// <param name="address">Where they read it.</param>
    public static Task QueueAsync(HubTransaction transaction, string? userId, string template, IReadOnlyDictionary<string, string> values, string address) =>
        QueueAsync(transaction, userId, template, values, new Addressee(userId, address));

    /// <summary>Queues a mail to whoever is to know of a user.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="userId">Whom it is about, with whom it goes, sent or not; null for a last notice, which outlives that user.</param>
    /// <param name="template">One of <see cref="MailTemplates"/>.</param>
    /// <param name="values">For every placeholder of the template one.</param>
    /// <param name="to">Who reads it, with whom it goes too.</param>
    internal static Task QueueAsync(HubTransaction transaction, string? userId, string template, IReadOnlyDictionary<string, string> values, Addressee to)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(to.Address);
        var about = PseudonymOf(transaction, userId);
        return transaction.EnqueueAsync(
            Mail.Kind, to.Address[(to.Address.LastIndexOf('@') + 1)..], userId,
            new Mail(to.Address, template, values) { Id = RandomId.New(), About = about, For = to.UserId == userId ? about : PseudonymOf(transaction, to.UserId) },
            to.UserId);
    }

    /// <summary>The name under which mails about and to a user are found where they were written to disk. It tells nobody who that was.</summary>
    internal static string? PseudonymOf(HubTransaction transaction, string? userId) =>
        userId is null ? null : Convert.ToHexStringLower(HMACSHA256.HashData(transaction.Sealer.KeyFor("mail-about"), Encoding.UTF8.GetBytes(userId)).AsSpan(0, 8));
}
