using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>A user's place in an account: role, permission level, and a guest's answer to being invited. Status is otherwise <see cref="Users.UserLifecycle"/>'s.</summary>
public static class Memberships
{
    /// <summary>A row for each seat of each place, and one for a place without any. Every sign-in asks this, so EF Core does not.</summary>
    private static readonly Statement OfUser = new(
        """
        SELECT m."Id", m."AccountId", a."Name", a."TwoFactor", m."Role", m."PermissionLevel", m."Status", m."Home", s."ApplicationId"
        FROM "Memberships" m
        JOIN "Accounts" a ON a."Id" = m."AccountId"
        LEFT JOIN "SeatAssignments" s ON s."MembershipId" = m."Id"
        WHERE m."UserId" = @user ORDER BY m."CreatedAt", m."AccountId", s."ApplicationId"
        """,
        "@user");

    public abstract record AddResult
    {
        private AddResult() { }

        public sealed record Added(Membership Membership) : AddResult;
        public sealed record AlreadyMember(string MembershipId) : AddResult;
    }

    public abstract record ChangeResult
    {
        private ChangeResult() { }

        public sealed record Changed : ChangeResult;
        public sealed record Unchanged : ChangeResult;
        public sealed record NoSuchMember : ChangeResult;

        /// <summary>Nobody would be left to administer the account. Nothing was changed.</summary>
        public sealed record LastAdministrator : ChangeResult;

        /// <summary>PRIMARY is given and taken by <see cref="PrimaryTransfer"/> alone. Nothing was changed.</summary>
        public sealed record PrimaryIsTransferred : ChangeResult;
    }

    public enum AnswerResult
    {
        Done,

        /// <summary>There is no invitation of this user's to answer: answered before, withdrawn, another's. Nothing was changed.</summary>
        NoInvitation,
    }

    /// <summary>Puts a user into an account. The first membership of a user is the home account; later ones are guest memberships.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="userId">An existing user.</param>
    /// <param name="accountId">An existing account.</param>
    /// <param name="role">The role in this account.</param>
    /// <param name="level">Any but PRIMARY, which <see cref="PrimaryTransfer"/> gives.</param>
    /// <param name="status">
    /// The status to begin with. Active takes a guest in without asking them, which is the operator's to do; Invited asks them at their next sign-in, and at home is Active:
    /// whose home it is has nothing to accept.
    /// </param>
    public static async Task<AddResult> AddAsync(
        HubTransaction transaction, string userId, string accountId, Role role, PermissionLevel? level, MembershipStatus status)
    {
        if (await transaction.Db.Memberships.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == userId && row.AccountId == accountId) is { } present)
        {
            return new AddResult.AlreadyMember(present.Id);
        }

        var home = !await transaction.Db.Memberships.AnyAsync(row => row.UserId == userId);
        var membership = new Membership
        {
            Id = RandomId.New(),
            UserId = userId,
            AccountId = accountId,
            Role = role,
            PermissionLevel = level == Permissions.PermissionLevel.Primary ? null : level,
            Status = home && status == MembershipStatus.Invited ? MembershipStatus.Active : status,
            Home = home,
            AcceptedAt = home || status == MembershipStatus.Active ? transaction.Now : null,
            CreatedAt = transaction.Now,
            UpdatedAt = transaction.Now,
        };
        transaction.Db.Memberships.Add(membership);
        if (membership is { Home: true, Status: MembershipStatus.Inactive })
        {
            // Inactive at home is inactive everywhere, from the first moment on as after a deactivation.
            var user = await transaction.Db.Users.SingleAsync(row => row.Id == userId);
            user.Active = false;
        }

