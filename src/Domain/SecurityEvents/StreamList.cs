using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>A stream as the operator sees it: never what goes over it, nor about whom.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ClientId">Its receiver.</param>
/// <param name="ClientName">What the receiver is called; null where it has no name.</param>
/// <param name="AccountName">The one account of whose members it hears; null for everybody.</param>
/// <param name="PushedTo">Host and port of the address that events are pushed to; null where they are polled.</param>
/// <param name="Status">Whether it transmits.</param>
/// <param name="Reason">Why it has that status; null where nobody said.</param>
/// <param name="Waiting">How many events wait to be sent or fetched.</param>
/// <param name="GivenUp">How many could not be delivered, or were refused.</param>
/// <param name="LastError">Why the last of those that failed did; null where none failed.</param>
public sealed record StreamLine(
    string Id, string ClientId, string? ClientName, string? AccountName, string? PushedTo, StreamStatus Status, string? Reason, int Waiting, int GivenUp, string? LastError);

/// <summary>Streams seen and stopped by the operator.</summary>
public static class StreamList
{
    /// <returns>Every stream, by its client.</returns>
    public static async Task<IReadOnlyList<StreamLine>> ReadAsync(HubReader reader)
    {
        var db = reader.Db;
        var rows = await (
            from stream in db.EventStreams.AsNoTracking()
            join client in db.Clients on stream.ClientId equals client.Id
            join account in db.Accounts on client.AccountId equals account.Id into accounts
            from account in accounts.DefaultIfEmpty()
            orderby stream.ClientId
            select new { Stream = stream, client.Name, AccountName = account == null ? null : account.Name }).ToListAsync();
        var lines = new List<StreamLine>();
        foreach (var row in rows)
        {
            var stream = row.Stream;
            var left = db.Outbox.Where(message => message.Kind == SecurityEvent.Kind && message.DeliveredAt == null && message.Destination == stream.Id);
            lines.Add(new(
                stream.Id, stream.ClientId, row.Name, row.AccountName, stream.PushEndpoint is { } address ? new Uri(address).Authority : null, stream.Status, stream.StatusReason,
                await left.CountAsync(message => message.DeadAt == null) + await db.PolledEvents.CountAsync(waiting => waiting.StreamId == stream.Id),
                await left.CountAsync(message => message.DeadAt != null),
                await left.Where(message => message.LastError != null).OrderByDescending(message => message.Sequence).Select(message => message.LastError).FirstOrDefaultAsync()));
        }

        return lines;
    }

    /// <summary>Gives a stream another status and tells its receiver. What the operator stopped, the receiver cannot start.</summary>
    /// <returns>False when there is no such stream.</returns>
    public static async Task<bool> SetStatusAsync(HubTransaction transaction, string streamId, StreamStatus status)
    {
        if (await FindAsync(transaction, streamId) is not { } stream)
        {
            return false;
        }

        await EventStreams.SetStatusAsync(transaction, stream, status, status == StreamStatus.Enabled ? null : EventStreams.StoppedByOperator, byReceiver: false);
        return true;
    }

    /// <summary>Deletes a stream with what waits for it. The receiver may make another.</summary>
    /// <returns>False when there is no such stream.</returns>
    public static async Task<bool> DeleteAsync(HubTransaction transaction, string streamId)
    {
        if (await FindAsync(transaction, streamId) is not { } stream)
        {
            return false;
        }

        await EventStreams.DeleteAsync(transaction, stream);
        return true;
    }

    private static async Task<StreamView?> FindAsync(HubTransaction transaction, string streamId) =>
        await transaction.Db.EventStreams.AsNoTracking().SingleOrDefaultAsync(row => row.Id == streamId) is { } row ? EventStreams.View(row) : null;
}
