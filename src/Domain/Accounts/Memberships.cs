using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>A user's place in an account: role, permission level, and a guest's answer to being invited. Status is otherwise <see cref="Users.UserLifecycle"/>'s.</summary>
public static partial class Memberships
{
    /// <summary>A row for each seat of each place, and one for a place without any. Every sign-in asks this, so EF Core does not.</summary>
    private static readonly Statement OfUser = new(
        """
        SELECT m."Id", m."AccountId", a."Name", a."TwoFactor", m."Role", m."PermissionLevel", m."Status", m."Home", s."ApplicationId", m."TwoFactorRequired", a."Status",
               a."EmailCodesCount", a."TwoFactorGraceDays", m."SecondFactorAskedAt", a."SessionIdleMinutes", a."SessionLifetimeMinutes"
        FROM "Memberships" m
        JOIN "Accounts" a ON a."Id" = m."AccountId"
        LEFT JOIN "SeatAssignments" s ON s."MembershipId" = m."Id"
        WHERE m."UserId" = @user ORDER BY m."CreatedAt", m."AccountId", s."ApplicationId"
        """,
        "@user");

    private static readonly Statement One = new(
        """
        SELECT "Id", "UserId", "AccountId", "UserNameKey", "Role", "PermissionLevel", "Status", "Home", "AcceptedAt", "Epoch", "CreatedAt", "UpdatedAt", "NameKey"
        FROM "Memberships" WHERE "Id" = @id
        """,
        "@id");

    /// <summary>The role and the level stand here as in the filter of the index, so that the few who administer are looked at and not a million.</summary>
    private static readonly Statement AnotherAdministrator = new(
        """
        SELECT 1 FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId"
        WHERE m."AccountId" = @account AND (m."Role" = 'Administrator' OR m."PermissionLevel" = 'PRIMARY') AND m."Id" <> @id AND m."Status" = 'Active' AND u."Active" LIMIT 1
        """,
        "@account", "@id");

    /// <summary>Somebody else who administers and from whom nothing is asked that they do not have. Codes by mail are no second factor where one is required.</summary>
    private static readonly Dictionary<TwoFactorPolicy, Statement> AnotherWhoSignsIn = Enum.GetValues<TwoFactorPolicy>().ToDictionary(policy => policy, policy => new Statement(
        $"""
        SELECT 1 FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId"
        WHERE m."AccountId" = @account AND (m."Role" = 'Administrator' OR m."PermissionLevel" = 'PRIMARY') AND m."Id" <> @id AND m."Status" = 'Active' AND u."Active"
            AND (NOT {TwoFactorRule.Condition(policy)} OR EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = u."Id") OR EXISTS (SELECT 1 FROM "Passkeys" k WHERE k."UserId" = u."Id")) LIMIT 1
        """,
        "@account", "@id"));

    private static readonly Statement HasFactor = new(
        """SELECT 1 FROM "Totps" WHERE "UserId" = @user UNION ALL SELECT 1 FROM "Passkeys" WHERE "UserId" = @user LIMIT 1""", "@user");

    public abstract record ChangeResult
    {
        private ChangeResult() { }

        public sealed record Changed : ChangeResult;
        public sealed record Unchanged : ChangeResult;
        public sealed record NoSuchMember : ChangeResult;

        /// <summary>Nobody would be left to administer the account. Nothing was changed.</summary>
        public sealed record LastAdministrator : ChangeResult;

        /// <summary>Nobody who administers the account could sign in: none of them would have the second factor that is asked of them. Nothing was changed.</summary>
        public sealed record NobodyCouldSignIn : ChangeResult;

        /// <summary>PRIMARY is given and taken by <see cref="PrimaryTransfer"/> alone. Nothing was changed.</summary>
        public sealed record PrimaryIsTransferred : ChangeResult;
    }