        await transaction.AuditAsync("member.added", accountId, userId, new { role = PermissionNames.Of(role), status = membership.Status.ToString() });
        return new AddResult.Added(membership);
    }

    /// <summary>A guest becomes a member: the user's own answer to being invited.</summary>
    public static async Task<AnswerResult> AcceptAsync(HubTransaction transaction, string membershipId, string userId)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        await TakeInAsync(transaction, membership, "member.accepted");
        await MemberNotices.QueueAsync(transaction, membership, MemberNotice.Accepted);
        return AnswerResult.Done;
    }

    /// <summary>A guest does not want to be a member: the membership is gone, and its seats are free.</summary>
    public static async Task<AnswerResult> DeclineAsync(HubTransaction transaction, string membershipId, string userId)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        await MemberNotices.QueueAsync(transaction, membership, MemberNotice.Declined);
        await Seats.Seats.ReleaseAllAsync(transaction, membership.Id);
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

    /// <summary>Gives a member another role. A lower one ends what was granted under the higher.</summary>
    public static async Task<ChangeResult> ChangeRoleAsync(HubTransaction transaction, string membershipId, Role role)
    {
        if (await FindAsync(transaction, membershipId) is not { } membership)
        {
            return new ChangeResult.NoSuchMember();
        }

        if (membership.Role == role)
        {
            return new ChangeResult.Unchanged();
        }

        if (role == Role.User && await IsLastAdministratorAsync(transaction, membership, roleRemains: false))
        {
            return new ChangeResult.LastAdministrator();
        }

        var before = membership.Role;
        membership.Role = role;
        await ChangedAsync(transaction, membership, lowered: role == Role.User, new { role = new[] { PermissionNames.Of(before), PermissionNames.Of(role) } });
        return new ChangeResult.Changed();
    }

    /// <summary>Gives a member another permission level, or none. Any change but from none ends what was granted before.</summary>
    public static async Task<ChangeResult> ChangeLevelAsync(HubTransaction transaction, string membershipId, PermissionLevel? level)
    {
        if (await FindAsync(transaction, membershipId) is not { } membership)
        {
            return new ChangeResult.NoSuchMember();
        }

        if (membership.PermissionLevel == level)
        {
            return new ChangeResult.Unchanged();
        }

        if (level == PermissionLevel.Primary || membership.PermissionLevel == PermissionLevel.Primary)
        {
            return new ChangeResult.PrimaryIsTransferred();
        }

        var before = membership.PermissionLevel;
        membership.PermissionLevel = level;
        await ChangedAsync(transaction, membership, lowered: before is not null, new { level = new[] { before?.ToString(), level?.ToString() } });
        return new ChangeResult.Changed();
    }

    /// <summary>Every place of a user, in the order in which they came, with seats.</summary>
    public static Task<IReadOnlyList<MembershipView>> OfUserAsync(HubReader reader, string userId) => Task.FromResult<IReadOnlyList<MembershipView>>(PlacesOf(reader, userId));

    private static List<MembershipView> PlacesOf(HubReader reader, string userId)
    {
        var places = new List<MembershipView>();
        var seats = new List<string>();
        using var row = reader.Connection.Bind(OfUser, userId).ExecuteReader();
        while (row.Read())
        {
            if (places is not [.., var last] || last.Id != row.GetString(0))
            {
                seats = [];
                places.Add(new(
                    row.GetString(0), userId, row.GetString(1), row.GetString(2), Enum.Parse<TwoFactorPolicy>(row.GetString(3)), row.Role(4), row.Level(5),
                    Enum.Parse<MembershipStatus>(row.GetString(6)), row.GetBoolean(7), seats));
            }

            if (row.Text(8) is { } application)
            {
                seats.Add(application);
            }
        }

        return places;
    }

    /// <returns>The guest's row, tracked, while this user may answer: nobody answers for another, nor for an account that is home.</returns>
    private static Task<Membership?> FindInvitedAsync(HubTransaction transaction, string membershipId, string userId) =>
        transaction.Db.Memberships.SingleOrDefaultAsync(row =>
            row.Id == membershipId && row.UserId == userId && row.Status == MembershipStatus.Invited && !row.Home
            && transaction.Db.Users.Any(user => user.Id == userId && user.Active));

    private static async Task TakeInAsync(HubTransaction transaction, Membership membership, string action)
    {
        membership.Status = MembershipStatus.Active;
        membership.AcceptedAt = transaction.Now;
        membership.UpdatedAt = transaction.Now;
        await transaction.AuditAsync(action, membership.AccountId, membership.UserId);
    }

    /// <returns>The member's row, tracked, or null.</returns>
    internal static Task<Membership?> FindAsync(HubTransaction transaction, string membershipId) =>
        transaction.Db.Memberships.SingleOrDefaultAsync(row => row.Id == membershipId);

    /// <summary>Whether the account would be left without an active Administrator or PRIMARY if this member ceased to be one. A guest whom the home account deactivated is none.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="membership">The member about to lose role or status.</param>
    /// <param name="roleRemains">False when only the role Administrator goes, so a PRIMARY still administers.</param>
    internal static async Task<bool> IsLastAdministratorAsync(HubTransaction transaction, Membership membership, bool roleRemains)
    {
        var administers = membership.Status == MembershipStatus.Active
            && (membership.Role == Role.Administrator || membership.PermissionLevel == PermissionLevel.Primary);
        if (!administers || (!roleRemains && membership.PermissionLevel == PermissionLevel.Primary))
        {
            return false;
        }

        return !await transaction.Db.Memberships.AnyAsync(row =>
            row.AccountId == membership.AccountId && row.Id != membership.Id && row.Status == MembershipStatus.Active
            && (row.Role == Role.Administrator || row.PermissionLevel == PermissionLevel.Primary)
            && transaction.Db.Users.Any(user => user.Id == row.UserId && user.Active));
    }

    internal static async Task ChangedAsync(HubTransaction transaction, Membership membership, bool lowered, object details)
    {
        membership.UpdatedAt = transaction.Now;
        if (lowered)
        {
            membership.Epoch++;
        }

        if (lowered)
        {
            await transaction.Db.SaveChangesAsync();
            await Revocation.EndGrantsOfMemberAsync(transaction, membership.Id);
        }

        await transaction.AuditAsync("member.changed", membership.AccountId, membership.UserId, details);
    }
}
