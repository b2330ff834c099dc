using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Clients;

/// <summary>A client in a list.</summary>
public sealed record ClientLine(string Id, string? Name, string? AccountId, string? AccountName, string? RequireSeat, bool HasSecret, bool Disabled, DateTimeOffset CreatedAt);

/// <summary>Finding clients among many.</summary>
public static class ClientList
{
    /// <summary>Clients in order of their ids.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="text">What the id or the name must contain, whatever the case; null or empty for any.</param>
    /// <param name="after">The id after which to go on; null for the beginning.</param>
    /// <param name="most">How many at most.</param>
    public static async Task<IReadOnlyList<ClientLine>> FindAsync(HubReader reader, string? text, string? after, int most)
    {
        var clients = reader.Db.Clients.AsNoTracking();
        if (text?.Trim().ToLowerInvariant() is { Length: > 0 } wanted)
        {
#pragma warning disable CA1862, CA1304, CA1311 // Becomes SQL: both sides in lower case by the database.
            clients = clients.Where(client => client.Id.ToLower().Contains(wanted) || client.Name!.ToLower().Contains(wanted));
#pragma warning restore CA1862, CA1304, CA1311
        }

        if (after is not null)
        {
#pragma warning disable CA1309 // Becomes SQL, which compares bytes.
            clients = clients.Where(client => string.Compare(client.Id, after) > 0);
#pragma warning restore CA1309
        }

        return await (
            from client in clients
            join account in reader.Db.Accounts on client.AccountId equals account.Id into accounts
            from account in accounts.DefaultIfEmpty()
            orderby client.Id
            select new ClientLine(
                client.Id, client.Name, client.AccountId, account == null ? null : account.Name, client.RequireSeat, client.SecretHash != null, client.Disabled, client.CreatedAt))
            .Take(most).ToListAsync();
    }

    /// <returns>The clients that ask for a seat of this application, by id.</returns>
    public static async Task<IReadOnlyList<string>> OfApplicationAsync(HubReader reader, string applicationId) =>
        await reader.Db.Clients.Where(client => client.RequireSeat == applicationId).OrderBy(client => client.Id).Select(client => client.Id).ToListAsync();
}
