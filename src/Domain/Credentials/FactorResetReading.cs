using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A reset that waits for somebody who agrees.</summary>
/// <param name="Id">The request.</param>
/// <param name="AccountId">The account.</param>
/// <param name="AccountName">Its name.</param>
/// <param name="MembershipId">Whose factors.</param>
/// <param name="Name">Theirs.</param>
/// <param name="UserName">Theirs.</param>
/// <param name="RequestedByUserId">Who asked.</param>
/// <param name="RequestedBy">Their name.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">When it runs out.</param>
public sealed record WaitingReset(
    string Id, string AccountId, string AccountName, string MembershipId, string Name, string UserName, string RequestedByUserId, string RequestedBy, string? Reason,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>Reading what waits.</summary>
public static partial class FactorResets
{
    /// <summary>More than a hub has at a time.</summary>
    private const int MostWaiting = 100;

    /// <returns>The open requests of an account, the oldest first.</returns>
    public static Task<IReadOnlyList<WaitingReset>> WaitingInAsync(HubReader reader, string accountId) =>
        WaitingAsync(reader, reader.Db.FactorResets.Where(row => row.AccountId == accountId));

    /// <returns>The open requests about a user's own factors.</returns>
    public static Task<IReadOnlyList<WaitingReset>> WaitingForAsync(HubReader reader, string userId) =>
        WaitingAsync(reader, reader.Db.FactorResets.Where(row => reader.Db.Memberships.Any(member => member.Id == row.MembershipId && member.UserId == userId)));

    /// <returns>Every open request, the oldest first. For the operator.</returns>
    public static Task<IReadOnlyList<WaitingReset>> WaitingAsync(HubReader reader) => WaitingAsync(reader, reader.Db.FactorResets);

    private static async Task<IReadOnlyList<WaitingReset>> WaitingAsync(HubReader reader, IQueryable<FactorReset> requests)
    {
        var rows = await (
            from request in requests.AsNoTracking()
            where request.EndedAt == null && request.ExpiresAt > reader.Now
            join member in reader.Db.Memberships on request.MembershipId equals member.Id
            join user in reader.Db.Users on member.UserId equals user.Id
            join asker in reader.Db.Users on request.RequestedByUserId equals asker.Id
            join account in reader.Db.Accounts on request.AccountId equals account.Id
            orderby request.CreatedAt
            select new { Request = request, User = user, Asker = asker, account.Name }).Take(MostWaiting).ToListAsync();
        var waiting = new List<WaitingReset>(rows.Count);
        foreach (var row in rows)
        {
            waiting.Add(new(
                row.Request.Id, row.Request.AccountId, row.Name, row.Request.MembershipId, row.User.DisplayName, row.User.UserName, row.Asker.Id,
                row.Asker.DisplayName, await ReasonOfAsync(reader, row.Request, row.User.Id), row.Request.CreatedAt, row.Request.ExpiresAt));
        }

        return waiting;
    }
}
