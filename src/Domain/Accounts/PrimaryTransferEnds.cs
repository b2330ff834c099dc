using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>How requests end without a swap, and what time does to them.</summary>
public static partial class PrimaryTransfer
{
    private const int Bite = 100;

    private static readonly TimeSpan FirstReminder = TimeSpan.FromHours(20);
    private static readonly TimeSpan SecondReminder = TimeSpan.FromHours(48);

    /// <summary>Every deactivation asks this, so EF Core does not. Few requests are open, however many members there are.</summary>
    private static readonly Statement OpenOfUser = new(
        """
        SELECT r."Id" FROM "PrimaryRequests" r
        WHERE r."EndedAt" IS NULL AND (@account IS NULL OR r."AccountId" = @account)
            AND (r."CandidateUserId" = @user OR (r."RequestedByUserId" = @user AND r."State" = 'Requested') OR EXISTS (
                SELECT 1 FROM "Memberships" m WHERE m."AccountId" = r."AccountId" AND m."PermissionLevel" = 'PRIMARY' AND m."UserId" = @user))
        """,
        "@user", "@account");

    /// <summary>Does what time has made due: reminds whoever has to act, tells the operators what waits for longer than promised, ends what nobody acted on.</summary>
    /// <returns>How many requests were due; when that is as many as one round takes, there may be more.</returns>
    public static async Task<int> SweepAsync(HubTransaction transaction)
    {
        var due = await Open(transaction).AsNoTracking().Where(row => row.NextStepAt <= transaction.Now).OrderBy(row => row.NextStepAt).Take(Bite).ToListAsync();
        foreach (var request in due)
        {
            if (request.ExpiresAt <= transaction.Now)
            {
                await ExpireAsync(transaction, Open(transaction).Where(row => row.Id == request.Id));
            }
            else
            {
                await RemindAsync(transaction, request);
            }
        }

        return due.Count;
    }

    /// <summary>Whether a sweep found as much as it takes in one round.</summary>
    public static bool IsFullRound(int count) => count == Bite;

    /// <summary>Somebody may not sign in any more, or is about to be removed: what was open with them ends, and those who stay are told. Called while they are still known.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="membership">Whose. At home it reaches the user everywhere.</param>
    internal static async Task LeaveAsync(HubTransaction transaction, Membership membership)
    {
        foreach (var id in transaction.Connection.Texts(OpenOfUser, membership.UserId, membership.Home ? null : membership.AccountId))
        {
            var request = await transaction.Db.PrimaryRequests.AsNoTracking().SingleAsync(row => row.Id == id);
            var end = request.CandidateUserId == membership.UserId ? PrimaryRequestEnd.CandidateLeft
                : (await PrimaryRequests.HolderAsync(transaction, request.AccountId))?.UserId == membership.UserId ? PrimaryRequestEnd.PrimaryLeft
                : PrimaryRequestEnd.RequesterLeft;
            await EndAsync(transaction, request, PrimaryRequestState.Cancelled, end, leaver: membership.UserId);
        }
    }

    private static IQueryable<PrimaryRequest> Open(HubReader reader) => reader.Db.PrimaryRequests.Where(row => row.EndedAt == null);

    private static async Task RemindAsync(HubTransaction transaction, PrimaryRequest request)
    {
        var age = transaction.Now - request.CreatedAt;
        var reminders = age >= SecondReminder ? 2 : age >= FirstReminder ? 1 : 0;
        var tellOperators = age >= Promise && request.OperatorsToldAt is null && request.State == PrimaryRequestState.Requested;
        var next = request.CreatedAt + (age < FirstReminder ? FirstReminder : age < Promise ? Promise : age < SecondReminder ? SecondReminder : Lifetime);
        await Open(transaction).Where(row => row.Id == request.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.Reminders, reminders).SetProperty(row => row.NextStepAt, next)
            .SetProperty(row => row.OperatorsToldAt, tellOperators ? transaction.Now : request.OperatorsToldAt));
        if (reminders > request.Reminders)
        {
            await PrimaryNotices.QueueAsync(transaction, request, PrimaryNotice.Reminder);
        }

        if (tellOperators)
        {
            await PrimaryNotices.QueueAsync(transaction, request, PrimaryNotice.Overdue);
        }
    }

    private static Task ExpireAsync(HubTransaction transaction, IQueryable<PrimaryRequest> requests) =>
        EndAllAsync(transaction, requests, PrimaryRequestState.Expired, PrimaryRequestEnd.TimeOut);

    private static async Task EndAllAsync(HubTransaction transaction, IQueryable<PrimaryRequest> requests, PrimaryRequestState state, PrimaryRequestEnd end)
    {
        foreach (var request in await requests.AsNoTracking().ToListAsync())
        {
            await EndAsync(transaction, request, state, end);
        }
    }

    private static async Task<StepResult> StopAsync(HubTransaction transaction, PrimaryRequest request, PrimaryRequestState state, PrimaryRequestEnd end) =>
        request.ExpiresAt > transaction.Now && await EndAsync(transaction, request, state, end) ? StepResult.Done : StepResult.NotNow;

    private static async Task<bool> EndAsync(HubTransaction transaction, PrimaryRequest request, PrimaryRequestState state, PrimaryRequestEnd end, string? leaver = null)
    {
        var ended = await Open(transaction).Where(row => row.Id == request.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.State, state).SetProperty(row => row.End, end).SetProperty(row => row.EndedAt, transaction.Now));
        if (ended == 0)
        {
            return false;
        }

        await transaction.AuditAsync("primary." + AuditWord(state), request.AccountId, request.CandidateUserId, new { request = request.Id, because = end.ToString() });
        await PrimaryNotices.QueueEndAsync(transaction, request, end, leaver);
        return true;
    }

    private static string AuditWord(PrimaryRequestState state) => state switch
    {
        PrimaryRequestState.Declined => "declined",
        PrimaryRequestState.Expired => "expired",
        _ => "cancelled",
    };
}
