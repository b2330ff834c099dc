using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>How an administrator helps a member at home into the hub: an invitation for who has no password, a link to another one or a first one for who has. What a person chose is never seen.</summary>
public static class MemberAccess
{
    public abstract record Result
    {
        private Result() { }

        /// <summary>A mail is queued.</summary>
        public sealed record Sent(DateTimeOffset Until) : Result;

        /// <summary>A link to hand over, told this once.</summary>
        public sealed record LinkMade(string Link, DateTimeOffset Until) : Result
        {
            /// <summary>Tells nothing of the link, with which somebody signs in.</summary>
            public override string ToString() => nameof(LinkMade);
        }

        public sealed record Done : Result;

        /// <summary>A member is let in again, and has to enrol a second factor. The code with which they do is told this once.</summary>
        public sealed record LetIn(string Code, DateTimeOffset Until) : Result
        {
            /// <summary>Tells nothing of the code.</summary>
            public override string ToString() => nameof(LetIn);
        }

        /// <summary>This account has no such member.</summary>
        public sealed record NoSuchMember : Result;

        /// <summary>Nothing was changed, for this reason.</summary>
        public sealed record Refused(string Sentence) : Result;
    }

    /// <summary>Mails a member who has no password an invitation, which replaces every earlier one.</summary>
    public static Task<Result> InviteAsync(HubTransaction transaction, string accountId, string membershipId, string issuer) =>
        TakeAsync(transaction, accountId, membershipId, async _ => Explain(await Invitations.InviteAsync(transaction, membershipId, issuer)));

    /// <summary>Makes an invitation to hand over, which replaces every earlier one.</summary>
    public static Task<Result> MakeLinkAsync(HubTransaction transaction, string accountId, string membershipId, string issuer) =>
        TakeAsync(transaction, accountId, membershipId, async _ => Explain(await Invitations.MakeLinkAsync(transaction, membershipId, issuer)));

    /// <summary>Has an open invitation lose its use.</summary>
    public static Task<Result> WithdrawInvitationAsync(HubTransaction transaction, string accountId, string membershipId) =>
        TakeAsync(transaction, accountId, membershipId, async _ =>
            await Invitations.WithdrawAsync(transaction, membershipId) ? new Result.Done() : new Result.Refused("There is no open invitation any more."));

    /// <summary>Mails a member who has a password a link with which to choose another.</summary>
    public static Task<Result> SendResetAsync(HubTransaction transaction, string accountId, string membershipId, string issuer) =>
        TakeAsync(transaction, accountId, membershipId, async member => Explain(await PasswordResets.StartAsync(transaction, member.UserId, issuer, requestedByAdministrator: true)));

    /// <summary>Gives a member a password that signs in to nothing until its owner has chosen another. What was signed in before ends.</summary>
    /// <param name="transaction">The transaction and who sets it.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="membershipId">The member.</param>
    /// <param name="hash">The password's hash. <see cref="PasswordRules"/> were asked before.</param>
    public static Task<Result> SetFirstPasswordAsync(HubTransaction transaction, string accountId, string membershipId, string hash) =>
        TakeAsync(transaction, accountId, membershipId, async member =>
        {
            await Passwords.SetAsync(transaction, member.UserId, hash, mustChange: true);
            return new Result.Done();
        });

    /// <summary>Ends that a member's sign-in is frozen. They choose another password with a link that is mailed; the former one is nobody's any more.</summary>
    public static async Task<Result> ThawAsync(HubTransaction transaction, string accountId, string membershipId, string issuer)
    {
        await transaction.FlushAsync();
        return MemberStates.Find(transaction, accountId, membershipId) is not { } member ? new Result.NoSuchMember()
            : CheckThaw(MemberStates.Administrator(transaction, transaction.Actor, accountId), member) is { } sentence ? new Result.Refused(sentence)
            : await ThawAsync(transaction, member.UserId, issuer);
    }

