using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>A member as mails speak of them, and where they read theirs.</summary>
/// <param name="MembershipId">Which.</param>
/// <param name="UserId">Whose.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Account">Its name.</param>
/// <param name="UserName">The sign-in name.</param>
/// <param name="OwnName">What the hub calls them when it speaks to them.</param>
/// <param name="NameHere">What the account calls them: at home the same; of a guest, what the account itself has on file.</param>
/// <param name="Address">Null when they have none.</param>
/// <param name="Status">As it is now, like all that follows.</param>
/// <param name="Home">Whether this is the user's home.</param>
/// <param name="Role">The role.</param>
/// <param name="Level">The permission level.</param>
/// <param name="TwoFactorRequired">Of this member.</param>
internal sealed record NoticeMember(
    string MembershipId, string UserId, string AccountId, string Account, string UserName, string OwnName, string NameHere, string? Address,
    MembershipStatus Status, bool Home, Role Role, PermissionLevel? Level, bool TwoFactorRequired)
{
    private static readonly Statement One = new(
        """
        SELECT u."Id", a."Id", a."Name", u."UserName", u."GivenName", u."FamilyName", u."Email", m."Home", m."Status", m."Role", m."PermissionLevel", m."TwoFactorRequired",
            CASE WHEN m."Home" THEN NULL ELSE m."Attributes" END
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" JOIN "Accounts" a ON a."Id" = m."AccountId" WHERE m."Id" = @member
        """,
        "@member");

    /// <returns>Null when the membership is gone.</returns>
    public static NoticeMember? Find(HubReader reader, string membershipId)
    {
        using var row = reader.Connection.Bind(One, membershipId).ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var userName = row.GetString(3);
        var ownName = MailText.Person(User.NameOf(userName, row.Text(4), row.Text(5)), userName);
        return new(
            membershipId, row.GetString(0), row.GetString(1), MailText.Account(row.GetString(2)), MailText.UserName(userName), ownName,
            row.GetBoolean(7) ? ownName : MailText.Person(ProfileDocument.DisplayNameOf(row.Text(12), userName), userName),
            EmailAddress.Of(row.Text(6), userName), row.Status(8), row.GetBoolean(7), row.Role(9), row.Level(10), row.GetBoolean(11));
    }

    /// <summary>The values that every notice about a member has, as the account speaks of them or as the hub speaks to them.</summary>
    public Dictionary<string, string> Values(bool toThem) => new(StringComparer.Ordinal)
    {
        ["account"] = Account, ["person"] = toThem ? OwnName : NameHere, ["userName"] = UserName, ["changes"] = "",
    };
}

/// <summary>Who reads a mail.</summary>
/// <param name="UserId">With whom the mail goes; null where the address alone is left of who is erased.</param>
/// <param name="Address">Where.</param>
internal sealed record Addressee(string? UserId, string Address);

/// <summary>Who is told what others do in an account: its PRIMARY, or its Administrators where there is none.</summary>
internal static class Recipients
{
    /// <summary>How many Administrators are told at most.</summary>
    private const int MostAdministrators = 20;

    /// <summary>The role and the level stand here as in the filter of the index: who administers is few, however many members there are.</summary>
    private static readonly Statement WhoAdminister = new(
        """
        SELECT m."UserId", u."UserName", u."Email", m."PermissionLevel" FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId"
        WHERE m."AccountId" = @account AND (m."Role" = 'Administrator' OR m."PermissionLevel" = 'PRIMARY') AND m."Status" = 'Active' AND u."Active"
        ORDER BY CASE WHEN m."PermissionLevel" = 'PRIMARY' THEN 0 ELSE 1 END, m."CreatedAt", m."Id" LIMIT 21
        """,
        "@account");

    /// <param name="reader">The reader.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="exceptUserId">Whom it is about: they have a mail of their own.</param>
    /// <returns>No address twice.</returns>
    public static IReadOnlyList<Addressee> OfAccount(HubReader reader, string accountId, string? exceptUserId)
    {
        using var row = reader.Connection.Bind(WhoAdminister, accountId).ExecuteReader();
        var addressees = new List<Addressee>();
        while (row.Read())
        {
            var isPrimary = row.Level(3) == PermissionLevel.Primary;
            if (row.GetString(0) != exceptUserId && EmailAddress.Of(row.Text(2), row.GetString(1)) is { } address 
                && addressees.Count < MostAdministrators && !addressees.Exists(other => other.Address == address))
            {
                addressees.Add(new(row.GetString(0), address));
            }

            if (isPrimary)
            {
                break;
            }
        }

        return addressees;
    }
}
