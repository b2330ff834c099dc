using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>
/// Resetting somebody's second factors, for who lost theirs. What it takes follows from whom it is done to (<see cref="AdministrationRules.SafeguardOf"/>); that of the PRIMARY
/// waits for somebody else than who asks, that of another account's PRIMARY for the operator. Who was reset enrols another factor with a code that an administrator hands over, and is told at once at all their addresses.
/// </summary>
public static partial class FactorResets
{
    /// <summary>How long a request waits for somebody who agrees.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public const int MaxReasonLength = 500;

    private static readonly Statement MustEnrol = new(
        """
        UPDATE "Users" SET "MustEnrol" = TRUE, "UpdatedAt" = @now, "RecoveryHoldUntil" = CASE WHEN "Operator" OR EXISTS (
            SELECT 1 FROM "Memberships" m WHERE m."UserId" = @user AND (m."Role" = 'Administrator' OR m."PermissionLevel" = 'PRIMARY')) THEN @until ELSE NULL END
        WHERE "Id" = @user
        """,
        "@user", "@now", "@until");

    private static readonly Statement AdministersElsewhere = new(
        """
        SELECT 1 FROM "Users" u WHERE u."Id" = @user AND (u."Operator" OR EXISTS (
            SELECT 1 FROM "Memberships" m WHERE m."UserId" = u."Id" AND (m."Role" = 'Administrator' OR m."PermissionLevel" = 'PRIMARY') AND m."AccountId" <> @account))
        """,
        "@user", "@account");

    public abstract record Result
    {
        private Result() { }

        /// <summary>It is done. The code is told this once.</summary>
        public sealed record Reset(string Code, DateTimeOffset Until) : Result
        {
            /// <summary>Tells nothing of the code.</summary>
            public override string ToString() => nameof(Reset);
        }

        /// <summary>It waits for somebody else.</summary>
        public sealed record Requested(string Id, DateTimeOffset Until) : Result;

        /// <summary>The request is over.</summary>
        public sealed record Ended : Result;

        /// <summary>This account has no such member, or there is no such request.</summary>
        public sealed record NothingThere : Result;

        /// <summary>It takes a sign-in with a passkey. Nothing was changed.</summary>
        public sealed record NeedsPasskey : Result;

        /// <summary>Nothing was changed, for this reason.</summary>
        public sealed record Refused(string Sentence) : Result;
    }

    /// <summary>Whose factors, and what it takes to reset them.</summary>
    private sealed record Case(MemberState Member, ResetSafeguard Safeguard);

    /// <summary>What it takes to reset a member's factors, for the page that offers it.</summary>
    public static ResetSafeguard SafeguardOf(HubReader reader, MemberState member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return AdministrationRules.SafeguardOf(member.ActedOn, reader.Connection.Scalar(AdministersElsewhere, member.UserId, member.AccountId) is not null);
    }

    /// <summary>Why an administrator may not reset a member's factors; null when they may.</summary>
    public static string? Check(ActingAdministrator actor, MemberState member) =>
        AdministrationRules.Check(actor, member.ActedOn, MemberAct.ResetFactors) is { } refusal ? AdministrationRules.Explain(refusal, MemberAct.ResetFactors)
        : member.Home ? null
        : "This user belongs to another account, which alone resets their second factors.";

