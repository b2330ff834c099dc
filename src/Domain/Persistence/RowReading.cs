using System.Data.Common;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Persistence;

/// <summary>How columns come back from a prepared statement.</summary>
internal static class RowReading
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? Bytes(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static Role Role(this DbDataReader row, int column) =>
        PermissionNames.RoleOf(row.GetString(column)) ?? throw new InvalidDataException("The database holds an unknown role.");

    public static PermissionLevel? Level(this DbDataReader row, int column) => row.IsDBNull(column) ? null : LevelList.Parse(row.GetString(column));

    public static MembershipStatus Status(this DbDataReader row, int column) => row.GetString(column) switch
    {
        nameof(MembershipStatus.Active) => MembershipStatus.Active,
        nameof(MembershipStatus.Inactive) => MembershipStatus.Inactive,
        nameof(MembershipStatus.Invited) => MembershipStatus.Invited,
        _ => throw new InvalidDataException("The database holds an unknown status."),
    };

    public static DateTimeOffset Moment(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? MomentOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Moment(column);
}
