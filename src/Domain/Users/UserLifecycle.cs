using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>Create, deactivate, reactivate, delete: one operation each, whoever asks.</summary>
public static partial class UserLifecycle
{
    private static readonly Statement FindByName = new("""SELECT "Id" FROM "Users" WHERE "UserNameKey" = @name""", "@name");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Users" ("Id", "UserName", "UserNameKey", "GivenName", "FamilyName", "Email", "EmailVerified", "Operator", "Active", "Epoch", "CreatedAt", "UpdatedAt")
        VALUES (@id, @name, @key, @given, @family, @email, @verified, @operator, TRUE, 0, @now, @now)
        """,
        "@id", "@name", "@key", "@given", "@family", "@email", "@verified", "@operator", "@now");

    private static readonly Statement ShutMemberOut = new(
        """UPDATE "Memberships" SET "Status" = 'Inactive', "Epoch" = "Epoch" + 1, "UpdatedAt" = @now WHERE "Id" = @member""", "@member", "@now");

    private static readonly Statement ShutUserOut = new(
        """UPDATE "Users" SET "Active" = FALSE, "Epoch" = "Epoch" + 1, "UpdatedAt" = @now WHERE "Id" = @user""", "@user", "@now");

    private static readonly Statement LetMemberIn = new("""UPDATE "Memberships" SET "Status" = @status, "UpdatedAt" = @now WHERE "Id" = @member""", "@member", "@status", "@now");

    private static readonly Statement LetUserIn = new("""UPDATE "Users" SET "Active" = TRUE, "UpdatedAt" = @now WHERE "Id" = @user""", "@user", "@now");

    public abstract record CreateResult
    {
        private CreateResult() { }

        public sealed record Created(User User) : CreateResult;

        /// <summary>The name is taken, in whatever spelling. Nothing was changed.</summary>
        public sealed record UserNameTaken(string UserId) : CreateResult;

        /// <summary>Empty, too long, or with characters that no name has.</summary>
        public sealed record UserNameInvalid : CreateResult;
    }

    public enum StatusResult
    {
        Changed,
        Unchanged,
        NoSuchMember,

        /// <summary>Nobody would be left to administer the account. Nothing was changed.</summary>
        LastAdministrator,

        /// <summary>Who runs the hub is not an account's to send away. Nothing was changed.</summary>
        Operator,

        /// <summary>Nobody would be left to run the hub. Nothing was changed.</summary>
        LastOperator,
    }

    /// <summary>What is known of a person when they are created.</summary>
    public sealed record NewUser(string UserName, string? GivenName, string? FamilyName, string? Email, bool EmailVerified, bool Operator);

    /// <summary>Makes a user who is in no account yet and has no credential.</summary>
    public static async Task<CreateResult> CreateAsync(HubTransaction transaction, NewUser person)
    {
        if (CanonicalName.Of(person.UserName) is not { } key)
        {
            return new CreateResult.UserNameInvalid();
        }

        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(FindByName, key) is string holder)
        {
            return new CreateResult.UserNameTaken(holder);
        }

        var user = new User
        {
            Id = RandomId.New(),
            UserName = person.UserName.Trim(),
            UserNameKey = key,
            GivenName = person.GivenName,
            FamilyName = person.FamilyName,
            Email = person.Email,
            EmailVerified = person.EmailVerified && person.Email is not null,
            Operator = person.Operator,
            CreatedAt = transaction.Now,
            UpdatedAt = transaction.Now,
        };
        transaction.Connection.Execute(
            Insert, user.Id, user.UserName, user.UserNameKey, user.GivenName, user.FamilyName, user.Email, user.EmailVerified, user.Operator,
            transaction.Now.ToUnixTimeMilliseconds());
        await transaction.AuditAsync("user.created", subjectUserId: user.Id, details: new { user.UserName });
        return new CreateResult.Created(user);
    }

    /// <summary>Deactivates a membership: what was granted under it is dead and its seats are free once this commits. In the home account it reaches the user everywhere.</summary>
    public static async Task<StatusResult> DeactivateAsync(HubTransaction transaction, string membershipId)
    {
        if (await Memberships.ReadAsync(transaction, membershipId) is not { } membership)
        {
            return StatusResult.NoSuchMember;
        }

        if (membership.Status == MembershipStatus.Inactive)
        {
            return StatusResult.Unchanged;
        }

        if (await OperatorStaysAsync(transaction, membership) is { } stays)
        {
            return stays;
        }

        if (await Memberships.IsLastAdministratorAsync(transaction, membership, roleRemains: true))
        {
            return StatusResult.LastAdministrator;
        }

        await EndAccessAsync(transaction, membership);
        await transaction.AuditAsync("member.deactivated", membership.AccountId, membership.UserId, AuditChanges.Of(("status", membership.Status, MembershipStatus.Inactive)));
        transaction.Noting.OfMember(membership.Id).Status(membership.Status);
        return StatusResult.Changed;
    }

    /// <summary>
    /// Lets a member in again. Nothing that died with the deactivation comes back: seats, sessions, grants. A guest who never accepted is invited again, not let in;
    /// one who is invited stays so.
    /// </summary>
    public static async Task<StatusResult> ReactivateAsync(HubTransaction transaction, string membershipId)
    {
        if (await Memberships.ReadAsync(transaction, membershipId) is not { } membership)
        {
            return StatusResult.NoSuchMember;
        }

        if (membership.Status != MembershipStatus.Inactive)
        {
            return StatusResult.Unchanged;
        }

        // Whoever invited a guest cannot answer for them by taking the status away and giving it back.
        var accepted = membership.Home || membership.AcceptedAt is not null;
        membership.Status = accepted ? MembershipStatus.Active : MembershipStatus.Invited;
        var now = transaction.Now.ToUnixTimeMilliseconds();
        transaction.Connection.Execute(LetMemberIn, membership.Id, membership.Status.ToString(), now);
        if (membership.Home)
        {
            transaction.Connection.Execute(LetUserIn, membership.UserId, now);
        }

        await transaction.RefreshAsync(membership.Id, membership.UserId);
        await (accepted ? Signals.EnabledAsync(transaction, membership) : Task.CompletedTask);
        await transaction.AuditAsync("member.reactivated", membership.AccountId, membership.UserId, AuditChanges.Of(("status", MembershipStatus.Inactive, membership.Status)));
        transaction.Noting.OfMember(membership.Id).Status(MembershipStatus.Inactive);
        return StatusResult.Changed;
    }

    /// <summary>Deactivates, then erases: the membership, and in the home account the user with every personal datum. It cannot be undone.</summary>
    public static async Task<StatusResult> DeleteAsync(HubTransaction transaction, string membershipId)
    {
        if (await Memberships.FindAsync(transaction, membershipId) is not { } membership)
        {
            return StatusResult.NoSuchMember;
        }

        if (await OperatorStaysAsync(transaction, membership) is { } stays)
        {
            return stays;
        }

        if (await Memberships.IsLastAdministratorAsync(transaction, membership, roleRemains: true))
        {
            return StatusResult.LastAdministrator;
        }

        // The last notice is written while the address is still known, and names no user id: it outlives the user.
        await MemberNotices.QueueLastAsync(transaction, membership.Id, declined: false);
        if (membership.Status != MembershipStatus.Inactive)
        {
            await EndAccessAsync(transaction, membership);
        }

        if (membership.Home)
        {
            await EraseUserAsync(transaction, membership.UserId, membership.AccountId);
        }
        else
        {
            await EraseMembershipAsync(transaction, membership);
        }

        // That something happened stays, not to whom.
        await transaction.AuditAsync("member.deleted", membership.AccountId);
        return StatusResult.Changed;
    }

    /// <returns>Why the home account may not take an operator's sign-in away; null when it may, or this is no such thing.</returns>
    private static async Task<StatusResult?> OperatorStaysAsync(HubTransaction transaction, Membership membership)
    {
        if (!membership.Home || await Users.FindAsync(transaction, membership.UserId) is not { Operator: true } user)
        {
            return null;
        }

        if (transaction.Actor is Actor.Provisioning)
        {
            return StatusResult.Operator;
        }

        return user.Active && !await transaction.Db.Users.AnyAsync(row => row.Operator && row.Active && row.Id != user.Id) ? StatusResult.LastOperator : null;
    }

    private static async Task EndAccessAsync(HubTransaction transaction, Membership membership)
    {
        await transaction.FlushAsync();
        await PrimaryTransfer.LeaveAsync(transaction, membership);
        var now = transaction.Now.ToUnixTimeMilliseconds();
        transaction.Connection.Execute(ShutMemberOut, membership.Id, now);
        if (membership.Home)
        {
            transaction.Connection.Execute(ShutUserOut, membership.UserId, now);
        }

        await transaction.RefreshAsync(membership.Id, membership.UserId);
        if (membership.Home)
        {
            await Sessions.Sessions.EndAllOfAsync(transaction, membership.UserId, "deactivated");
            await Revocation.EndGrantsOfUserAsync(transaction, membership.UserId, ConnectionEnd.Deactivated);
        }

        await Sessions.Sessions.LeaveAccountAsync(transaction, membership.UserId, membership.AccountId);
        await Revocation.EndGrantsOfMemberAsync(transaction, membership.Id, ConnectionEnd.Deactivated);
        await Seats.Seats.ReleaseAllAsync(transaction, membership.Id);
        await Signals.DisabledAsync(transaction, membership);
    }

    /// <summary>Erases again what an older copy of the database brought back. Nobody is told, and no rule stands in the way: it was decided before.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="id">The user's id, or the membership's.</param>
    /// <returns>False when there is no such user or membership.</returns>
    public static async Task<bool> EraseAgainAsync(HubTransaction transaction, ErasedKind kind, string id)
    {
        if (kind == ErasedKind.Membership)
        {
            if (await Memberships.FindAsync(transaction, id) is not { Home: false } guest)
            {
                return false;
            }

            await EndAccessAsync(transaction, guest);
            await EraseMembershipAsync(transaction, guest);
            await transaction.AuditAsync("member.erased-again", guest.AccountId);
            return true;
        }

        if (!await transaction.Db.Users.AnyAsync(user => user.Id == id))
        {
            return false;
        }

        var home = await transaction.Db.Memberships.SingleOrDefaultAsync(row => row.UserId == id && row.Home);
        if (home is not null)
        {
            await EndAccessAsync(transaction, home);
        }

        await EraseUserAsync(transaction, id, home?.AccountId);
        await transaction.AuditAsync("member.erased-again", home?.AccountId);
        return true;
    }

    private static async Task EraseMembershipAsync(HubTransaction transaction, Membership membership)
    {
        await Revocation.EndGrantsOfMemberAsync(transaction, membership.Id);

        // Also of one who was inactive before: a seat may have been kept ready.
        await Seats.Seats.ReleaseAllAsync(transaction, membership.Id);
        await Memberships.CountLeaversAsync(transaction, [membership.Id]);
        transaction.Db.Memberships.Remove(membership);
        await transaction.Db.SaveChangesAsync();
        await Erasures.RecordAsync(transaction, ErasedKind.Membership, membership.Id, membership.AccountId, about: null, ErasureCounts.OfMembership);
    }

    private static async Task EraseUserAsync(HubTransaction transaction, string userId, string? accountId)
    {
        await transaction.FlushAsync();
        var counts = ErasureCounts.OfUser(transaction, userId);
        var db = transaction.Db;
        var everywhere = await db.Memberships.AsNoTracking().Where(row => row.UserId == userId).Select(row => row.Id).ToListAsync();
        foreach (var membershipId in everywhere)
        {
            await Seats.Seats.ReleaseAllAsync(transaction, membershipId);
        }

        await ConfiguredCredentials.ForgetAllOfAsync(transaction, userId);
        await Jobs.Jobs.ForgetAsync(transaction, userId);
        await db.Outbox.Where(message => message.UserId == userId || message.RecipientUserId == userId).ExecuteDeleteAsync();
        await Erasures.RecordAsync(transaction, ErasedKind.User, userId, accountId, Notices.Notices.PseudonymOf(transaction, userId), counts);
        await Signals.PurgedAsync(transaction, userId);
        await AuditLog.EraseAsync(transaction, userId);
        Billing.ForgetContact(transaction, userId);
        Connections.Erase(transaction, userId);

        await Memberships.CountLeaversAsync(transaction, everywhere);

        // Memberships, credentials, sessions, grants and the user's key go with the row, by the database.
        db.ChangeTracker.Clear();
        await db.Users.Where(user => user.Id == userId).ExecuteDeleteAsync();
    }
}