    /// <summary>Resets a member's second factors, or asks that it be done where somebody else has to agree.</summary>
    /// <param name="transaction">The transaction and who does it.</param>
    /// <param name="accountId">The account in which they act.</param>
    /// <param name="membershipId">Whose factors.</param>
    /// <param name="reason">Why, in their words.</param>
    /// <param name="amr">How they signed in: the caller knows that it was just now.</param>
    public static async Task<Result> ResetAsync(HubTransaction transaction, string accountId, string membershipId, string? reason, string amr)
    {
        await transaction.FlushAsync();
        if (Find(transaction, accountId, membershipId) is not { } found)
        {
            return new Result.NothingThere();
        }

        var why = ReasonFrom(reason);
        if (Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), found.Member) is { } refusal)
        {
            return new Result.Refused(refusal);
        }

        if (found.Safeguard > ResetSafeguard.FreshSignIn && Assurance.LevelOf(amr) < AssuranceLevel.PhishingResistant)
        {
            return new Result.NeedsPasskey();
        }

        return why is null ? new Result.Refused($"Say why, in {MaxReasonLength} characters at most.")
            : found.Member.MustEnrol ? new Result.Refused("Their second factors were reset already. Make another code for them instead.")
            : !(await SecondFactors.OfAsync(transaction, found.Member.UserId)).Any ? new Result.Refused("They have no second factor to reset.")
            : found.Safeguard == ResetSafeguard.SecondApprover ? await RequestAsync(transaction, found.Member, why)
            : await CarryOutAsync(transaction, found.Member, why);
    }

    /// <summary>Makes another code for somebody who was reset and has not enrolled yet.</summary>
    public static async Task<Result> IssueCodeAsync(HubTransaction transaction, string accountId, string membershipId, string amr)
    {
        await transaction.FlushAsync();
        var actor = MemberStates.Administrator(transaction, transaction.Actor, accountId);
        return Find(transaction, accountId, membershipId) is not { } found ? new Result.NothingThere()
            : Check(actor, found.Member) is { } refusal ? new Result.Refused(refusal)
            : found.Safeguard == ResetSafeguard.SecondApprover && found.Member.MustEnrol && await CheckCodeAsync(transaction, actor, found.Member) is { } mayNot ? new Result.Refused(mayNot)
            : found.Safeguard > ResetSafeguard.FreshSignIn && Assurance.LevelOf(amr) < AssuranceLevel.PhishingResistant ? new Result.NeedsPasskey()
            : await TemporaryCodes.IssueAsync(transaction, found.Member.UserId) is { } code ? new Result.Reset(code, transaction.Now + TemporaryCodes.Lifetime)
            : new Result.Refused("They have set up a second factor by now, so they need no code.");
    }

    private static Case? Find(HubReader reader, string accountId, string membershipId) =>
        MemberStates.Find(reader, accountId, membershipId) is { } member ? new(member, SafeguardOf(reader, member)) : null;

    /// <returns>Null for nothing, or too much.</returns>
    private static string? ReasonFrom(string? typed)
    {
        var text = new string([.. (typed ?? "").Select(character => char.IsControl(character) ? ' ' : character)]).Trim();
        return text.Length is > 0 and <= MaxReasonLength ? text : null;
    }

    private static async Task<Result> CarryOutAsync(HubTransaction transaction, MemberState member, string why)
    {
        var userId = member.UserId;
        var before = await SecondFactors.OfAsync(transaction, userId);
        var addresses = FreezeNotices.AddressesOf(transaction, userId, Users.Users.FindRow(transaction, userId)!).ToList();
        await TakeAwayAsync(transaction, userId, "second factors reset");
        RequireEnrolment(transaction, userId);
        await transaction.RefreshAsync(userId, withMemberships: false);
        await transaction.AuditAsync("second-factor.reset", member.AccountId, userId, AuditChanges.WithFacts([("factors", WordsOf(before), null)], ("reason", why)));
        await FactorResetNotices.QueueDoneAsync(transaction, member.Id, addresses, why);
        var code = await TemporaryCodes.IssueAsync(transaction, userId) ?? throw new InvalidOperationException("Who was just reset must enrol.");
        return new Result.Reset(code, transaction.Now + TemporaryCodes.Lifetime);
    }

    /// <summary>After a freeze nobody knows whose the second factors are: they go, as in a reset. Who had one that makes two enrols another, with a code that is handed over.</summary>
    internal static async Task AfterFreezeAsync(HubTransaction transaction, string userId)
    {
        var before = await SecondFactors.OfAsync(transaction, userId);
        await TakeAwayAsync(transaction, userId, "let in after a freeze");
        if (before.MakesTwo)
        {
            RequireEnrolment(transaction, userId);
        }

        await transaction.RefreshAsync(userId, withMemberships: false);
        await transaction.AuditAsync("user.thawed", subjectUserId: userId, details: AuditChanges.Of(("factors", before == EnrolledFactors.None ? null : WordsOf(before), null)));
    }

    private static async Task TakeAwayAsync(HubTransaction transaction, string userId, string reason)
    {
        await transaction.Db.Totps.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await transaction.Db.EmailCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await transaction.Db.Passkeys.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await RecoveryCodes.RemoveAsync(transaction, userId);
        await RememberedDevices.ForgetAsync(transaction, userId);
        await CredentialChange.EndEverythingAsync(transaction, userId, reason);
    }

    private static void RequireEnrolment(HubTransaction transaction, string userId) =>
        transaction.Connection.Execute(MustEnrol, userId, transaction.Now.ToUnixTimeMilliseconds(), (transaction.Now + RecoveryHold.Length).ToUnixTimeMilliseconds());

    private static string WordsOf(EnrolledFactors factors) => string.Join(", ", new[]
    {
        factors.Totp ? "authenticator app" : null,
        factors.EmailCodesTo is null ? null : "codes by e-mail",
        factors.Passkeys > 0 ? $"passkeys: {factors.Passkeys}" : null,
        factors.RecoveryCodes > 0 ? $"recovery codes: {factors.RecoveryCodes}" : null,
    }.OfType<string>());
}
