using System.Text.Json;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Sessions;

/// <summary>A session as its owner sees it.</summary>
/// <param name="Handle">By which the owner ends it: no way to the session's id, nor to the cookie.</param>
/// <param name="Device">The browser in words; null where nothing was recorded.</param>
/// <param name="Network">The network, roughly; null where it is not known.</param>
/// <param name="StartedAt">When the person signed in there first.</param>
/// <param name="LastSeenAt">Of the last use, to the minute.</param>
/// <param name="AuthTime">When they last proved who they are there.</param>
/// <param name="Amr">What they proved, as RFC 8176 values separated by spaces.</param>
/// <param name="IsThis">Whether it is the session in which the question is asked.</param>
public sealed record OwnSession(
    string Handle, string? Device, string? Network, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, DateTimeOffset AuthTime, string Amr, bool IsThis);

/// <summary>A person's own sessions: seen, and ended one by one or all but one.</summary>
public static class OwnSessions
{
    /// <summary>More than anybody has; a program that signs in again and again is not listed to its end.</summary>
    private const int Most = 200;

    private const string HandleOf = "own sessions";

    /// <returns>Every session of the user that is good now, this one first, then the last used.</returns>
    /// <param name="reader">Where to read.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="thisSessionId">The session in which the question is asked; null for none.</param>
    public static async Task<IReadOnlyList<OwnSession>> ListAsync(HubReader reader, string userId, string? thisSessionId)
    {
        var rows = await Open(reader, userId).AsNoTracking().OrderByDescending(row => row.LastSeenAt).Take(Most).ToListAsync();
        var key = rows.Exists(row => row.SealedDevice is not null) ? await UserSealing.OpenKeyAsync(reader, userId) : null;
        var sessions = rows.Select(row =>
        {
            var device = key is not null && row.SealedDevice is { } sealedDevice ? SessionSealing.Open(key, row.Id, sealedDevice) : null;
            return new OwnSession(
                LogoutNotices.SidFor(row.Id, HandleOf), device?.Words, device?.Network, row.StartedAt, row.LastSeenAt, row.AuthTime, row.Amr, row.Id == thisSessionId);
        });
        return [.. sessions.OrderByDescending(session => session.IsThis)];
    }

    /// <summary>Ends one session of a user's own. Its apps are told.</summary>
    /// <returns>False when the user has no such open session.</returns>
    public static async Task<bool> EndAsync(HubTransaction transaction, string userId, string handle)
    {
        var ids = await Open(transaction, userId).Select(row => row.Id).ToListAsync();
        return ids.Find(id => LogoutNotices.SidFor(id, HandleOf) == handle) is { } sessionId && await Sessions.EndAsync(transaction, sessionId, "ended by its owner");
    }

    /// <summary>Ends every session of a user but one. Their apps are told.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> EndOthersAsync(HubTransaction transaction, string userId, string? keptSessionId)
    {
        var ids = await Open(transaction, userId).Where(row => row.Id != keptSessionId).Select(row => row.Id).ToListAsync();
        foreach (var id in ids)
        {
            await Sessions.EndAsync(transaction, id, "ended by its owner");
        }

        return ids.Count;
    }

    internal static IQueryable<Session> Open(HubReader reader, string userId) =>
        reader.Db.Sessions.Where(row =>
            row.UserId == userId && row.EndedAt == null && row.EndsAt > reader.Now
            && reader.Db.Users.Any(user => user.Id == userId && user.Epoch == row.UserEpoch));
}

/// <summary>Seals what is known of a session's browser, which is personal, with the user's own key.</summary>
internal static class SessionSealing
{
    public static byte[]? Seal(HubTransaction transaction, string userId, string sessionId, SessionDevice? device) =>
        device is null ? null : UserSealing.Seal(transaction, userId, Place(sessionId), JsonSerializer.SerializeToUtf8Bytes(device));

    /// <returns>Null where nothing was recorded, or the key is gone.</returns>
    public static SessionDevice? Open(byte[]? key, string sessionId, byte[]? sealedDevice) =>
        key is not null && sealedDevice is not null && UserSealing.Open(key, Place(sessionId), sealedDevice) is { } plain ? JsonSerializer.Deserialize<SessionDevice>(plain) : null;

    private static string Place(string sessionId) => "session:" + sessionId;
}
