using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

public static partial class PrimaryTransfer
{
    public const int MaxWhyLength = 1000;

    /// <summary>How long a request waits altogether.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    /// <summary>Within what time a request is confirmed or declined, as the operator promises.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromHours(24);

    /// <summary>How long ago, at most, whoever accepts may have signed in.</summary>
    public static readonly TimeSpan FreshSignIn = TimeSpan.FromMinutes(5);

    public abstract record RequestResult
    {
        private RequestResult() { }

        /// <param name="Id">The request.</param>
        /// <param name="Confirmed">Whether asking was confirming: the present Primary User asked, or the operator.</param>
        public sealed record Made(string Id, bool Confirmed) : RequestResult;

        /// <summary>Whoever acts neither manages users of the account nor runs the hub. Nothing was changed.</summary>
        public sealed record MayNot : RequestResult;

        public sealed record NoSuchMember : RequestResult;

        /// <summary>The member may not sign in, or has not accepted to be one. Nothing was changed.</summary>
        public sealed record NotActive : RequestResult;

        public sealed record AlreadyPrimary : RequestResult;

        /// <summary>No reason was given, or one of more than <see cref="MaxWhyLength"/> characters. Nothing was changed.</summary>
        public sealed record WhyInvalid : RequestResult;

        /// <summary>Another request of the account is open. Nothing was changed.</summary>
        public sealed record OneIsOpen(string Id) : RequestResult;
    }

    public enum StepResult
    {
        Done,

        /// <summary>The account has no such request.</summary>
        NoSuchRequest,

        /// <summary>This step is not theirs. Nothing was changed.</summary>
        MayNot,

        /// <summary>The request is not at this step, or not any more. Nothing was changed.</summary>
        NotNow,

        /// <summary>Their second factors were reset just now, and nobody knows yet that it is them (<see cref="RecoveryHold"/>). Nothing was changed.</summary>
        Held,

        /// <summary>The sign-in is older than <see cref="FreshSignIn"/>. Nothing was changed.</summary>
        SignInTooOld,
    }

    /// <summary>Who acts, as far as this account is concerned.</summary>
    private sealed record Standing(string? UserId, bool Operator, bool Primary, bool ManagesUsers);

    /// <summary>Asks that a member become the account's Primary User. Any active member who has accepted to be one can, guests too.</summary>
    /// <param name="transaction">The transaction and who asks: somebody who manages users of the account, or the operator.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="membershipId">The member.</param>
    /// <param name="why">For those who have to agree. 1–1,000 characters.</param>
    public static async Task<RequestResult> RequestAsync(HubTransaction transaction, string accountId, string membershipId, string why)
    {
        var who = await StandingAsync(transaction, accountId);
        if (who is { Operator: false, ManagesUsers: false })
        {
            return new RequestResult.MayNot();
        }

        if (await CandidateAsync(transaction, accountId, membershipId) is not { } found)
        {
            return new RequestResult.NoSuchMember();
        }

        if (found.Member.PermissionLevel == PermissionLevel.Primary)
        {
            return new RequestResult.AlreadyPrimary();
        }

        if (!found.MaySignIn)
        {
            return new RequestResult.NotActive();
        }

        if (CleanReason(why) is not { } reason)
        {
            return new RequestResult.WhyInvalid();
        }

        await ExpireAsync(transaction, Open(transaction).Where(row => row.AccountId == accountId && row.ExpiresAt <= transaction.Now));
        if (await Open(transaction).Where(row => row.AccountId == accountId).Select(row => row.Id).SingleOrDefaultAsync() is { } open)
        {
            return new RequestResult.OneIsOpen(open);
        }

        // Nobody makes themself Primary User with nobody else's consent.
        var confirmed = who.Primary || (who.Operator && who.UserId != found.Member.UserId);
        var request = New(transaction, found.Member, who, confirmed);
        request.SealedWhy = PrimaryRequests.SealWhy(transaction, request, reason);
        transaction.Db.PrimaryRequests.Add(request);
        await transaction.AuditAsync("primary.requested", accountId, found.Member.UserId, new { request = request.Id, confirmed });
        await PrimaryNotices.QueueAsync(transaction, request, confirmed ? PrimaryNotice.RequestedAndConfirmed : PrimaryNotice.Requested);
        return new RequestResult.Made(request.Id, confirmed);
    }

