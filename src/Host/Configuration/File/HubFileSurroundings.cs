using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>What the directory already holds of what a file refers to.</summary>
/// <param name="Accounts">The accounts that it names and that exist.</param>
/// <param name="SeatedApplications">The applications that it names and that exist: whether each is seated.</param>
/// <param name="Homes">The home accounts of its users that exist and have one, by position in the file.</param>
internal sealed record HubFileSurroundings(
    IReadOnlySet<string> Accounts, IReadOnlyDictionary<string, bool> SeatedApplications, IReadOnlyDictionary<int, string> Homes)
{
    public static async Task<HubFileSurroundings> ReadAsync(HubReader reader, HubFile file)
    {
        var accounts = new HashSet<string>(StringComparer.Ordinal);
        var memberships = file.Users.SelectMany(user => user.Memberships).ToList();
        foreach (var id in memberships.Select(membership => membership.Account).Concat(file.Clients.Select(client => client.Account).OfType<string>()).Distinct())
        {
            if (await Domain.Accounts.Accounts.ExistsAsync(reader, id))
            {
                accounts.Add(id);
            }
        }

        var applications = new Dictionary<string, bool>(StringComparer.Ordinal);
        var named = file.Accounts.SelectMany(account => account.Seats).Select(seats => seats.Application)
            .Concat(memberships.SelectMany(membership => membership.Seats)).Concat(file.Clients.Select(client => client.RequireSeat).OfType<string>());
        foreach (var id in named.Distinct())
        {
            if (await Seats.FindApplicationAsync(reader, id) is { } application)
            {
                applications.Add(id, application.Seated);
            }
        }

        return new(accounts, applications, await ReadHomesAsync(reader, file));
    }

    private static async Task<Dictionary<int, string>> ReadHomesAsync(HubReader reader, HubFile file)
    {
        var homes = new Dictionary<int, string>();
        for (var i = 0; i < file.Users.Length; i++)
        {
            if (CanonicalName.Of(file.Users[i].UserName) is { } name && await Users.FindByNameAsync(reader, name) is { } user
                && (await Memberships.OfUserAsync(reader, user.Id)).SingleOrDefault(membership => membership.Home) is { } home)
            {
                homes.Add(i, home.AccountId);
            }
        }

        return homes;
    }
}
