using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>What an administrator does to a member beside changing them: signs them out, takes them away, moves a seat from one to another.</summary>
public static class MemberActs
{
    /// <summary>Ends every session and every grant of a user at home; of a guest, what they have in this account. Whoever has a password signs in again.</summary>
    public static async Task<MemberActResult> SignOutEverywhereAsync(HubTransaction transaction, string accountId, string membershipId)
    {
        var (member, refused) = await TakeAsync(transaction, accountId, membershipId, MemberAct.SignOutEverywhere);
        if (member is null || refused is not null)
        {
            return refused ?? new MemberActResult.NoSuchMember();
        }

        if (member.Home && (member.HasPassword == true || member.HasPasskeys))
        {
            await CredentialChange.EndEverythingAsync(transaction, member.UserId, "signed out by an administrator");
        }
        else if (!member.Home && await Memberships.FindAsync(transaction, membershipId) is { } membership)
        {
            // Other accounts' sessions are not this one's to end: the browser stays signed in to the hub, and no app of this account is any more.
            membership.Epoch++;
            membership.UpdatedAt = transaction.Now;
            await transaction.FlushAsync();
            await Sessions.Sessions.LeaveAccountAsync(transaction, member.UserId, accountId);
            await Revocation.EndGrantsOfMemberAsync(transaction, membershipId);
        }

        await transaction.AuditAsync("member.signed-out", accountId, member.UserId);
        return new MemberActResult.Done(member);
    }

    /// <summary>Takes a member away for good: at home the user with every personal datum and report, of a guest the membership alone. It cannot be undone.</summary>
    public static async Task<MemberActResult> DeleteAsync(HubTransaction transaction, string accountId, string membershipId)
    {
        var (member, refused) = await TakeAsync(transaction, accountId, membershipId, MemberAct.Delete);
        if (member is null || refused is not null)
        {
            return refused ?? new MemberActResult.NoSuchMember();
        }

        return MemberChanges.ExplainStatus(await UserLifecycle.DeleteAsync(transaction, membershipId), MemberField.Member) is { } reason
            ? transaction.RollBack<MemberActResult>(new MemberActResult.Refused(reason))
            : new MemberActResult.Done(member);
    }

    /// <summary>Takes a seat from one member and gives it to another in one step: at no moment is it free for a third.</summary>
    public static async Task<MemberActResult> MoveSeatAsync(HubTransaction transaction, string accountId, string fromMembershipId, string toMembershipId, string applicationId)
    {
        var (from, refusedFrom) = await TakeAsync(transaction, accountId, fromMembershipId, MemberAct.ChangeStanding);
        var (to, refusedTo) = await TakeAsync(transaction, accountId, toMembershipId, MemberAct.ChangeStanding);
        if (from is null || to is null || refusedFrom is not null || refusedTo is not null)
        {
            return refusedFrom ?? refusedTo ?? new MemberActResult.NoSuchMember();
        }

        var sentence = !from.Seats.Contains(applicationId) ? $"{from.DisplayName} holds no such seat any more."
            : to.Seats.Contains(applicationId) ? $"{to.DisplayName} holds such a seat already."
            : to.Status == MembershipStatus.Inactive ? "A user who is not active holds no seat."
            : null;
        if (sentence is not null)
        {
            return new MemberActResult.Refused(new(MemberField.Seats, sentence));
        }

        return await Seats.Seats.MoveAsync(transaction, fromMembershipId, toMembershipId, applicationId) is Seats.Seats.AssignResult.Assigned
            ? new MemberActResult.Done(to)
            : transaction.RollBack<MemberActResult>(new MemberActResult.Refused(new(MemberField.Seats, "The seat could not be moved.")));
    }

    /// <returns>The member, and why nothing may be done to them.</returns>
    private static async Task<(MemberState? Member, MemberActResult? Refused)> TakeAsync(HubTransaction transaction, string accountId, string membershipId, MemberAct act)
    {
        await transaction.FlushAsync();
        var member = MemberStates.Find(transaction, accountId, membershipId);
        return member is not null && AdministrationRules.Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), member.ActedOn, act) is { } refusal
            ? (member, new MemberActResult.Refused(new(MemberField.Member, AdministrationRules.Explain(refusal, act))))
            : (member, null);
    }
}
