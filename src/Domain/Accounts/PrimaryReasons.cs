using System.Text;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>Why requests for another Primary User were made, of many at once: two questions to the database, however many there are.</summary>
public static class PrimaryReasons
{
    /// <returns>The reasons by the requests' ids. A request of which the requester or the candidate is erased has none.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(HubReader reader, IReadOnlyCollection<string> requestIds)
    {
        var rows = await reader.Db.PrimaryRequests.AsNoTracking().Where(row => requestIds.Contains(row.Id) && row.SealedWhy != null && row.CandidateUserId != null).ToListAsync();
        var people = rows.SelectMany(row => new[] { row.CandidateUserId, row.RequestedByUserId }).OfType<string>().Distinct().ToArray();
        var keys = await UserSealing.OpenKeysAsync(reader, people);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var inner = row.RequestedByUserId is { } requester ? Open(keys, requester, row, row.SealedWhy) : row.SealedWhy;
            if (Open(keys, row.CandidateUserId!, row, inner) is { } text)
            {
                reasons.Add(row.Id, Encoding.UTF8.GetString(text));
            }
        }

        return reasons;
    }

    private static byte[]? Open(IReadOnlyDictionary<string, byte[]> keys, string userId, PrimaryRequest request, byte[]? sealedBytes) =>
        sealedBytes is not null && keys.TryGetValue(userId, out var key) ? UserSealing.Open(key, PrimaryRequests.PlaceOf(request), sealedBytes) : null;
}
