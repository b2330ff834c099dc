using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A reset that waits for somebody else than who asked: approved, refused, taken back or run out.</summary>
public static partial class FactorResets
{
    /// <summary>Agrees to a reset, which is done at once.</summary>
    /// <param name="transaction">The transaction and who agrees.</param>
    /// <param name="accountId">The account in which they act; null for the operator, whose every account is.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="amr">How they signed in: the caller knows that it was just now.</param>
    public static async Task<Result> ApproveAsync(HubTransaction transaction, string? accountId, string requestId, string amr)
    {
        await transaction.FlushAsync();
        if (await OpenAsync(transaction, accountId, requestId) is not { } request || Find(transaction, request.AccountId, request.MembershipId) is not { } found)
        {
            return new Result.NothingThere();
        }

        var actor = MemberStates.Administrator(transaction, transaction.Actor, request.AccountId);
        if (AdministrationRules.CheckApproval(actor, found.Member.ActedOn, request.RequestedByUserId) is { } refusal)
        {
            return new Result.Refused(AdministrationRules.Explain(refusal, MemberAct.ResetFactors));
        }

        if (!actor.Operator && await IsNewSinceAsync(transaction, actor.UserId, request))
        {
            return new Result.Refused("You were made an administrator here, or changed, after this was asked for. Another administrator, or the operator, has to agree.");
        }

        if (Assurance.LevelOf(amr) < AssuranceLevel.PhishingResistant)
        {
            return new Result.NeedsPasskey();
        }

        if (Check(MemberStates.Administrator(transaction, new Actor.Person(request.RequestedByUserId), request.AccountId), found.Member) is not null)
        {
            return new Result.Refused("Whoever asked for it may not ask for it any more.");
        }

        if (await ReasonOfAsync(transaction, request, found.Member.UserId) is not { } why || !await TryEndAsync(transaction, request.Id, FactorResetOutcome.Approved))
        {
            return new Result.NothingThere();
        }

        await transaction.AuditAsync("factor-reset.approved", request.AccountId, found.Member.UserId);
        return await CarryOutAsync(transaction, found.Member, why);
    }

    /// <summary>Refuses a reset: the person themself, or somebody who could agree.</summary>
    /// <param name="transaction">The transaction and who refuses.</param>
    /// <param name="accountId">The account in which they act; null for the person themself, and for the operator.</param>
    /// <param name="requestId">The request.</param>
    public static async Task<Result> RefuseAsync(HubTransaction transaction, string? accountId, string requestId)
    {
        await transaction.FlushAsync();
        if (await OpenAsync(transaction, accountId, requestId) is not { } request || Find(transaction, request.AccountId, request.MembershipId) is not { } found)
        {
            return new Result.NothingThere();
        }

        var isOwn = (transaction.Actor as Actor.Person)?.UserId == found.Member.UserId;
        var actor = MemberStates.Administrator(transaction, transaction.Actor, request.AccountId);
        if (!isOwn && (accountId is null ? !actor.Operator : AdministrationRules.CheckApproval(actor, found.Member.ActedOn, request.RequestedByUserId) is not null))
        {
            return accountId is null ? new Result.NothingThere() : new Result.Refused("Only who could agree to it refuses it, or the person themself.");
        }

        return await EndAsync(transaction, request, found.Member, FactorResetOutcome.Refused);
    }

    /// <summary>Takes a request back: who made it alone.</summary>
    public static async Task<Result> WithdrawAsync(HubTransaction transaction, string accountId, string requestId)
    {
        await transaction.FlushAsync();
        return await OpenAsync(transaction, accountId, requestId) is not { } request || Find(transaction, request.AccountId, request.MembershipId) is not { } found
            ? new Result.NothingThere()
            : (transaction.Actor as Actor.Person)?.UserId != request.RequestedByUserId
                ? new Result.Refused("Only who asked for it takes it back.")
                : await EndAsync(transaction, request, found.Member, FactorResetOutcome.Withdrawn);
    }

    /// <summary>Ends the requests whose time is over.</summary>
    /// <returns>How many there were; as many as asked for when there may be more.</returns>
    public static async Task<int> SweepAsync(HubTransaction transaction, int most)
    {
        var over = await transaction.Db.FactorResets.AsNoTracking().Where(row => row.EndedAt == null && row.ExpiresAt <= transaction.Now).OrderBy(row => row.ExpiresAt).Take(most).ToListAsync();
        foreach (var request in over)
        {
            if (Find(transaction, request.AccountId, request.MembershipId) is { } found)
            {
                await EndAsync(transaction, request, found.Member, FactorResetOutcome.Expired);
            }
        }

        return over.Count;
    }

    /// <summary>What is open about a user ends: their sign-in is frozen.</summary>
    internal static async Task EndOfAsync(HubTransaction transaction, string userId)
    {
        var open = await transaction.Db.FactorResets.AsNoTracking()
            .Where(row => row.EndedAt == null && transaction.Db.Memberships.Any(member => member.Id == row.MembershipId && member.UserId == userId)).ToListAsync();
        foreach (var request in open)
        {
            if (Find(transaction, request.AccountId, request.MembershipId) is { } found)
            {
                await EndAsync(transaction, request, found.Member, FactorResetOutcome.Refused);
            }
        }
    }

