using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people that they, or somebody with their password, signed in where they had not before.</summary>
public static class DeviceNotices
{
    private static readonly Statement SignedInBefore = new("""SELECT 1 FROM "Memberships" WHERE "UserId" = @user AND "LastSignInAt" IS NOT NULL LIMIT 1""", "@user");

    private static readonly Statement Home = new("""SELECT "Id" FROM "Memberships" WHERE "UserId" = @user AND "Home" """, "@user");

    /// <summary>Queues the mail in the transaction that starts the session. Nothing for a first sign-in: there is no device before it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="userId">Who signed in.</param>
    /// <param name="device">The browser in a few words.</param>
    public static async Task QueueAsync(HubTransaction transaction, string userId, string device)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(SignedInBefore, userId) is null || transaction.Connection.Scalar(Home, userId) is not string home
            || NoticeMember.Find(transaction, home) is not { Address: { } address } member || !MailLimits.Allows(transaction, MailLimits.NewDevices, userId))
        {
            return;
        }

        var values = member.Values(toThem: true);
        values["device"] = device;
        values["time"] = MailText.Moment(transaction.Now);
        values["link"] = await FreezeLinks.MakeAsync(transaction, userId);
        values["whom"] = $"an administrator of {member.Account}";
        await Notices.QueueAsync(transaction, userId, MailTemplates.NewDevice, values, address);
    }
}
