using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Events;

/// <summary>Where it stands that an app is told of the end of somebody's access.</summary>
public enum DeliveryStanding
{
    /// <summary>The app was told, and said so.</summary>
    Told,

    /// <summary>It refused, or could not be told for a day.</summary>
    GivenUp,

    /// <summary>It is being told for the first time.</summary>
    Waiting,

    /// <summary>It could not be told so far, and is tried again.</summary>
    Failing,
}

/// <summary>What an app was told of the end of somebody's access.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Name">Its name; its id where it has none.</param>
/// <param name="Standing">Where it stands; the least settled where the app had several sessions.</param>
/// <param name="At">Told: when it last was. Given up: when. Otherwise when it was queued.</param>
/// <param name="NextAttemptAt">When it is tried next; null where it is not, or for the first time.</param>
/// <param name="Why">Why the last attempt failed; null where none did.</param>
public sealed record AppDelivery(string ClientId, string Name, DeliveryStanding Standing, DateTimeOffset At, DateTimeOffset? NextAttemptAt, string? Why)
{
    /// <summary>Nothing more happens by itself.</summary>
    public bool IsSettled => Standing is DeliveryStanding.Told or DeliveryStanding.GivenUp;
}

/// <summary>Which app was told when that somebody's access ended. Looked up by a pseudonym of the person, so that it can be seen of somebody who was deleted without saying who that was.</summary>
public static class Deliveries
{
    /// <summary>How long after a change its deliveries can be followed by who made it.</summary>
    public static readonly TimeSpan Followed = TimeSpan.FromHours(1);

    private const string Purpose = "deliveries";

    private sealed record Watch(string Key, DateTimeOffset At, DateTimeOffset Until);

    /// <summary>The person's pseudonym, under the hub's key.</summary>
    internal static string KeyOf(HubReader reader, string userId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(reader.Sealer.KeyFor("about-user"), Encoding.UTF8.GetBytes(userId)).AsSpan(0, 16));

    /// <summary>A word by which an account follows what this transaction had apps told about a user. It names nobody, not even to whom it is given.</summary>
    public static string Follow(HubTransaction transaction, string accountId, string userId)
    {
        var watch = new Watch(KeyOf(transaction, userId), transaction.Now, transaction.Now + Followed);
        return Base64Url.EncodeToString(transaction.Sealer.Seal(Purpose, accountId, JsonSerializer.SerializeToUtf8Bytes(watch)));
    }

    /// <returns>What the apps were told by the change that is followed, by name; null when the word is not this account's, or too old.</returns>
    public static async Task<IReadOnlyList<AppDelivery>?> FollowedAsync(HubReader reader, string accountId, string word)
    {
        if (word.Length > 1024 || !Base64Url.IsValid(word) || reader.Sealer.Open(Purpose, accountId, Base64Url.DecodeFromChars(word)) is not { } plain
            || JsonSerializer.Deserialize<Watch>(plain) is not { } watch || watch.Until <= reader.Now)
        {
            return null;
        }

        return await ReadAsync(reader, Of(reader, watch.Key).Where(row => row.CreatedAt == watch.At));
    }

    /// <returns>The newest that every app was told about the user, by name.</returns>
    public static Task<IReadOnlyList<AppDelivery>> OfUserAsync(HubReader reader, string userId) => ReadAsync(reader, Of(reader, KeyOf(reader, userId)));

    private static IQueryable<OutboxMessage> Of(HubReader reader, string key) =>
        reader.Db.Outbox.AsNoTracking().Where(row => row.AboutKey == key && row.Kind == LogoutNotices.Kind);

    private static async Task<IReadOnlyList<AppDelivery>> ReadAsync(HubReader reader, IQueryable<OutboxMessage> notices)
    {
        var rows = await notices.ToListAsync();
        var ids = rows.Select(row => row.Destination).Distinct().ToList();
        var names = await reader.Db.Clients.AsNoTracking().Where(client => ids.Contains(client.Id)).ToDictionaryAsync(client => client.Id, client => client.Name);
        var apps = rows.GroupBy(row => row.Destination, StringComparer.Ordinal).Select(app =>
        {
            // One change tells an app of each of the person's sessions there.
            var newest = app.Max(row => row.CreatedAt);
            return Sum(app.Key, names.GetValueOrDefault(app.Key) ?? app.Key, [.. app.Where(row => row.CreatedAt == newest)]);
        });
        return [.. apps.OrderBy(app => app.Name, StringComparer.OrdinalIgnoreCase).ThenBy(app => app.ClientId, StringComparer.Ordinal)];
    }

    private static AppDelivery Sum(string clientId, string name, IReadOnlyList<OutboxMessage> rows)
    {
        var last = rows.MaxBy(StandingOf)!;
        var standing = StandingOf(last);
        var at = standing switch
        {
            DeliveryStanding.Told => rows.Max(row => row.DeliveredAt)!.Value,
            DeliveryStanding.GivenUp => last.DeadAt!.Value,
            _ => last.CreatedAt,
        };
        return new(clientId, name, standing, at, standing == DeliveryStanding.Failing ? last.NextAttemptAt : null, last.LastError);
    }

    private static DeliveryStanding StandingOf(OutboxMessage row) => row switch
    {
        { DeliveredAt: not null } => DeliveryStanding.Told,
        { DeadAt: not null } => DeliveryStanding.GivenUp,
        { LastError: not null } => DeliveryStanding.Failing,
        _ => DeliveryStanding.Waiting,
    };
}
