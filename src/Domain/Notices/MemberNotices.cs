using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

/// <summary>A mail as it waits in the outbox.</summary>
public sealed record Mail(string To, string Subject, string Text)
{
    public const string Kind = "mail";
}

/// <summary>Queues mails.</summary>
public static class Mails
{
    /// <param name="transaction">The transaction of the change that the mail is about.</param>
    /// <param name="userId">With whom the mail goes if it was not sent by then; null for a last notice, which outlives the user.</param>
    /// <param name="mail">To, subject and text.</param>
    public static Task QueueAsync(HubTransaction transaction, string? userId, Mail mail) =>
        transaction.EnqueueAsync(Mail.Kind, mail.To[(mail.To.LastIndexOf('@') + 1)..], userId, mail);
}

internal enum MemberNotice
{
    Deactivated,
    Reactivated,
    Deleted,

    /// <summary>A guest became a member.</summary>
    Accepted,

    /// <summary>A guest did not want to.</summary>
    Declined,
}

/// <summary>Tells the person concerned and the account's PRIMARY what was changed.</summary>
internal static class MemberNotices
{
    public static async Task QueueAsync(HubTransaction transaction, Membership membership, MemberNotice notice)
    {
        await transaction.Db.SaveChangesAsync();
        var account = await transaction.Db.Accounts.AsNoTracking().SingleAsync(row => row.Id == membership.AccountId);
        var person = await transaction.Db.Users.AsNoTracking().SingleAsync(row => row.Id == membership.UserId);
        var (verb, subject) = notice switch
        {
            MemberNotice.Deactivated => ("was deactivated", $"Your access to {account.Name} was deactivated"),
            MemberNotice.Reactivated => ("was activated again", $"Your access to {account.Name} was activated again"),
            MemberNotice.Accepted => ("was accepted", $"You are now a member of {account.Name}"),
            MemberNotice.Declined => ("was declined", $"You are not a member of {account.Name}"),
            _ => ("was deleted, with all personal data and reports", $"You were removed from {account.Name}"),
        };
        if (person.Email is { } address)
        {
            await SendAsync(transaction, notice, person.Id, new(
                address, subject, $"Hello {person.DisplayName},\n\nyour access to {account.Name} {verb}.\n\nIf this surprises you, ask an administrator of {account.Name}.\n"));
        }

        var primary = await (
            from row in transaction.Db.Memberships
            join user in transaction.Db.Users on row.UserId equals user.Id
            where row.AccountId == account.Id && row.PermissionLevel == PermissionLevel.Primary && row.Status == MembershipStatus.Active
                && row.UserId != person.Id && user.Email != null
            select user.Email).SingleOrDefaultAsync();
        if (primary is not null)
        {
            await SendAsync(transaction, notice, person.Id, new(
                primary, $"A user of {account.Name} was changed", notice == MemberNotice.Deleted
                    ? $"A user of {account.Name} was deleted, with all personal data and reports. Who it was is not kept anywhere, not even here.\n"
                    : $"The access of {person.DisplayName} ({person.UserName}) to {account.Name} {verb}.\n"));
        }
    }

    private static Task SendAsync(HubTransaction transaction, MemberNotice notice, string userId, Mail mail) =>
        Mails.QueueAsync(transaction, notice == MemberNotice.Deleted ? null : userId, mail);
}
