using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

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
        var (place, name) = (MailText.Of(account), MailText.Of(person));
        var (verb, subject) = notice switch
        {
            MemberNotice.Deactivated => ("was deactivated", $"Your access to {place} was deactivated"),
            MemberNotice.Reactivated => ("was activated again", $"Your access to {place} was activated again"),
            MemberNotice.Accepted => ("was accepted", $"You are now a member of {place}"),
            MemberNotice.Declined => ("was declined", $"You are not a member of {place}"),
            _ => ("was deleted, with all personal data and reports", $"You were removed from {place}"),
        };
        if (person.Email is { } address && MailLimits.Allows(transaction, notice == MemberNotice.Deleted ? MailLimits.LastNotices : MailLimits.Notices, ProfileDocument.AddressKey(address)))
        {
            await SendAsync(transaction, notice, person.Id, new(
                address, subject, $"Hello {name},\n\nyour access to {place} {verb}.\n\nIf this surprises you, ask an administrator of {place}.\n"));
        }

        if (notice != MemberNotice.Deleted && !MailLimits.Allows(transaction, MailLimits.ToPrimary, membership.Id))
        {
            return;
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
                primary, $"A user of {place} was changed", notice == MemberNotice.Deleted
                    ? $"A user of {place} was deleted, with all personal data and reports. Who it was is not kept anywhere, not even here.\n"
                    : $"The access of {name} ({MailText.UserNameOf(person)}) to {place} {verb}.\n"));
        }
    }

    private static Task SendAsync(HubTransaction transaction, MemberNotice notice, string userId, Mail mail) =>
        Mails.QueueAsync(transaction, notice == MemberNotice.Deleted ? null : userId, mail);
}
