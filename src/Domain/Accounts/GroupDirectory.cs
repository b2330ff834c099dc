using System.Data.Common;
using System.Globalization;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Accounts;

/// <summary>Who is in a group, as the group's row names them.</summary>
/// <param name="Id">The membership.</param>
/// <param name="UserName">The sign-in name.</param>
public sealed record GroupMemberName(string Id, string UserName);

/// <summary>Finding and listing the groups of one account. Nothing here looks past the account that is named.</summary>
public static class GroupDirectory
{
    private const string Columns =
        """SELECT g."Id", g."AccountId", g."DisplayName", g."DisplayNameKey", g."ExternalId", g."Version", g."CreatedAt", g."UpdatedAt" FROM "Groups" g""";

    private static readonly Statement One = new(Columns + """ WHERE g."Id" = @id AND g."AccountId" = @account""", "@id", "@account");

    private static readonly Statement MembersOf = new(
        """
        SELECT m."Id", u."UserName" FROM "GroupMembers" x JOIN "Memberships" m ON m."Id" = x."MembershipId" JOIN "Users" u ON u."Id" = m."UserId"
        WHERE x."GroupId" = @group ORDER BY x."MembershipId"
        """,
        "@group");

    private static readonly Statement Beyond = new("""SELECT 1 FROM "GroupMembers" WHERE "GroupId" = @group LIMIT 1 OFFSET @most""", "@group", "@most");

    /// <returns>The group; null when this account has no such group.</returns>
    public static Group? Find(HubReader reader, string accountId, string groupId)
    {
        using var row = reader.Connection.Bind(One, groupId, accountId).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <returns>A stretch of the account's groups, without their members.</returns>
    public static IReadOnlyList<Group> Page(HubReader reader, DirectoryQuery query)
    {
        using var row = new DirectorySql(ofMembers: false, Columns).Where(query.AccountId, query.Criterion).Page(query).Command(reader).ExecuteReader();
        var groups = new List<Group>();
        while (row.Read())
        {
            groups.Add(Read(row));
        }

        return groups;
    }

    public static long Count(HubReader reader, string accountId, DirectoryCriterion? criterion)
    {
        var command = new DirectorySql(ofMembers: false, """SELECT count(*) FROM "Groups" g""").Where(accountId, criterion).Command(reader);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <returns>Everyone in the group, in order of their ids. The caller knows that the group is the account's.</returns>
    public static IReadOnlyList<GroupMemberName> Members(HubReader reader, string groupId)
    {
        using var row = reader.Connection.Bind(MembersOf, groupId).ExecuteReader();
        var members = new List<GroupMemberName>();
        while (row.Read())
        {
            members.Add(new(row.GetString(0), row.GetString(1)));
        }

        return members;
    }

    /// <returns>Whether the group has more members than so many; counts no further.</returns>
    public static bool HasMoreMembersThan(HubReader reader, string groupId, int most) => reader.Connection.Scalar(Beyond, groupId, most) is not null;

    /// <returns>Where a group stands in an order.</returns>
    public static DirectoryPosition PositionOf(Group group, DirectoryOrder order) => new(
        order switch
        {
            DirectoryOrder.Created => group.CreatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            DirectoryOrder.LastModified => group.UpdatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            _ => group.DisplayNameKey,
        },
        group.Id);

    private static Group Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        AccountId = row.GetString(1),
        DisplayName = row.GetString(2),
        DisplayNameKey = row.GetString(3),
        ExternalId = row.Text(4),
        Version = row.GetInt32(5),
        CreatedAt = row.Moment(6),
        UpdatedAt = row.Moment(7),
    };
}
