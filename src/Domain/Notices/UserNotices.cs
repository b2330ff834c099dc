using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people what others changed about how they sign in. What the operator does by command or configuration file is not told.</summary>
internal static class UserNotices
{
    /// <summary>E-mail or user name: told at the former address, and at the new one.</summary>
    public static async Task ChangedAsync(HubTransaction transaction, string userId, Users.Users.Row before, Users.Users.Row after)
    {
        string[] changes =
        [
            .. before.Email != after.Email ? ["e-mail address"] : Array.Empty<string>(),
            .. before.UserNameKey != after.UserNameKey ? ["user name"] : Array.Empty<string>(),
        ];
        var what = string.Join(" and your ", changes);
        await SendAsync(transaction, userId, after, before.Email, what, "");
        if (after.Email != before.Email)
        {
            await SendAsync(transaction, userId, after, after.Email, what, $"Your user name is {MailText.UserName(after.UserName)}.\n\n");
        }
    }

    /// <summary>Another password than the one that the person had.</summary>
    public static Task PasswordReplacedAsync(HubTransaction transaction, string userId)
    {
        var user = Users.Users.ReadRow(transaction, userId);
        return SendAsync(transaction, userId, user, user.Email, "password", "");
    }

    private static async Task SendAsync(HubTransaction transaction, string userId, Users.Users.Row user, string? address, string what, string more)
    {
        if (transaction.Actor is Actor.Hub || address is null || !EmailAddress.IsPlausible(address)
            || !MailLimits.Allows(transaction, MailLimits.Changes, $"{userId}|{ProfileDocument.AddressKey(address)}"))
        {
            return;
        }

        var account = await (
            from row in transaction.Db.Memberships
            join home in transaction.Db.Accounts on row.AccountId equals home.Id
            where row.UserId == userId && row.Home
            select home.Name).SingleOrDefaultAsync();
        var whom = account is null ? "the operator" : $"an administrator of {MailText.Account(account)}";
        await Mails.QueueAsync(transaction, userId, new(
            address, $"Your {what} was changed", $"Hello {MailText.Person(User.NameOf(user.UserName, user.GivenName, user.FamilyName), user.UserName)},\n\nyour {what} was changed.\n\n{more}If this surprises you, ask {whom}.\n"));
    }
}