    /// <summary>Gives a member another role. A lower one ends what was granted under the higher, and one of which the account asks a second factor what was granted without one.</summary>
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
        transaction.Noting.OfMember(membership.Id).Change("Role", PermissionNames.Of(before), PermissionNames.Of(role));
        await Signals.ClaimsChangedAsync(transaction, membership, role: true, level: false);
        await ChangedAsync(transaction, membership, lowered: role == Role.User || await IsAskedNowAsync(transaction, membership, before, membership.PermissionLevel), new { role = new[] { PermissionNames.Of(before), PermissionNames.Of(role) } });
        return new ChangeResult.Changed();
    }

    /// <summary>Gives a member another permission level, or none. Any change but from none ends what was granted before; a second factor is asked of no level but PRIMARY.</summary>
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
        NoteLevel(transaction, membership.Id, before, level);
        await Signals.ClaimsChangedAsync(transaction, membership, role: false, level: true);
        await ChangedAsync(transaction, membership, lowered: before is not null, new { level = new[] { Named(before), Named(level) } });
        return new ChangeResult.Changed();
    }

    /// <summary>Says whether a member must give a second factor whatever the account asks of others. From then on it ends what was granted without one being asked for.</summary>
    public static async Task<ChangeResult> RequireTwoFactorAsync(HubTransaction transaction, string membershipId, bool required)
    {
        if (await FindAsync(transaction, membershipId) is not { } membership)
        {
            return new ChangeResult.NoSuchMember();
        }

        if (membership.TwoFactorRequired == required)
        {
            return new ChangeResult.Unchanged();
        }

        if (required && await ShutsOutAsync(transaction, membership))
        {
            return new ChangeResult.NobodyCouldSignIn();
        }

        membership.TwoFactorRequired = required;
        transaction.Noting.OfMember(membership.Id).Change("Second factor", required ? "not required" : "required", required ? "required" : "not required");
        await ChangedAsync(transaction, membership, lowered: required, new { twoFactorRequired = new[] { !required, required } });
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
                    Enum.Parse<MembershipStatus>(row.GetString(6)), row.GetBoolean(7), row.GetBoolean(9), seats)
                {
                    AccountIsOpen = row.GetString(10) == nameof(AccountStatus.Open),
                    EmailCodesCount = row.GetBoolean(11),
                    TwoFactorGraceDays = row.GetInt32(12),
                    SecondFactorAskedAt = row.IsDBNull(13) ? null : row.Moment(13),
                    SessionIdleMinutes = row.IsDBNull(14) ? null : row.GetInt32(14),
                    SessionLifetimeMinutes = row.IsDBNull(15) ? null : row.GetInt32(15),
                });
            }

            if (row.Text(8) is { } application)
            {
                seats.Add(application);
            }
        }

        return places;
    }

    internal static string? Named(PermissionLevel? level) => level is { } present ? PermissionNames.Of(present) : null;

    /// <returns>The member's row, tracked, or null.</returns>
    internal static Task<Membership?> FindAsync(HubTransaction transaction, string membershipId) =>
        transaction.Db.Memberships.SingleOrDefaultAsync(row => row.Id == membershipId);

    /// <returns>What decides over a member's access, not tracked; null when there is no such member. For operations that EF Core has no share in.</returns>
    internal static async Task<Membership?> ReadAsync(HubTransaction transaction, string membershipId)
    {
        await transaction.FlushAsync();
        return Read(transaction, membershipId);
    }

    private static Membership? Read(HubTransaction transaction, string membershipId)
    {
        using var row = transaction.Connection.Bind(One, membershipId).ExecuteReader();
        return row.Read()
            ? new()
            {
                Id = row.GetString(0), UserId = row.GetString(1), AccountId = row.GetString(2), UserNameKey = row.GetString(3), Role = row.Role(4), PermissionLevel = row.Level(5),
                Status = row.Status(6), Home = row.GetBoolean(7), AcceptedAt = row.MomentOrNull(8), Epoch = row.GetInt32(9), CreatedAt = row.Moment(10), UpdatedAt = row.Moment(11),
                NameKey = row.GetString(12),
            }
            : null;
    }

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

        await transaction.FlushAsync();
        return transaction.Connection.Scalar(AnotherAdministrator, membership.AccountId, membership.Id) is null;
    }

    /// <summary>Whether a second factor asked of this member takes the sign-in from the last one who administers and can sign in.</summary>
    private static async Task<bool> ShutsOutAsync(HubTransaction transaction, Membership membership)
    {
        await transaction.FlushAsync();
        var policy = (await Accounts.FindAsync(transaction, membership.AccountId))!.TwoFactor;
        return membership.Status == MembershipStatus.Active && (membership.Role == Role.Administrator || membership.PermissionLevel == PermissionLevel.Primary)
            && !policy.AsksOf(membership.Role, membership.PermissionLevel, membership.TwoFactorRequired)
            && transaction.Connection.Scalar(HasFactor, membership.UserId) is null
            && transaction.Connection.Scalar(AnotherWhoSignsIn[policy], membership.AccountId, membership.Id) is null;
    }

    /// <summary>Has a change of level told. A transfer of PRIMARY has its own notices.</summary>
    internal static void NoteLevel(HubTransaction transaction, string membershipId, PermissionLevel? before, PermissionLevel? after)
    {
        transaction.Noting.OfMember(membershipId).Change("Permission level", NameOf(before), NameOf(after));

        static string NameOf(PermissionLevel? level) => level is { } given ? PermissionNames.Of(given) : "none";
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
            await Revocation.EndGrantsOfMemberAsync(transaction, membership.Id, ConnectionEnd.AccessChanged);
        }

        await transaction.AuditAsync("member.changed", membership.AccountId, membership.UserId, details);
    }
}
