using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A browser that is not asked for a second factor for a while, as its owner sees it.</summary>
public sealed record RememberedDeviceView(string Id, string Words, string? Network, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt);

/// <summary>Browsers in which users asked not to be asked for a second factor again for a while. It spares asking where nothing requires the factor; it is none itself.</summary>
public static class RememberedDevices
{
    private const int MaxPerUser = 20;

    /// <summary>For how many days this user's browsers may be remembered: the least of what their accounts allow, and none for who administers anything.</summary>
    public static async Task<int> DaysForAsync(HubReader reader, string userId)
    {
        if (await reader.Db.Users.AnyAsync(user => user.Id == userId && user.Operator))
        {
            return 0;
        }

        var places = await (
            from member in reader.Db.Memberships
            join account in reader.Db.Accounts on member.AccountId equals account.Id
            where member.UserId == userId && member.Status == MembershipStatus.Active
            select new { member.Role, member.PermissionLevel, account.RememberedDeviceDays }).ToListAsync();
        return places.Count == 0 || places.Any(place => place.Role == Role.Administrator || place.PermissionLevel == PermissionLevel.Primary)
            ? 0
            : Math.Min(Account.MaxRememberedDeviceDays, places.Min(place => place.RememberedDeviceDays));
    }

    /// <summary>Remembers a browser. The caller knows that a second factor was given in it just now.</summary>
    /// <returns>The secret for its cookie and when it ends; null when this user's browsers are not remembered.</returns>
    public static async Task<(string Secret, DateTimeOffset ExpiresAt)?> RememberAsync(HubTransaction transaction, string userId, SessionDevice? device)
    {
        await transaction.FlushAsync();
        if (await DaysForAsync(transaction, userId) is not (> 0 and var days) || await Users.Users.FindAsync(transaction, userId) is not { Active: true } user)
        {
            return null;
        }

        var oldest = await transaction.Db.RememberedDevices.Where(row => row.UserId == userId).OrderByDescending(row => row.LastUsedAt).Skip(MaxPerUser - 1).ToListAsync();
        transaction.Db.RememberedDevices.RemoveRange(oldest);
        var (secret, id) = (RandomId.Secret(), RandomId.New());
        var expires = transaction.Now + TimeSpan.FromDays(days);
        transaction.Db.RememberedDevices.Add(new()
        {
            Id = id, UserId = userId, UserEpoch = user.Epoch, SecretHash = RandomId.HashOf(secret), SealedDevice = SessionSealing.Seal(transaction, userId, id, device),
            CreatedAt = transaction.Now, LastUsedAt = transaction.Now, ExpiresAt = expires,
        });
        await transaction.AuditAsync("device.remembered", subjectUserId: userId);
        return (secret, expires);
    }

    /// <summary>Whether the browser with this cookie is remembered for this user now, as everything stands in this transaction. Notes the use.</summary>
    public static async Task<bool> TryUseAsync(HubTransaction transaction, string userId, string secret)
    {
        await transaction.FlushAsync();
        if (await DaysForAsync(transaction, userId) is not (> 0 and var days))
        {
            return false;
        }

        var hash = RandomId.HashOf(secret);
        var since = transaction.Now - TimeSpan.FromDays(days);
        return await transaction.Db.RememberedDevices
            .Where(row => row.SecretHash == hash && row.UserId == userId && row.ExpiresAt > transaction.Now && row.CreatedAt > since
                && transaction.Db.Users.Any(user => user.Id == userId && user.Active && user.Epoch == row.UserEpoch))
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.LastUsedAt, transaction.Now)) == 1;
    }

    /// <returns>Those that are good now, the one used last first.</returns>
    public static async Task<IReadOnlyList<RememberedDeviceView>> ListOfAsync(HubReader reader, string userId)
    {
        var rows = await reader.Db.RememberedDevices.AsNoTracking()
            .Where(row => row.UserId == userId && row.ExpiresAt > reader.Now && reader.Db.Users.Any(user => user.Id == userId && user.Epoch == row.UserEpoch))
            .OrderByDescending(row => row.LastUsedAt).ToListAsync();
        var key = rows.Count == 0 ? null : await UserSealing.OpenKeyAsync(reader, userId);
        return
        [
            .. from row in rows
               let device = SessionSealing.Open(key, row.Id, row.SealedDevice)
               select new RememberedDeviceView(row.Id, device?.Words ?? "A browser", device?.Network, row.CreatedAt, row.LastUsedAt, row.ExpiresAt),
        ];
    }

    /// <summary>Forgets one of the user's browsers, or all.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="id">Which; null for every one.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> ForgetAsync(HubTransaction transaction, string userId, string? id = null)
    {
        await transaction.FlushAsync();
        var count = await transaction.Db.RememberedDevices.Where(row => row.UserId == userId && (id == null || row.Id == id)).ExecuteDeleteAsync();
        if (count > 0)
        {
            await transaction.AuditAsync("device.forgotten", subjectUserId: userId, details: new { count });
        }

        return count;
    }
}
