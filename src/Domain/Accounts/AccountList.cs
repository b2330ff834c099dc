using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>An account in the operator's list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Whether it lets anybody in.</param>
/// <param name="Members">How many memberships there are, whatever their status.</param>
/// <param name="Seats">How many seats it has, of all applications together.</param>
/// <param name="SeatsUsed">How many of them are taken.</param>
/// <param name="Primary">The user name of its PRIMARY; null where it has none.</param>
/// <param name="CreatedAt">When it was opened.</param>
public sealed record AccountLine(
    string Id, string Name, AccountStatus Status, int Members, int Seats, int SeatsUsed, string? Primary, DateTimeOffset CreatedAt);

/// <summary>Finding accounts among many: for the operator alone, to whom every account is open.</summary>
public static class AccountList
{
    /// <summary>Accounts in order of their ids.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="text">What the id or the name must contain, whatever the case; null or empty for any.</param>
    /// <param name="status">Those of this status only; null for any.</param>
    /// <param name="after">The id after which to go on; null for the beginning.</param>
    /// <param name="most">How many at most.</param>
    public static async Task<IReadOnlyList<AccountLine>> FindAsync(HubReader reader, string? text, AccountStatus? status, string? after, int most)
    {
        var accounts = reader.Db.Accounts.AsNoTracking();
        if (text?.Trim().ToLowerInvariant() is { Length: > 0 } wanted)
        {
#pragma warning disable CA1862, CA1304, CA1311 // Becomes SQL: both sides in lower case by the database.
            accounts = accounts.Where(account => account.Id.ToLower().Contains(wanted) || account.Name.ToLower().Contains(wanted));
#pragma warning restore CA1862, CA1304, CA1311
        }

        if (status is { } one)
        {
            accounts = accounts.Where(account => account.Status == one);
        }

        if (after is not null)
        {
#pragma warning disable CA1309 // Becomes SQL, which compares bytes.
            accounts = accounts.Where(account => string.Compare(account.Id, after) > 0);
#pragma warning restore CA1309
        }

        return await Lines(reader, accounts.OrderBy(account => account.Id).Take(most)).ToListAsync();
    }

    /// <returns>The account; null when there is none of this id.</returns>
    public static Task<AccountLine?> OneAsync(HubReader reader, string id) =>
        Lines(reader, reader.Db.Accounts.AsNoTracking().Where(account => account.Id == id)).SingleOrDefaultAsync();

    /// <returns>How many accounts there are of each status.</returns>
    public static async Task<IReadOnlyDictionary<AccountStatus, int>> CountsAsync(HubReader reader) =>
        await reader.Db.Accounts.GroupBy(account => account.Status).ToDictionaryAsync(group => group.Key, group => group.Count());

    private static IQueryable<AccountLine> Lines(HubReader reader, IQueryable<Account> accounts) =>
        from account in accounts
        orderby account.Id
        select new AccountLine(
            account.Id, account.Name, account.Status, account.MemberCount,
            reader.Db.SeatPools.Where(pool => pool.AccountId == account.Id).Sum(pool => pool.Capacity),
            reader.Db.SeatPools.Where(pool => pool.AccountId == account.Id).Sum(pool => pool.Used),
            (from place in reader.Db.Memberships
             join user in reader.Db.Users on place.UserId equals user.Id
             where place.AccountId == account.Id && place.PermissionLevel == PermissionLevel.Primary
             select user.UserName).FirstOrDefault(),
            account.CreatedAt);
}
