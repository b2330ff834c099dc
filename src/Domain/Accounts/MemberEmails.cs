using System.Text.Json.Nodes;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Keeps the addresses by which members are found in step with what the account has on file.</summary>
internal static class MemberEmails
{
    private static readonly Statement Insert = new(
        """INSERT INTO "MemberEmails" ("AccountId", "AddressKey", "MembershipId") VALUES (@account, @address, @member)""", "@account", "@address", "@member");

    private static readonly Statement Delete = new("""DELETE FROM "MemberEmails" WHERE "MembershipId" = @member""", "@member");

    public static void Add(HubTransaction transaction, string accountId, string membershipId, JsonObject document)
    {
        foreach (var address in ProfileDocument.AddressKeys(document))
        {
            transaction.Connection.Execute(Insert, accountId, address, membershipId);
        }
    }

    public static void Replace(HubTransaction transaction, string accountId, string membershipId, JsonObject before, JsonObject after)
    {
        if (!ProfileDocument.AddressKeys(before).SetEquals(ProfileDocument.AddressKeys(after)))
        {
            transaction.Connection.Execute(Delete, membershipId);
            Add(transaction, accountId, membershipId, after);
        }
    }
}