    /// <summary>The same of any user, for the operator.</summary>
    /// <param name="transaction">The transaction and who does it. The caller knows that they run the hub.</param>
    /// <param name="userId">Whose sign-in.</param>
    /// <param name="issuer">The hub's issuer without trailing slash.</param>
    public static async Task<Result> ThawAsync(HubTransaction transaction, string userId, string issuer) =>
        await UserLifecycle.ThawAsync(transaction, userId, issuer) is not (UserLifecycle.ThawResult.Thawed or UserLifecycle.ThawResult.ThawedWithoutPassword) and var refused ? Explain(refused)
        : await TemporaryCodes.IssueAsync(transaction, userId) is { } code ? new Result.LetIn(code, transaction.Now + TemporaryCodes.Lifetime)
        : new Result.Done();

    /// <summary>Why an administrator may not let a frozen member sign in again; null when they may.</summary>
    public static string? CheckThaw(ActingAdministrator actor, MemberState member) =>
        AdministrationRules.Check(actor, member.ActedOn, MemberAct.Thaw) is { } refusal ? AdministrationRules.Explain(refusal, MemberAct.Thaw)
        : member.Home ? null
        : "This user belongs to another account, which alone lets them sign in again.";

    private static Result.Refused Explain(UserLifecycle.ThawResult result) => result switch
    {
        UserLifecycle.ThawResult.NotFrozen => new Result.Refused("Their sign-in is not frozen any more."),
        UserLifecycle.ThawResult.NoAddress => new Result.Refused("There is no e-mail address to which a link could go. Add one first."),
        UserLifecycle.ThawResult.TooSoon => new Result.Refused("Too many links went to this user just now. Try again in a while."),
        _ => new Result.Refused("This user is not active. Reactivate them first."),
    };

    /// <summary>Why an administrator may not help a member to a password; null when they may.</summary>
    public static string? Check(ActingAdministrator actor, MemberState member) =>
        AdministrationRules.Check(actor, member.ActedOn, MemberAct.ResetPassword) is { } refusal ? AdministrationRules.Explain(refusal, MemberAct.ResetPassword)
        : member.Home ? null
        : "This user belongs to another account, which alone helps them to a password.";

    private static async Task<Result> TakeAsync(HubTransaction transaction, string accountId, string membershipId, Func<MemberState, Task<Result>> help)
    {
        await transaction.FlushAsync();
        return MemberStates.Find(transaction, accountId, membershipId) is not { } member ? new Result.NoSuchMember()
            : Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), member) is { } sentence ? new Result.Refused(sentence)
            : await help(member);
    }

    private static Result Explain(Invitations.InviteResult result) => result switch
    {
        Invitations.InviteResult.Invited invited => new Result.Sent(invited.Until),
        Invitations.InviteResult.LinkMade made => new Result.LinkMade(made.Link, made.Until),
        Invitations.InviteResult.NoSuchMember => new Result.NoSuchMember(),
        Invitations.InviteResult.NotActive => new Result.Refused("This user is not active. Reactivate them first."),
        Invitations.InviteResult.HasPassword => new Result.Refused("This user has a password already. Send them a link to choose another one instead."),
        Invitations.InviteResult.NoAddress => new Result.Refused("There is no e-mail address to write to. Add one first, or copy a link."),
        Invitations.InviteResult.NotAtHome => new Result.Refused("This user belongs to another account, which alone helps them to a password."),
        Invitations.InviteResult.TooMany => new Result.Refused("This account has sent too many invitations just now. Try again in a while, or copy a link."),
        _ => new Result.Refused("Too soon: several invitations went to this user just now. Try again in ten minutes, or copy a link."),
    };

    private static Result Explain(PasswordResets.StartResult result) => result switch
    {
        PasswordResets.StartResult.Sent sent => new Result.Sent(sent.Until),
        PasswordResets.StartResult.NotActive => new Result.Refused("This user is not active. Reactivate them first."),
        PasswordResets.StartResult.NoPassword => new Result.Refused("This user has no password yet. Invite them instead."),
        PasswordResets.StartResult.NoAddress => new Result.Refused("There is no e-mail address to write to. Add one first."),
        PasswordResets.StartResult.TooSoon => new Result.Refused("Too many links went to this user just now. Try again in a while."),
        _ => new Result.NoSuchMember(),
    };
}
