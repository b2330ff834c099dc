using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Seats;

/// <summary>The applications that people sign in to, as the operator keeps them.</summary>
public static class Applications
{
    /// <summary>An application with what hangs on it.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Seated">Whether only members with a seat may.</param>
    /// <param name="Accounts">How many accounts have seats of it.</param>
    /// <param name="Capacity">How many seats they have together.</param>
    /// <param name="Used">How many of them are taken.</param>
    /// <param name="Clients">The ids of the clients that ask for a seat of it.</param>
    public sealed record Line(string Id, string Name, bool Seated, int Accounts, int Capacity, int Used, IReadOnlyList<string> Clients);

    public enum PutResult
    {
        Made,
        Changed,
        Unchanged,

        /// <summary>Not 1 to <see cref="AccountLifecycle.MaxIdLength"/> lower-case letters, digits and inner hyphens. Nothing was changed.</summary>
        IdInvalid,

        /// <summary>Empty, too long, or with control characters. Nothing was changed.</summary>
        NameInvalid,

        /// <summary>Accounts have seats of it, or clients ask for one: it stays seated. Nothing was changed.</summary>
        SeatsInUse,
    }

    /// <returns>Every application, by name.</returns>
    public static async Task<IReadOnlyList<Line>> ListAsync(HubReader reader)
    {
        var clients = (await reader.Db.Clients.Where(client => client.RequireSeat != null).OrderBy(client => client.Id).Select(client => new { client.Id, client.RequireSeat }).ToListAsync())
            .ToLookup(client => client.RequireSeat, client => client.Id, StringComparer.Ordinal);
        var pools = await reader.Db.SeatPools.GroupBy(pool => pool.ApplicationId)
            .Select(group => new { group.Key, Accounts = group.Count(), Capacity = group.Sum(pool => pool.Capacity), Used = group.Sum(pool => pool.Used) }).ToDictionaryAsync(one => one.Key);
        var applications = await reader.Db.Applications.AsNoTracking().OrderBy(one => one.Name).ThenBy(one => one.Id).ToListAsync();
        return
        [
            .. applications.Select(one => pools.TryGetValue(one.Id, out var pool)
                ? new Line(one.Id, one.Name, one.Seated, pool.Accounts, pool.Capacity, pool.Used, [.. clients[one.Id]])
                : new Line(one.Id, one.Name, one.Seated, 0, 0, 0, [.. clients[one.Id]])),
        ];
    }

    /// <returns>The applications that have seats, by name.</returns>
    public static async Task<IReadOnlyList<Application>> SeatedAsync(HubReader reader) =>
        await reader.Db.Applications.AsNoTracking().Where(one => one.Seated).OrderBy(one => one.Name).ThenBy(one => one.Id).ToListAsync();

    /// <summary>Registers an application or gives it this name; it stays seated while anything hangs on its seats.</summary>
    public static async Task<PutResult> PutAsync(HubTransaction transaction, string id, string name, bool seated)
    {
        if (!AccountLifecycle.IsId(id))
        {
            return PutResult.IdInvalid;
        }

        if (!AccountLifecycle.IsName(name))
        {
            return PutResult.NameInvalid;
        }

        var present = await Seats.FindApplicationAsync(transaction, id);
        if (present is { Seated: true } && !seated
            && (await transaction.Db.SeatPools.AnyAsync(pool => pool.ApplicationId == id) || await transaction.Db.Clients.AnyAsync(client => client.RequireSeat == id)))
        {
            return PutResult.SeatsInUse;
        }

        return await Seats.PutApplicationAsync(transaction, id, name.Trim(), seated) ? present is null ? PutResult.Made : PutResult.Changed : PutResult.Unchanged;
    }
}