    /// <summary>The present Primary User, or the operator, agrees. Nobody confirms a request for themself.</summary>
    public static async Task<StepResult> ConfirmAsync(HubTransaction transaction, string accountId, string requestId)
    {
        if (await PrimaryRequests.RowAsync(transaction, accountId, requestId) is not { } request)
        {
            return StepResult.NoSuchRequest;
        }

        var who = await StandingAsync(transaction, accountId);
        if (who is { Operator: false, Primary: false } || who.UserId == request.CandidateUserId)
        {
            return StepResult.MayNot;
        }

        var confirmed = await Open(transaction).Where(row => row.Id == requestId && row.State == PrimaryRequestState.Requested && row.ExpiresAt > transaction.Now)
            .ExecuteUpdateAsync(update => update
                .SetProperty(row => row.State, PrimaryRequestState.Confirmed).SetProperty(row => row.ConfirmedAt, transaction.Now)
                .SetProperty(row => row.ConfirmedByUserId, who.UserId).SetProperty(row => row.ConfirmedByOperator, !who.Primary));
        if (confirmed == 0)
        {
            return StepResult.NotNow;
        }

        await transaction.AuditAsync("primary.confirmed", accountId, request.CandidateUserId, new { request = requestId, by = who.Primary ? "primary" : "operator" });
        await PrimaryNotices.QueueAsync(transaction, request, PrimaryNotice.Confirmed);
        return StepResult.Done;
    }

    /// <summary>The one who shall be Primary User accepts, and is from then on. The former one goes on as an Administrator without a level; what was granted to them as PRIMARY ends.</summary>
    /// <param name="transaction">The transaction and who acts: the candidate.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="authTime">When the candidate proved who they are, as the sign-in says.</param>
    public static async Task<StepResult> AcceptAsync(HubTransaction transaction, string requestId, DateTimeOffset authTime)
    {
        if (transaction.Actor is not Actor.Person person || await PrimaryRequests.OfCandidateAsync(transaction, requestId, person.UserId) is not { } request)
        {
            return StepResult.NoSuchRequest;
        }

        if (transaction.Now - authTime > FreshSignIn)
        {
            return StepResult.SignInTooOld;
        }

        if (RecoveryHold.Of(transaction, person.UserId) is not null)
        {
            return StepResult.Held;
        }

        var accepted = await Open(transaction).Where(row => row.Id == requestId && row.State == PrimaryRequestState.Confirmed && row.ExpiresAt > transaction.Now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, PrimaryRequestState.Accepted).SetProperty(row => row.EndedAt, transaction.Now));
        if (accepted == 0)
        {
            return StepResult.NotNow;
        }

        if (await CandidateAsync(transaction, request.AccountId, request.CandidateMembershipId) is not { MaySignIn: true } candidate)
        {
            return transaction.RollBack(StepResult.NotNow);
        }

