using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people what was seen of a passkey of theirs, at every address that is theirs.</summary>
internal static class PasskeyNotices
{
    private static readonly Statement HomeAccount = new(
        """SELECT a."Name" FROM "Memberships" m JOIN "Accounts" a ON a."Id" = m."AccountId" WHERE m."UserId" = @user AND m."Home" """, "@user");

    /// <param name="transaction">The transaction that refuses it.</param>
    /// <param name="userId">Whose it is.</param>
    /// <param name="name">What its owner calls it.</param>
    public static async Task QueueCopiedAsync(HubTransaction transaction, string userId, string name)
    {
        await transaction.FlushAsync();
        if (Users.Users.FindRow(transaction, userId) is not { } row || !MailLimits.Allows(transaction, MailLimits.CopiedPasskeys, userId))
        {
            return;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["person"] = MailText.Person(User.NameOf(row.UserName, row.GivenName, row.FamilyName), row.UserName),
            ["device"] = name,
            ["time"] = MailText.Moment(transaction.Now),
            ["whom"] = transaction.Connection.Scalar(HomeAccount, userId) is string account ? $"an administrator of {MailText.Account(account)}" : "the operator",
            ["link"] = await FreezeLinks.MakeAsync(transaction, userId),
        };
        string?[] addresses = [EmailAddress.Of(row.Email, row.UserName), (await SecondFactors.OfAsync(transaction, userId)).EmailCodesTo];
        foreach (var address in addresses.OfType<string>().DistinctBy(ProfileDocument.AddressKey))
        {
            await Notices.QueueAsync(transaction, userId, MailTemplates.PasskeyCopied, values, address);
        }
    }
}
