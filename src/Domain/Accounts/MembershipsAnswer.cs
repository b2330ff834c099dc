using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

public static partial class Memberships
{
    public enum AnswerResult
    {
        Done,

        /// <summary>There is no invitation of this user's to answer: answered before, withdrawn, another's. Nothing was changed.</summary>
        NoInvitation,

        /// <summary>The user has not shown that they read mail at an address that the account named: see <see cref="Acceptance"/>. Nothing was changed.</summary>
        NotTheirAddress,
    }

    /// <summary>Whether an invitation is the user's to accept. A sign-in name can be claimed by whoever comes first; an account means the person who reads mail at the address that it named.</summary>
    public abstract record Acceptance
    {
        private Acceptance() { }

        /// <summary>The user's address is verified and one that the account named.</summary>
        public sealed record Open : Acceptance;

        /// <summary>The user's address is one that the account named, and nobody has shown yet that they read its mail.</summary>
        public sealed record Unproved(string Address) : Acceptance;

        /// <summary>The account named another address than the user's.</summary>
        public sealed record OtherAddress : Acceptance;
    }

    /// <summary>Whether the user of this membership may accept it.</summary>
    public static async Task<Acceptance> AcceptanceOfAsync(HubReader reader, string membershipId)
    {
        var place = await reader.Db.Memberships.AsNoTracking().SingleOrDefaultAsync(row => row.Id == membershipId);
        return place is null ? new Acceptance.OtherAddress() : await AcceptanceOfAsync(reader, place);
    }

    /// <summary>A guest becomes a member: the user's own answer to being invited.</summary>
    /// <param name="transaction">The transaction and who answers.</param>
    /// <param name="membershipId">The membership.</param>
    /// <param name="userId">Who answers.</param>
    /// <param name="provedAddress">The address whose mail the user has just shown to read; null when they have not.</param>
    public static async Task<AnswerResult> AcceptAsync(HubTransaction transaction, string membershipId, string userId, string? provedAddress = null)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        var acceptance = await AcceptanceOfAsync(transaction, membership);
        if (acceptance is Acceptance.Unproved unproved && unproved.Address == provedAddress)
        {
            await Users.Users.VerifyEmailAsync(transaction, userId, provedAddress);
        }
        else if (acceptance is not Acceptance.Open)
        {
            return AnswerResult.NotTheirAddress;
        }

        await TakeInAsync(transaction, membership, "member.accepted");
        transaction.Noting.OfMember(membership.Id).Status(MembershipStatus.Invited);
        return AnswerResult.Done;
    }

    /// <summary>A guest does not want to be a member: the membership is gone, and its seats are free.</summary>
    public static async Task<AnswerResult> DeclineAsync(HubTransaction transaction, string membershipId, string userId)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        await MemberNotices.QueueLastAsync(transaction, membership.Id, declined: true);
        await Seats.Seats.ReleaseAllAsync(transaction, membership.Id);
        await CountLeaversAsync(transaction, [membership.Id]);
        transaction.Db.Memberships.Remove(membership);
        await transaction.Db.SaveChangesAsync();
        await transaction.AuditAsync("member.declined", membership.AccountId, userId);
        return AnswerResult.Done;
    }

    /// <summary>Takes a guest in without asking them: the operator's word in the configuration file, as when it adds one.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> AdmitAsync(HubTransaction transaction, string membershipId)
    {
        if (await FindAsync(transaction, membershipId) is not { Status: MembershipStatus.Invited } membership)
        {
            return false;
        }

        await TakeInAsync(transaction, membership, "member.admitted");
        return true;
    }

    /// <returns>The guest's row, tracked, while this user may answer: nobody answers for another, nor for an account that is home.</returns>
    private static Task<Membership?> FindInvitedAsync(HubTransaction transaction, string membershipId, string userId) =>
        transaction.Db.Memberships.SingleOrDefaultAsync(row =>
            row.Id == membershipId && row.UserId == userId && row.Status == MembershipStatus.Invited && !row.Home
            && transaction.Db.Users.Any(user => user.Id == userId && user.Active));

    private static async Task<Acceptance> AcceptanceOfAsync(HubReader reader, Membership membership)
    {
        var user = await reader.Db.Users.AsNoTracking().SingleAsync(row => row.Id == membership.UserId);
        var address = user.Email ?? user.UserName;
        if (!EmailAddress.IsPlausible(address) || !await NamesAsync(reader, membership, ProfileDocument.AddressKey(address)))
        {
            return new Acceptance.OtherAddress();
        }

        return user.EmailVerified && user.Email is not null ? new Acceptance.Open() : new Acceptance.Unproved(address);
    }

    /// <summary>Whether the account named this address: on file, or by the sign-in name under which it added the member, which is not one that the home account gave since.</summary>
    private static async Task<bool> NamesAsync(HubReader reader, Membership membership, string addressKey) =>
        ProfileDocument.AddressKeys(ProfileDocument.Parse(membership.Attributes)).Contains(addressKey)
        || (membership.UserNameKey == addressKey
            && !await reader.Db.Audit.AnyAsync(entry => entry.SubjectUserId == membership.UserId && entry.Action == Users.Users.Renamed && entry.At >= membership.CreatedAt));

    private static async Task TakeInAsync(HubTransaction transaction, Membership membership, string action)
    {
        membership.Status = MembershipStatus.Active;
        membership.AcceptedAt = transaction.Now;
        membership.UpdatedAt = transaction.Now;
        await transaction.AuditAsync(action, membership.AccountId, membership.UserId);
    }
}
