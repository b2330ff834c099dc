using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people what others changed about how they sign in. What the operator does by command or configuration file is not told.</summary>
internal static class UserNotices
{
    /// <summary>E-mail or user name: told at the former address, and at the new one.</summary>
    /// <param name="transaction">The transaction of the change, which is written out.</param>
    /// <param name="formerUserName">As it was.</param>
    /// <param name="formerEmail">As it was.</param>
    /// <param name="user">As they are now.</param>
    public static async Task ChangedAsync(HubTransaction transaction, string formerUserName, string? formerEmail, User user)
    {
        string[] changes =
        [
            .. formerEmail != user.Email ? ["e-mail address"] : Array.Empty<string>(),
            .. CanonicalName.Of(formerUserName) != user.UserNameKey ? ["user name"] : Array.Empty<string>(),
        ];
        if (changes.Length == 0)
        {
            return;
        }

        var what = string.Join(" and your ", changes);
        await SendAsync(transaction, user, formerEmail, what, "");
        if (user.Email is { } current && current != formerEmail)
        {
            await SendAsync(transaction, user, current, what, $"Your user name is {MailText.UserNameOf(user)}.\n\n");
        }
    }

    /// <summary>Another password than the one that the person had.</summary>
    public static async Task PasswordReplacedAsync(HubTransaction transaction, string userId)
    {
        var user = await transaction.Db.Users.AsNoTracking().SingleAsync(row => row.Id == userId);
        await SendAsync(transaction, user, user.Email, "password", "");
    }

    private static async Task SendAsync(HubTransaction transaction, User user, string? address, string what, string more)
    {
        if (transaction.Actor is Actor.Hub || address is null || !EmailAddress.IsPlausible(address)
            || !MailLimits.Allows(transaction, MailLimits.Changes, $"{user.Id}|{ProfileDocument.AddressKey(address)}"))
        {
            return;
        }

        var account = await (
            from row in transaction.Db.Memberships
            join home in transaction.Db.Accounts on row.AccountId equals home.Id
            where row.UserId == user.Id && row.Home
            select home).AsNoTracking().SingleOrDefaultAsync();
        var whom = account is null ? "the operator" : $"an administrator of {MailText.Of(account)}";
        await Mails.QueueAsync(transaction, user.Id, new(
            address, $"Your {what} was changed", $"Hello {MailText.Of(user)},\n\nyour {what} was changed.\n\n{more}If this surprises you, ask {whom}.\n"));
    }
}