    private static async Task<Result> RequestAsync(HubTransaction transaction, MemberState member, string why)
    {
        if (transaction.Actor is not Actor.Person person)
        {
            return new Result.Refused("Only somebody who signed in asks for this.");
        }

        await ExpireAsync(transaction, member);
        if (await transaction.Db.FactorResets.AnyAsync(row => row.MembershipId == member.Id && row.EndedAt == null))
        {
            return new Result.Refused("It was asked for already, and waits for somebody who agrees.");
        }

        var id = RandomId.New();
        var until = transaction.Now + Lifetime;
        transaction.Db.FactorResets.Add(new()
        {
            Id = id, AccountId = member.AccountId, MembershipId = member.Id, RequestedByUserId = person.UserId,
            SealedReason = UserSealing.Seal(transaction, member.UserId, PlaceOf(id), Encoding.UTF8.GetBytes(why)), CreatedAt = transaction.Now, ExpiresAt = until,
        });
        await transaction.AuditAsync("factor-reset.requested", member.AccountId, member.UserId, new { reason = why });
        await FactorResetNotices.QueueRequestedAsync(transaction, member, person.UserId, why, until);
        return new Result.Requested(id, until);
    }

    /// <summary>
    /// Whether who would agree may be somebody whom the one that asked made an administrator for it. Nothing tells when a role was given, but every change of a membership sets its
    /// moment: any change after the request is taken for one. Who merely was renamed meanwhile leaves it to others; the operator is always among them.
    /// </summary>
    private static Task<bool> IsNewSinceAsync(HubReader reader, string? userId, FactorReset request) => reader.Db.Memberships.AnyAsync(row =>
        row.UserId == userId && row.AccountId == request.AccountId && (row.CreatedAt > request.CreatedAt || row.UpdatedAt > request.CreatedAt));

    /// <summary>What takes two takes two to the end: whoever asked for the reset of the PRIMARY makes no code for them, nor does anybody where there was no reset to which two agreed.</summary>
    /// <returns>Why they may not; null when they may.</returns>
    private static async Task<string?> CheckCodeAsync(HubReader reader, ActingAdministrator actor, MemberState member)
    {
        if (actor.Operator)
        {
            return null;
        }

        // The moment of the reset; the PRIMARY is always held after one.
        var at = member.RecoveryHoldUntil - RecoveryHold.Length;
        var agreed = await reader.Db.FactorResets.AsNoTracking().Where(row => row.MembershipId == member.Id && row.Outcome == FactorResetOutcome.Approved && row.EndedAt >= at)
            .OrderByDescending(row => row.EndedAt).FirstOrDefaultAsync();
        return member.PrimaryElsewhere || agreed is null ? "Only the operator can make a code for them."
            : agreed.RequestedByUserId == actor.UserId ? "You asked for this reset yourself. Another administrator, or the operator, has to make the code."
            : await IsNewSinceAsync(reader, actor.UserId, agreed) ? "You were made an administrator here, or changed, after this was asked for. Another administrator, or the operator, has to make the code."
            : null;
    }

    /// <summary>One whose time was over, and that no sweep has met yet, is in nobody's way.</summary>
    private static async Task ExpireAsync(HubTransaction transaction, MemberState member)
    {
        if (await transaction.Db.FactorResets.AsNoTracking().SingleOrDefaultAsync(row => row.MembershipId == member.Id && row.EndedAt == null && row.ExpiresAt <= transaction.Now) is { } over)
        {
            await EndAsync(transaction, over, member, FactorResetOutcome.Expired);
        }
    }

    private static Task<FactorReset?> OpenAsync(HubReader reader, string? accountId, string requestId) => reader.Db.FactorResets.AsNoTracking().SingleOrDefaultAsync(row =>
        row.Id == requestId && row.EndedAt == null && row.ExpiresAt > reader.Now && (accountId == null || row.AccountId == accountId));

    private static async Task<Result> EndAsync(HubTransaction transaction, FactorReset request, MemberState member, FactorResetOutcome outcome)
    {
        if (!await TryEndAsync(transaction, request.Id, outcome))
        {
            return new Result.NothingThere();
        }

        await (outcome switch
        {
            FactorResetOutcome.Withdrawn => transaction.AuditAsync("factor-reset.withdrawn", request.AccountId, member.UserId),
            FactorResetOutcome.Expired => transaction.AuditAsync("factor-reset.expired", request.AccountId, member.UserId),
            _ => transaction.AuditAsync("factor-reset.refused", request.AccountId, member.UserId),
        });
        await FactorResetNotices.QueueEndedAsync(transaction, member, request.RequestedByUserId, outcome);
        return new Result.Ended();
    }

    /// <summary>The row that this changes is the one end that there will be.</summary>
    private static async Task<bool> TryEndAsync(HubTransaction transaction, string requestId, FactorResetOutcome outcome) =>
        await transaction.Db.FactorResets.Where(row => row.Id == requestId && row.EndedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.EndedAt, transaction.Now).SetProperty(row => row.Outcome, outcome)) == 1;

    private static async Task<string?> ReasonOfAsync(HubReader reader, FactorReset request, string userId) =>
        await UserSealing.OpenAsync(reader, userId, PlaceOf(request.Id), request.SealedReason) is { } plain ? Encoding.UTF8.GetString(plain) : null;

    private static string PlaceOf(string requestId) => "factor-reset:" + requestId;
}
