using System.Data.Common;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Reading one member as the account's administrators see them, and who it is that administers.</summary>
public static class MemberStates
{
    private static readonly Statement One = new(
        $"""
        SELECT m."UserId", m."Home", m."AcceptedAt" IS NOT NULL, u."Operator", u."Active", u."UserName", u."GivenName", u."FamilyName", u."Email", u."EmailVerified",
            m."Attributes", m."Role", m."PermissionLevel", m."Status", m."TwoFactorRequired", a."TwoFactor", EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = u."Id"),
            e."Address", EXISTS (SELECT 1 FROM "Passwords" p WHERE p."UserId" = u."Id"), m."Source", m."ExternalId", m."CreatedAt", m."UpdatedAt", m."LastSignInAt",
            {MemberListSql.SeenHere("@since", "@now")}, {MemberListSql.LiveHere("@now")}, EXISTS (SELECT 1 FROM "Passkeys" k WHERE k."UserId" = u."Id"),
            u."FrozenAt", u."MustEnrol", u."RecoveryHoldUntil", a."EmailCodesCount",
            EXISTS (SELECT 1 FROM "Memberships" x WHERE x."UserId" = u."Id" AND x."PermissionLevel" = 'PRIMARY' AND x."AccountId" <> m."AccountId")
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" JOIN "Accounts" a ON a."Id" = m."AccountId" LEFT JOIN "EmailCodes" e ON e."UserId" = u."Id"
        WHERE m."Id" = @member AND m."AccountId" = @account
        """,
        "@member", "@account", "@since", "@now");

    private static readonly Statement Seats = new("""SELECT "ApplicationId" FROM "SeatAssignments" WHERE "MembershipId" = @member ORDER BY "ApplicationId" """, "@member");

    private static readonly Statement Acting = new(
        """
        SELECT u."Operator", m."Role", m."PermissionLevel" FROM "Users" u
        LEFT JOIN "Memberships" m ON m."UserId" = u."Id" AND m."AccountId" = @account AND m."Status" = 'Active'
        WHERE u."Id" = @user AND u."Active"
        """,
        "@user", "@account");

    /// <returns>The member; null when this account has no such member.</returns>
    public static MemberState? Find(HubReader reader, string accountId, string membershipId)
    {
        var seats = reader.Connection.Texts(Seats, membershipId);
        var since = (reader.Now - MemberList.ActiveWithin).ToUnixTimeMilliseconds();
        using var row = reader.Connection.Bind(One, membershipId, accountId, since, reader.Now.ToUnixTimeMilliseconds()).ExecuteReader();
        return row.Read() ? Read(row, accountId, membershipId, seats) : null;
    }

    /// <summary>Who acts, as the rules of administration need it.</summary>
    public static ActingAdministrator Administrator(HubReader reader, Actor actor, string accountId)
    {
        switch (actor)
        {
            case Actor.Hub:
                return ActingAdministrator.TheOperator;
            case Actor.Provisioning provisioning when provisioning.AccountId == accountId:
                return ActingAdministrator.Provisioning;
            case Actor.Person person:
                if (RecoveryHold.Of(reader, person.UserId) is not null)
                {
                    return ActingAdministrator.Nobody;
                }

                using (var row = reader.Connection.Bind(Acting, person.UserId, accountId).ExecuteReader())
                {
                    return row.Read()
                        ? new(person.UserId, row.GetBoolean(0), row.IsDBNull(1) ? null : row.Role(1), row.Level(2))
                        : ActingAdministrator.Nobody;
                }

            default:
                return ActingAdministrator.Nobody;
        }
    }

    private static MemberState Read(DbDataReader row, string accountId, string membershipId, IReadOnlyList<string> seats)
    {
        var (home, accepted, userName, attributes) = (row.GetBoolean(1), row.GetBoolean(2), row.GetString(5), row.Text(10));
        var facts = home ? new(row.Text(6), row.Text(7), row.Text(8)) : ProfileDocument.FactsOf(ProfileDocument.Parse(attributes));
        return new()
        {
            Id = membershipId,
            UserId = row.GetString(0),
            AccountId = accountId,
            Home = home,
            Accepted = accepted,
            Operator = row.GetBoolean(3),
            UserActive = row.GetBoolean(4),
            UserName = userName,
            DisplayName = MemberNames.Of(home, userName, facts.GivenName, facts.FamilyName, attributes),
            GivenName = facts.GivenName,
            FamilyName = facts.FamilyName,
            Email = facts.Email,
            EmailVerified = home && row.GetBoolean(9),
            Role = row.Role(11),
            Level = row.Level(12),
            Status = row.Status(13),
            TwoFactorRequired = row.GetBoolean(14),
            AccountTwoFactor = Enum.Parse<TwoFactorPolicy>(row.GetString(15)),
            HasTotp = accepted && row.GetBoolean(16),
            CodeAddress = home ? row.Text(17) : null,
            HasEmailCodes = accepted && !row.IsDBNull(17),
            HasPassword = home ? row.GetBoolean(18) : null,
            Source = Enum.Parse<MemberSource>(row.GetString(19)),
            ExternalId = row.Text(20),
            CreatedAt = row.Moment(21),
            UpdatedAt = row.Moment(22),
            LastSignInAt = row.MomentOrNull(23),
            ActiveNow = row.GetBoolean(24),
            IsLive = row.GetBoolean(25),
            HasPasskeys = accepted && row.GetBoolean(26),
            FrozenAt = home ? row.MomentOrNull(27) : null,
            MustEnrol = home && row.GetBoolean(28),
            RecoveryHoldUntil = home ? row.MomentOrNull(29) : null,
            EmailCodesCount = row.GetBoolean(30),
            PrimaryElsewhere = row.GetBoolean(31),
            Seats = seats,
        };
    }
}