        var former = await SwapAsync(transaction, candidate.Member);
        await transaction.Db.PrimaryRequests.Where(row => row.Id == requestId).ExecuteUpdateAsync(update => update.SetProperty(row => row.FormerUserId, former));
        await transaction.AuditAsync("primary.transferred", request.AccountId, person.UserId, new { request = requestId, hadPrimary = former is not null });
        request.FormerUserId = former;
        await PrimaryNotices.QueueAsync(transaction, request, PrimaryNotice.Accepted);
        return StepResult.Done;
    }

    /// <summary>The candidate does not want to be it; or the present Primary User or the operator says no, confirmed before or not.</summary>
    public static async Task<StepResult> DeclineAsync(HubTransaction transaction, string accountId, string requestId)
    {
        if (await PrimaryRequests.RowAsync(transaction, accountId, requestId) is not { } request)
        {
            return StepResult.NoSuchRequest;
        }

        var who = await StandingAsync(transaction, accountId);
        PrimaryRequestEnd? end = who switch
        {
            { UserId: { } user } when user == request.CandidateUserId => PrimaryRequestEnd.ByCandidate,
            { Primary: true } => PrimaryRequestEnd.ByPrimary,
            { Operator: true } => PrimaryRequestEnd.ByOperator,
            _ => null,
        };
        return end is null ? StepResult.MayNot : await StopAsync(transaction, request, PrimaryRequestState.Declined, end.Value);
    }

    /// <summary>Whoever asked takes it back.</summary>
    public static async Task<StepResult> CancelAsync(HubTransaction transaction, string accountId, string requestId)
    {
        if (await PrimaryRequests.RowAsync(transaction, accountId, requestId) is not { } request)
        {
            return StepResult.NoSuchRequest;
        }

        var who = await StandingAsync(transaction, accountId);
        var theirs = who.UserId is { } user ? user == request.RequestedByUserId : who.Operator && request.RequestedByOperator;
        return theirs ? await StopAsync(transaction, request, PrimaryRequestState.Cancelled, PrimaryRequestEnd.ByRequester) : StepResult.MayNot;
    }

    /// <summary>A reason as it is kept: without the white space around it, nor what nobody sees but line breaks.</summary>
    private static string? CleanReason(string why)
    {
        ArgumentNullException.ThrowIfNull(why);
        var kept = string.Concat(why.ReplaceLineEndings("\n").Where(character => character == '\n' || !char.IsControl(character))).Trim();
        return kept.Length is 0 or > MaxWhyLength ? null : kept;
    }

    private static PrimaryRequest New(HubTransaction transaction, Membership candidate, Standing who, bool confirmed) => new()
    {
        Id = RandomId.New(),
        AccountId = candidate.AccountId,
        CandidateUserId = candidate.UserId,
        CandidateMembershipId = candidate.Id,
        RequestedByUserId = who.UserId,
        RequestedByOperator = who is { Operator: true, ManagesUsers: false },
        State = confirmed ? PrimaryRequestState.Confirmed : PrimaryRequestState.Requested,
        CreatedAt = transaction.Now,
        ExpiresAt = transaction.Now + Lifetime,
        ConfirmedAt = confirmed ? transaction.Now : null,
        ConfirmedByUserId = confirmed ? who.UserId : null,
        ConfirmedByOperator = confirmed && !who.Primary,
        NextStepAt = transaction.Now + FirstReminder,
    };

    private static async Task<(Membership Member, bool MaySignIn)?> CandidateAsync(HubTransaction transaction, string accountId, string? membershipId)
    {
        var member = await transaction.Db.Memberships.SingleOrDefaultAsync(row => row.Id == membershipId && row.AccountId == accountId);
        if (member is null)
        {
            return null;
        }

        var active = member.Status == MembershipStatus.Active && (member.Home || member.AcceptedAt is not null);
        return (member, active && await transaction.Db.Users.AnyAsync(user => user.Id == member.UserId && user.Active));
    }

    private static async Task<Standing> StandingAsync(HubTransaction transaction, string accountId)
    {
        switch (transaction.Actor)
        {
            case Actor.Hub:
                return new(null, Operator: true, Primary: false, ManagesUsers: false);
            case Actor.Person person when await transaction.Db.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == person.UserId && row.Active) is { } user:
                if (RecoveryHold.Of(transaction, user.Id) is not null)
                {
                    // Saying no, and taking back what they asked for, is theirs all the same.
                    return new(user.Id, Operator: false, Primary: false, ManagesUsers: false);
                }

                var place = await transaction.Db.Memberships.AsNoTracking()
                    .SingleOrDefaultAsync(row => row.UserId == user.Id && row.AccountId == accountId && row.Status == MembershipStatus.Active);
                return new(
                    user.Id, user.Operator, place?.PermissionLevel == PermissionLevel.Primary,
                    place is not null && PermissionMatrix.Allows(place.Role, place.PermissionLevel, PermissionMatrix.ManageUsers));
            default:
                return new(null, Operator: false, Primary: false, ManagesUsers: false);
        }
    }
}
