using System.Data.Common;
using System.Globalization;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Finding and listing the members of one account. Nothing here looks past the account that is named.</summary>
public static class MemberDirectory
{
    /// <summary>So many members' seats and groups are read at once.</summary>
    private const int Chunk = 32;

    private const string Columns =
        """
        SELECT m."Id", m."UserId", u."UserName", m."UserNameKey", m."ExternalId", m."Attributes", m."Role", m."PermissionLevel", m."Status", m."Home",
            m."TwoFactorRequired", m."CreatedAt", m."UpdatedAt", m."LastSignInAt",
            EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = m."UserId"), EXISTS (SELECT 1 FROM "EmailCodes" c WHERE c."UserId" = m."UserId")
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId"
        """;

    private static readonly Statement One = new(Columns + """ WHERE m."Id" = @id AND m."AccountId" = @account""", "@id", "@account");

    private static readonly Statement HoldingsOfOne = new(
        """
        SELECT s."MembershipId", s."ApplicationId", NULL FROM "SeatAssignments" s WHERE s."MembershipId" = @member
        UNION ALL
        SELECT x."MembershipId", g."Id", g."DisplayName" FROM "GroupMembers" x JOIN "Groups" g ON g."Id" = x."GroupId" WHERE x."MembershipId" = @member
        """,
        "@member");

    private static readonly Statement HoldingsOfMany = Many();

    private static readonly Statement NameOfOne = new(
        """SELECT u."UserName", m."Attributes" FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" WHERE m."Id" = @id AND m."AccountId" = @account""", "@id", "@account");

    private static readonly Statement AllInAccount = new("""SELECT "MemberCount" FROM "Accounts" WHERE "Id" = @account""", "@account");

    /// <returns>The member with seats and groups; null when this account has no such member.</returns>
    public static MemberRecord? Find(HubReader reader, string accountId, string membershipId)
    {
        MemberRecord member;
        using (var row = reader.Connection.Bind(One, membershipId, accountId).ExecuteReader())
        {
            if (!row.Read())
            {
                return null;
            }

            member = Read(row);
        }

        using var held = reader.Connection.Bind(HoldingsOfOne, membershipId).ExecuteReader();
        AddHoldings(held, new Dictionary<string, MemberRecord>(1) { [member.Id] = member });
        return member;
    }

    /// <returns>A stretch of the account's members, with seats and groups.</returns>
    public static IReadOnlyList<MemberRecord> Page(HubReader reader, DirectoryQuery query)
    {
        var members = new List<MemberRecord>(Math.Min(query.Take, 1000));
        var choice = query.Skip > 0 || MayNameMany(query.Criterion) ? """SELECT m."Id" FROM "Memberships" m""" : null;
        using (var row = new DirectorySql(ofMembers: true, Columns, choice).Where(query.AccountId, query.Criterion).Page(query).Command(reader).ExecuteReader())
        {
            while (row.Read())
            {
                members.Add(Read(row));
            }
        }

        FillIn(reader, members);
        return members;
    }

    /// <returns>How many members of the account meet the criterion; at once for all of them.</returns>
    public static long Count(HubReader reader, string accountId, DirectoryCriterion? criterion)
    {
        if (criterion is null)
        {
            return Convert.ToInt64(reader.Connection.Scalar(AllInAccount, accountId), CultureInfo.InvariantCulture);
        }

        var command = new DirectorySql(ofMembers: true, """SELECT count(*) FROM "Memberships" m""").Where(accountId, criterion).Command(reader);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <returns>The names of those of these members who are in the account, by their ids.</returns>
    public static IReadOnlyDictionary<string, string> NamesOf(HubReader reader, string accountId, IEnumerable<string> membershipIds)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in membershipIds)
        {
            using var row = reader.Connection.Bind(NameOfOne, id, accountId).ExecuteReader();
            if (row.Read())
            {
                names[id] = ProfileDocument.DisplayNameOf(row.Text(1), row.GetString(0));
            }
        }

        return names;
    }

    /// <returns>Where a member stands in an order.</returns>
    public static DirectoryPosition PositionOf(MemberRecord member, DirectoryOrder order) => new(
        order switch
        {
            DirectoryOrder.Created => member.CreatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            DirectoryOrder.LastModified => member.UpdatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            _ => member.UserNameKey,
        },
        member.Id);

    /// <summary>Whether more may have to be put in order than a page shows: then only ids are.</summary>
    private static bool MayNameMany(DirectoryCriterion? criterion) => criterion is not null and not DirectoryCriterion.Term
    {
        Operator: DirectoryOperator.Equal, Field: DirectoryField.Id or DirectoryField.UserName or DirectoryField.ExternalId or DirectoryField.Email,
    };

    private static void FillIn(HubReader reader, List<MemberRecord> members)
    {
        if (members is [var only])
        {
            using var held = reader.Connection.Bind(HoldingsOfOne, only.Id).ExecuteReader();
            AddHoldings(held, new Dictionary<string, MemberRecord>(1) { [only.Id] = only });
            return;
        }

        var values = new object?[Chunk];
        foreach (var chunk in members.Chunk(Chunk))
        {
            for (var i = 0; i < Chunk; i++)
            {
                values[i] = i < chunk.Length ? chunk[i].Id : null;
            }

            using var held = reader.Connection.Bind(HoldingsOfMany, values).ExecuteReader();
            AddHoldings(held, chunk.ToDictionary(member => member.Id));
        }
    }

    private static void AddHoldings(DbDataReader row, Dictionary<string, MemberRecord> members)
    {
        Dictionary<string, (List<string> Seats, List<GroupName> Groups)>? held = null;
        while (row.Read())
        {
            held ??= [];
            var id = row.GetString(0);
            if (!held.TryGetValue(id, out var lists))
            {
                held[id] = lists = ([], []);
            }

            if (row.Text(2) is { } name)
            {
                lists.Groups.Add(new(row.GetString(1), name));
            }
            else
            {
                lists.Seats.Add(row.GetString(1));
            }
        }

        foreach (var (id, (seats, groups)) in held ?? [])
        {
            seats.Sort(StringComparer.Ordinal);
            groups.Sort(static (one, other) => string.CompareOrdinal(one.Id, other.Id));
            members[id].Seats = seats;
            members[id].Groups = groups;
        }
    }

    private static MemberRecord Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        UserId = row.GetString(1),
        UserName = row.GetString(2),
        UserNameKey = row.GetString(3),
        ExternalId = row.Text(4),
        Attributes = row.Text(5),
        Role = row.Role(6),
        PermissionLevel = row.Level(7),
        Status = row.Status(8),
        Home = row.GetBoolean(9),
        TwoFactorRequired = row.GetBoolean(10),
        CreatedAt = row.Moment(11),
        UpdatedAt = row.Moment(12),
        LastSignInAt = row.MomentOrNull(13),
        HasTotp = row.GetBoolean(14),
        HasEmailCodes = row.GetBoolean(15),
    };

    private static Statement Many()
    {
        var names = Enumerable.Range(0, Chunk).Select(i => "@m" + i.ToString(CultureInfo.InvariantCulture)).ToArray();
        var list = string.Join(", ", names);
        return new(
            $"""
            SELECT s."MembershipId", s."ApplicationId", NULL FROM "SeatAssignments" s WHERE s."MembershipId" IN ({list})
            UNION ALL
            SELECT x."MembershipId", g."Id", g."DisplayName" FROM "GroupMembers" x JOIN "Groups" g ON g."Id" = x."GroupId" WHERE x."MembershipId" IN ({list})
            """,
            names);
    }
}
