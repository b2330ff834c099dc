using System.Data.Common;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Clients;

/// <summary>Registered relying apps.</summary>
public static class Clients
{
    private static readonly Statement ById = new(
        """
        SELECT c."Id", c."Name", c."SecretHash", c."RedirectUris", c."PostLogoutRedirectUris", c."BackchannelLogoutUri", c."GrantTypes",
               c."TokenEndpointAuthMethod", c."Scopes", c."ApplicationType", c."IdTokenSignedResponseAlg", c."OpaqueAccessTokens", c."RequirePkce",
               c."DefaultMaxAge", c."RequireSeat", c."PermissionLevels", c."RequireMfa", c."AccountId", c."Disabled", c."Epoch", c."CreatedAt", a."Status",
               c."SessionIdleMinutes", c."SessionLifetimeMinutes"
        FROM "Clients" c LEFT JOIN "Accounts" a ON a."Id" = c."AccountId" WHERE c."Id" = @id
        """,
        "@id");

    /// <returns>The client, disabled ones included; null when there is none of this id (compared byte for byte).</returns>
    public static Client? Find(HubReader reader, string clientId)
    {
        using var row = reader.Connection.Bind(ById, clientId).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>Registers a client or gives it these properties; unchanged ones change nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> PutAsync(HubTransaction transaction, Client client)
    {
        var present = await transaction.Db.Clients.SingleOrDefaultAsync(row => row.Id == client.Id);
        if (present is null)
        {
            transaction.Db.Clients.Add(client);
            await transaction.AuditAsync("client.registered", client.AccountId, details: new { client_id = client.Id });
            return true;
        }

        var entry = transaction.Db.Entry(present);
        var before = (Client)entry.CurrentValues.ToObject();
        entry.CurrentValues.SetValues(client);

        // Not the caller's to give: each reverts to what it was.
        entry.Property(row => row.Epoch).IsModified = false;
        entry.Property(row => row.CreatedAt).IsModified = false;
        if (!entry.Properties.Any(property => property.IsModified))
        {
            return false;
        }

        var tightens = Tightens(before, client);
        if (tightens)
        {
            present.Epoch++;
        }

        await transaction.AuditAsync("client.changed", client.AccountId, details: AuditChanges.WithFacts(
            entry.Properties.Where(property => property.IsModified && property.Metadata.Name != nameof(Client.Epoch))
                .Select(property => (property.Metadata.Name, property.OriginalValue, property.CurrentValue)),
            ("client_id", client.Id)));
        if (tightens)
        {
            Connections.EndOfClient(transaction, client.Id);
        }

        return true;
    }

    /// <summary>Whether what was granted before might not be granted any more.</summary>
    private static bool Tightens(Client before, Client after) =>
        (after.Disabled && !before.Disabled)
        || (after.RequireMfa && !before.RequireMfa)
        || (after.RequireSeat is not null && after.RequireSeat != before.RequireSeat)
        || (after.AccountId is not null && after.AccountId != before.AccountId)
        || before.Scopes.Except(after.Scopes, StringComparer.Ordinal).Any()
        || before.GrantTypes.Except(after.GrantTypes, StringComparer.Ordinal).Any()
        || (!after.PermissionLevels.IsEmpty && (before.PermissionLevels.IsEmpty || before.PermissionLevels.Except(after.PermissionLevels).Any()));

    private static Client Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.Text(1),
        SecretHash = row.Text(2),
        RedirectUris = TextList.Read(row.GetString(3)),
        PostLogoutRedirectUris = TextList.Read(row.GetString(4)),
        BackchannelLogoutUri = row.Text(5),
        GrantTypes = TextList.Read(row.GetString(6)),
        TokenEndpointAuthMethod = row.GetString(7),
        Scopes = TextList.Read(row.GetString(8)),
        ApplicationType = row.GetString(9),
        IdTokenSignedResponseAlg = row.GetString(10),
        OpaqueAccessTokens = row.GetBoolean(11),
        RequirePkce = row.GetBoolean(12),
        DefaultMaxAge = row.IsDBNull(13) ? null : row.GetInt32(13),
        RequireSeat = row.Text(14),
        PermissionLevels = LevelList.Read(row.GetString(15)),
        RequireMfa = row.GetBoolean(16),
        AccountId = row.Text(17),
        Disabled = row.GetBoolean(18),
        Epoch = row.GetInt32(19),
        CreatedAt = row.Moment(20),
        SessionIdleMinutes = row.IsDBNull(22) ? null : row.GetInt32(22),
        SessionLifetimeMinutes = row.IsDBNull(23) ? null : row.GetInt32(23),
        AccountIsShut = row.Text(21) is not (null or nameof(Accounts.AccountStatus.Open)),
    };
}
