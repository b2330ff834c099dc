using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;

namespace IdentityHub.AdminUi.Tests.Security;

/// <summary>People with passkeys. The ceremony is the provider's and tested there: here a session is made what it would be after one.</summary>
internal static class StrongSignIn
{
    /// <summary>Does something that has no result.</summary>
    public static Task DoAsync(this RunningHub hub, Func<HubTransaction, Task> work) => hub.WriteAsync(async transaction =>
    {
        await work(transaction);
        return true;
    });

    /// <summary>Gives somebody a passkey, once.</summary>
    public static Task AddPasskeyAsync(this ConsoleHub console, string userName, string name = "Blue key") => console.Hub.DoAsync(async transaction =>
    {
        var user = (await Domain.Users.Users.FindByNameAsync(transaction, userName))!;
        await Passkeys.TryAddAsync(transaction, new("passkey" + user.Id, user.Id, [1, 2, 3], 0, "internal", true, true, transaction.Now), name);
    });

    /// <summary>Has every session of somebody be as strong as this.</summary>
    public static void SignedInWith(this ConsoleHub console, string userName, string amr)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(console.Hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        foreach (var table in new[] { "Sessions", "Grants" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"""UPDATE "{table}" SET "Amr" = @amr WHERE "UserId" = (SELECT "Id" FROM "Users" WHERE "UserNameKey" = @name)""";
            command.Parameters.AddWithValue("@amr", amr);
            command.Parameters.AddWithValue("@name", userName);
            command.ExecuteNonQuery();
        }
    }
}
