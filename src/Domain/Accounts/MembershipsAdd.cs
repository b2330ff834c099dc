using System.Text.Json.Nodes;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

public static partial class Memberships
{
    private static readonly Statement UserToAdd = new(
        """
        SELECT u."UserName", u."UserNameKey", u."GivenName", u."FamilyName", u."Email", EXISTS (SELECT 1 FROM "Memberships" m WHERE m."UserId" = u."Id"),
            (SELECT p."Id" FROM "Memberships" p WHERE p."UserId" = u."Id" AND p."AccountId" = @account)
        FROM "Users" u WHERE u."Id" = @user
        """,
        "@user", "@account");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Memberships" ("Id", "UserId", "AccountId", "UserNameKey", "NameKey", "Source", "ExternalId", "Attributes", "Role", "PermissionLevel", "Status", "Home",
            "AcceptedAt", "TwoFactorRequired", "Epoch", "CreatedAt", "UpdatedAt")
        VALUES (@id, @user, @account, @name, @shown, @source, @external, @attributes, @role, @level, @status, @home, @accepted, FALSE, 0, @now, @now)
        """,
        "@id", "@user", "@account", "@name", "@shown", "@source", "@external", "@attributes", "@role", "@level", "@status", "@home", "@accepted", "@now");

    private static readonly Statement MakeUserInactive = new("""UPDATE "Users" SET "Active" = FALSE WHERE "Id" = @user""", "@user");

    private static readonly Statement CountNewcomer = new("""UPDATE "Accounts" SET "MemberCount" = "MemberCount" + 1 WHERE "Id" = @account""", "@account");

    private static readonly Statement CountLeaver = new(
        """UPDATE "Accounts" SET "MemberCount" = "MemberCount" - 1 WHERE "Id" = (SELECT "AccountId" FROM "Memberships" WHERE "Id" = @member)""", "@member");

    /// <summary>The groups that the member leaves are other groups then: whoever read one before must notice.</summary>
    private static readonly Statement ChangeGroups = new(
        """
        UPDATE "Groups" SET "Version" = "Version" + 1, "UpdatedAt" = @now WHERE "Id" IN (SELECT x."GroupId" FROM "GroupMembers" x WHERE x."MembershipId" = @member)
        """,
        "@member", "@now");

    private static readonly Statement ForgetInLog = new("""UPDATE "ProvisioningLog" SET "ResourceId" = NULL WHERE "ResourceId" = @member""", "@member");

    public abstract record AddResult
    {
        private AddResult() { }

        public sealed record Added(Membership Membership) : AddResult;
        public sealed record AlreadyMember(string MembershipId) : AddResult;

        /// <summary>There is more in the document than an account may have on file: <see cref="ProfileDocument.MaxLength"/>.</summary>
        public sealed record TooLarge : AddResult;
    }

    /// <summary>A member to be.</summary>
    /// <param name="UserId">An existing user.</param>
    /// <param name="AccountId">An existing account.</param>
    /// <param name="Role">The role in this account.</param>
    /// <param name="Level">Any but PRIMARY, which <see cref="PrimaryTransfer"/> gives.</param>
    /// <param name="Status">
    /// The status to begin with. Active takes a guest in without asking them, which is the operator's to do; Invited asks them at their next sign-in, and at home is Active:
    /// whose home it is has nothing to accept.
    /// </param>
    public sealed record NewMember(string UserId, string AccountId, Role Role, PermissionLevel? Level, MembershipStatus Status)
    {
        /// <summary>False where somebody whom the hub knew already is added by an account that is not to become their home.</summary>
        public bool MayBeHome { get; init; } = true;

        public string? ExternalId { get; init; }

        /// <summary>How the member comes; null: as who acts does.</summary>
        public MemberSource? Source { get; init; }

        /// <summary>What the account has on file: a <see cref="ProfileDocument"/>. Null: what the user's own row says, unless the member is only invited.</summary>
        public JsonObject? Attributes { get; init; }
    }

    /// <summary>Puts a user into an account. The first membership of a user is the home account; later ones are guest memberships.</summary>
    public static async Task<AddResult> AddAsync(HubTransaction transaction, NewMember member)
    {
        await transaction.FlushAsync();
        var user = ReadUser(transaction, member.UserId, member.AccountId);
        if (user.PresentId is { } present)
        {
            return new AddResult.AlreadyMember(present);
        }

        var document = member.Attributes
            ?? (member.Status == MembershipStatus.Invited ? [] : ProfileDocument.Parse(ProfileDocument.Change(null, user.Facts)));
        var text = ProfileDocument.ToText(document);
        if (text is { Length: > ProfileDocument.MaxLength })
        {
            return new AddResult.TooLarge();
        }

        var home = member.MayBeHome && !user.HasHome;
        var membership = new Membership
        {
            Id = RandomId.New(),
            UserId = member.UserId,
            AccountId = member.AccountId,
            UserNameKey = user.UserNameKey,
            NameKey = MemberNames.KeyOf(MemberNames.Of(home, user.UserName, user.Facts.GivenName, user.Facts.FamilyName, text)),
            Source = member.Source ?? SourceOf(transaction.Actor),
            ExternalId = member.ExternalId,
            Attributes = text,
            Role = member.Role,
            PermissionLevel = member.Level == Permissions.PermissionLevel.Primary ? null : member.Level,
            Status = home && member.Status == MembershipStatus.Invited ? MembershipStatus.Active : member.Status,
            Home = home,
            AcceptedAt = home || member.Status == MembershipStatus.Active ? transaction.Now : null,
            CreatedAt = transaction.Now,
            UpdatedAt = transaction.Now,
        };
        Write(transaction, membership);
        MemberEmails.Add(transaction, membership.AccountId, membership.Id, document);
        if (membership is { Home: true, Status: MembershipStatus.Inactive })
        {
            // Inactive at home is inactive everywhere, from the first moment on as after a deactivation.
            transaction.Connection.Execute(MakeUserInactive, member.UserId);
        }

        transaction.Noting.OfMember(membership.Id).Added = true;
        await transaction.AuditAsync(
            "member.added", member.AccountId, member.UserId, new { role = PermissionNames.Of(member.Role), level = Named(membership.PermissionLevel), status = membership.Status.ToString() });
        return new AddResult.Added(membership);
    }

    private static MemberSource SourceOf(Actor actor) => actor switch
    {
        Actor.Person => MemberSource.Pages,
        Actor.Provisioning => MemberSource.Provisioning,
        _ => MemberSource.File,
    };

    private static void Write(HubTransaction transaction, Membership membership)
    {
        transaction.Connection.Execute(
            Insert, membership.Id, membership.UserId, membership.AccountId, membership.UserNameKey, membership.NameKey, membership.Source.ToString(), membership.ExternalId,
            membership.Attributes,
            PermissionNames.Of(membership.Role), membership.PermissionLevel is { } level ? PermissionNames.Of(level) : null, membership.Status.ToString(), membership.Home,
            membership.AcceptedAt?.ToUnixTimeMilliseconds(), transaction.Now.ToUnixTimeMilliseconds());
        transaction.Connection.Execute(CountNewcomer, membership.AccountId);
    }

    /// <summary>Takes members who are about to go off the count of their accounts, out of the groups that they are in, and out of the log.</summary>
    internal static async Task CountLeaversAsync(HubTransaction transaction, IReadOnlyList<string> membershipIds)
    {
        await transaction.FlushAsync();
        foreach (var id in membershipIds)
        {
            transaction.Connection.Execute(CountLeaver, id);
            transaction.Connection.Execute(ChangeGroups, id, transaction.Now.ToUnixTimeMilliseconds());
            transaction.Connection.Execute(ForgetInLog, id);
        }
    }

    private static (string UserName, string UserNameKey, ProfileDocument.Facts Facts, bool HasHome, string? PresentId) ReadUser(HubTransaction transaction, string userId, string accountId)
    {
        using var row = transaction.Connection.Bind(UserToAdd, userId, accountId).ExecuteReader();
        return row.Read()
            ? (row.GetString(0), row.GetString(1), new(row.Text(2), row.Text(3), row.Text(4)), row.GetBoolean(5), row.Text(6))
            : throw new InvalidOperationException("There is no such user to add.");
    }
}
