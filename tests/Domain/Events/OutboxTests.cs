using IdentityHub.Domain.Events;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Events;

public sealed class OutboxTests : HubTests
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await AddAsync("mail", "a.example");
        await AddAsync("mail", "b.example", row => (row.LastError, row.Attempts, row.NextAttemptAt) = ("421 busy", 3, row.NextAttemptAt.AddHours(1)));
        await AddAsync("mail", "c.example", row => (row.LastError, row.Attempts, row.DeadAt) = ("550 no", 1, row.CreatedAt), blank: true);
        await AddAsync("mail", "d.example", row => (row.LastError, row.Attempts, row.DeadAt) = ("timed out", 40, row.CreatedAt));
        await AddAsync("mail", "e.example", row => row.DeliveredAt = row.CreatedAt, blank: true);
        await AddAsync("backchannel-logout", "portal");
    }

    [Fact]
    public async Task Queues_are_counted_without_what_was_delivered()
    {
        var queues = await Hub.ReadAsync(Outbox.QueuesAsync);
        Assert.Equal([new("backchannel-logout", 1, 0, 0, Hub.Time.Now), new("mail", 1, 1, 2, Hub.Time.Now)], queues);
    }

    [Fact]
    public async Task Messages_are_listed_without_what_they_say()
    {
        var all = await ListAsync(null, null);
        Assert.Equal(["a.example", "b.example", "c.example", "d.example", "portal"], all.Select(line => line.Destination));
        Assert.Equal([OutboxState.Waiting, OutboxState.Failing, OutboxState.Dead, OutboxState.Dead, OutboxState.Waiting], all.Select(line => line.State));
        Assert.Equal([true, true, false, true, true], all.Select(line => line.CanBeSent));
        Assert.Equal(["c.example", "d.example"], (await ListAsync("mail", OutboxState.Dead)).Select(line => line.Destination));
        Assert.Equal(["b.example"], (await ListAsync(null, OutboxState.Failing)).Select(line => line.Destination));
        Assert.Equal(["portal"], (await Hub.ReadAsync(reader => Outbox.ListAsync(reader, null, null, all[3].Sequence, 10))).Select(line => line.Destination));
    }

    [Fact]
    public async Task What_failed_or_was_given_up_is_sent_again_now_and_what_is_blank_is_not()
    {
        var lines = (await ListAsync(null, null)).ToDictionary(line => line.Destination);
        Assert.True(await AgainAsync(lines["b.example"].Sequence));
        Assert.True(await AgainAsync(lines["d.example"].Sequence));
        Assert.False(await AgainAsync(lines["c.example"].Sequence));
        Assert.False(await AgainAsync(9999));
        var after = (await ListAsync(null, null)).ToDictionary(line => line.Destination);
        Assert.Equal(Hub.Time.Now, after["b.example"].NextAttemptAt);
        Assert.Equal((OutboxState.Failing, Hub.Time.Now), (after["d.example"].State, after["d.example"].NextAttemptAt));
        Assert.Equal(OutboxState.Dead, after["c.example"].State);
    }

    [Fact]
    public async Task A_whole_queue_is_pushed_on()
    {
        Assert.Equal(1, await Hub.WriteAsync(transaction => Outbox.SendAllAgainAsync(transaction, "mail")));
        Assert.Equal(0, await Hub.WriteAsync(transaction => Outbox.SendAllAgainAsync(transaction, "mail")));
        Assert.Equal(0, await Hub.WriteAsync(transaction => Outbox.SendAllAgainAsync(transaction, "backchannel-logout")));
    }

    [Fact]
    public async Task Keys_are_listed_without_their_private_parts_and_rotated_once_at_a_time()
    {
        Assert.True(await KeyRotation.RotateAllAsync(Hub.Store, TestHub.Tester, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal([SigningKeyPhase.Signing, SigningKeyPhase.Signing], (await Hub.ReadAsync(KeyRotation.ListAsync)).Select(key => key.Phase));
        Assert.True(await KeyRotation.RotateAllAsync(Hub.Store, TestHub.Tester, KeyRotation.AnnouncedByCommand, CancellationToken.None));
        Assert.False(await KeyRotation.RotateAllAsync(Hub.Store, TestHub.Tester, KeyRotation.AnnouncedByCommand, CancellationToken.None));
        Assert.Equal(["ES256", "RS256", "ES256", "RS256"], (await Hub.ReadAsync(KeyRotation.ListAsync)).Select(key => key.Algorithm));
        Hub.Time.Advance(KeyRotation.AnnouncedByCommand);
        Assert.Equal(
            [SigningKeyPhase.Signing, SigningKeyPhase.Signing, SigningKeyPhase.Retired, SigningKeyPhase.Retired], (await Hub.ReadAsync(KeyRotation.ListAsync)).Select(key => key.Phase));
    }

    private Task<IReadOnlyList<OutboxLine>> ListAsync(string? kind, OutboxState? state) => Hub.ReadAsync(reader => Outbox.ListAsync(reader, kind, state, 0, 10));

    private Task<bool> AgainAsync(long sequence) => Hub.WriteAsync(transaction => Outbox.SendAgainAsync(transaction, sequence));

    private Task AddAsync(string kind, string destination, Action<OutboxMessage>? change = null, bool blank = false) => Hub.WriteAsync(async (HubTransaction transaction) =>
    {
        await transaction.EnqueueAsync(kind, destination, null, new { secret = "nothing that anybody sees" });
        var row = await transaction.Db.Outbox.OrderByDescending(message => message.Sequence).FirstAsync();
        change?.Invoke(row);
        row.SealedPayload = blank ? null : row.SealedPayload;
        await transaction.Db.SaveChangesAsync();
    });
}
