using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Grants;

/// <summary>An app at which a person is signed in, or which may act for them while they are away.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Name">Its name; its id where it has none.</param>
/// <param name="AccountName">The account in which the person uses it; null only for an operator who is in no account.</param>
/// <param name="Scopes">What it was granted, each once, sorted.</param>
/// <param name="Since">When it was first granted something that still holds.</param>
/// <param name="LastSignInAt">When it was last granted something that still holds.</param>
/// <param name="Offline">Whether it may go on when the person has signed out.</param>
public sealed record ConnectedApp(
    string ClientId, string Name, string? AccountName, IReadOnlyList<string> Scopes, DateTimeOffset Since, DateTimeOffset LastSignInAt, bool Offline);

/// <summary>What a person has granted to apps, and how they take it back.</summary>
public static class ConnectedApps
{
    private static readonly Statement Live = new(
        $"""
        SELECT c."Id", c."Name", a."Id", a."Name", g."Scope", g."Offline", MIN(g."CreatedAt"), MAX(g."CreatedAt")
        FROM "Grants" g
        JOIN "Clients" c ON c."Id" = g."ClientId"
        LEFT JOIN "Memberships" m ON m."Id" = g."MembershipId"
        LEFT JOIN "Accounts" a ON a."Id" = m."AccountId"
        WHERE g."UserId" = @user AND {GrantStatements.Live}
        GROUP BY c."Id", c."Name", a."Id", a."Name", g."Scope", g."Offline"
        """,
        "@user", "@now");

    private sealed record Row(string ClientId, string? ClientName, string? AccountId, string? AccountName, string Scope, bool Offline, DateTimeOffset First, DateTimeOffset Last);

    /// <returns>Every app that holds something good of this user's, by name, once for each account.</returns>
    public static IReadOnlyList<ConnectedApp> ListOf(HubReader reader, string userId)
    {
        var rows = new List<Row>();
        using (var row = reader.Connection.Bind(Live, userId, reader.Now.ToUnixTimeMilliseconds()).ExecuteReader())
        {
            while (row.Read())
            {
                rows.Add(new(row.GetString(0), row.Text(1), row.Text(2), row.Text(3), row.GetString(4), row.GetBoolean(5), row.Moment(6), row.Moment(7)));
            }
        }

        return
        [
            .. from one in rows
               group one by (one.ClientId, one.AccountId) into app
               let first = app.First()
               let scopes = app.SelectMany(one => one.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal)
               orderby first.ClientName ?? first.ClientId, first.AccountName
               select new ConnectedApp(
                   first.ClientId, first.ClientName ?? first.ClientId, first.AccountName, [.. scopes], app.Min(one => one.First), app.Max(one => one.Last), app.Any(one => one.Offline)),
        ];
    }

    /// <summary>Takes back everything that the user granted an app, in every account, and tells the app. It may be granted again.</summary>
    /// <returns>False when it held nothing.</returns>
    public static async Task<bool> DisconnectAsync(HubTransaction transaction, string userId, string clientId)
    {
        if (await Revocation.EndGrantsOfClientAsync(transaction, userId, clientId) == 0)
        {
            return false;
        }

        await transaction.AuditAsync("app.disconnected", subjectUserId: userId, details: new { client_id = clientId });
        return true;
    }
}
