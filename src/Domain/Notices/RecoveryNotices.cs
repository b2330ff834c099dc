using System.Globalization;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people that a recovery code of theirs was used, wherever they read mail.</summary>
internal static class RecoveryNotices
{
    /// <param name="transaction">The transaction in which it was used.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="left">How many codes are left.</param>
    public static async Task QueueAsync(HubTransaction transaction, string userId, int left)
    {
        await transaction.FlushAsync();
        if (await Users.Users.FindAsync(transaction, userId) is not { } user)
        {
            return;
        }

        var home = await (
            from member in transaction.Db.Memberships
            join account in transaction.Db.Accounts on member.AccountId equals account.Id
            where member.UserId == userId && member.Home
            select account.Name).SingleOrDefaultAsync();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["person"] = MailText.Person(user.DisplayName, user.UserName),
            ["time"] = MailText.Moment(transaction.Now),
            ["left"] = left.ToString(CultureInfo.InvariantCulture),
            ["whom"] = home is null ? "the operator" : $"an administrator of {MailText.Account(home)}",
            ["link"] = await FreezeLinks.MakeAsync(transaction, userId),
        };
        string?[] addresses = [EmailAddress.Of(user.Email, user.UserName), (await SecondFactors.OfAsync(transaction, userId)).EmailCodesTo];
        foreach (var address in addresses.OfType<string>().DistinctBy(ProfileDocument.AddressKey))
        {
            if (MailLimits.Allows(transaction, MailLimits.Changes, $"{userId}|{ProfileDocument.AddressKey(address)}"))
            {
                await Notices.QueueAsync(transaction, userId, MailTemplates.RecoveryCodeUsed, values, address);
            }
        }
    }
}
