using System.Security.Cryptography;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Sealing;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Persistence;

/// <summary>One transaction, and who acts in it. Every operation that changes something takes one, so several make one whole.</summary>
public sealed class HubTransaction : HubReader
{
    private static readonly Statement InsertAudit = new(
        """
        INSERT INTO "Audit" ("At", "Action", "ActorKind", "ActorId", "AccountId", "SubjectUserId", "SealedDetails")
        VALUES (@at, @action, @kind, @actor, @account, @subject, @details)
        """,
        "@at", "@action", "@kind", "@actor", "@account", "@subject", "@details");

    private static readonly Statement InsertOutbox = new(
        """
        INSERT INTO "Outbox" ("Kind", "Destination", "UserId", "SealedPayload", "CreatedAt", "NextAttemptAt", "Attempts")
        VALUES (@kind, @destination, @user, @payload, @now, @now, 0)
        """,
        "@kind", "@destination", "@user", "@payload", "@now");

    internal HubTransaction(HubConnection connection, Func<HubDb> openDb, Sealer sealer, DateTimeOffset now, Actor actor)
        : base(connection, openDb, sealer, now) => Actor = actor;

    public Actor Actor { get; }

    /// <summary>Set by <see cref="RollBack{T}"/>: the store undoes everything done in this transaction.</summary>
    internal bool IsRolledBack { get; private set; }

    /// <summary>Set when an outbox row was written: the store wakes the dispatcher right after the commit.</summary>
    internal bool HasOutbox { get; private set; }

    /// <summary>Has everything done so far in this transaction undone, and answers <paramref name="result"/>.</summary>
    public T RollBack<T>(T result)
    {
        IsRolledBack = true;
        return result;
    }

    /// <summary>Has the dispatcher look right after the commit, as for a row that was written.</summary>
    internal void WakeOutbox() => HasOutbox = true;

    private HashSet<object>? done;
    private NoticeLedger? noting;

    /// <summary>What is to be told by mail once the work is done.</summary>
    internal NoticeLedger Noting => noting ??= new();

    /// <summary>Runs the work, then queues the mails that it is to have told. Every store runs its work through here, within the transaction.</summary>
    internal Task<T> RunAsync<T>(Func<HubTransaction, Task<T>> work)
    {
        var running = work(this);
        return noting is null && running.IsCompletedSuccessfully ? running : FinishAsync(running);
    }

    private async Task<T> FinishAsync<T>(Task<T> running)
    {
        var result = await running;
        if (noting is not null && !IsRolledBack)
        {
            await noting.QueueAsync(this);
        }

        return result;
    }

    /// <summary>Whether this is the first time in this transaction that this is asked of it: several operations in one may have the same thing told.</summary>
    internal bool IsFirst(object key) => (done ??= []).Add(key);

    /// <summary>The user whose key was used last in this transaction, with the key: one change writes several entries about the same person.</summary>
    internal (string UserId, byte[] Key)? LastUserKey { get; set; }

    /// <summary>Writes out what is pending and lets go of every row read so far: a transaction with thousands of changes would otherwise look through all of them at each one.</summary>
    public async Task SettleAsync()
    {
        if (HasDb)
        {
            await Db.SaveChangesAsync();
            Db.ChangeTracker.Clear();
        }
    }

    /// <summary>Writes an audit entry. What is personal goes into <paramref name="details"/>, sealed with the subject's key.</summary>
    internal async Task AuditAsync(string action, string? accountId = null, string? subjectUserId = null, object? details = null)
    {
        await FlushAsync();
        byte[]? sealedDetails = null;
        if (details is not null)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(details, details.GetType());
            sealedDetails = subjectUserId is null ? Sealer.Seal("audit", action, json) : UserSealing.Seal(this, subjectUserId, "audit:" + action, json);
        }

        Connection.Execute(InsertAudit, Now.ToUnixTimeMilliseconds(), action, Actor.Kind, Actor.Id, accountId, subjectUserId, sealedDetails);
    }

    /// <summary>Writes out what EF Core still holds back, where it was used at all: before a statement that goes past it.</summary>
    internal Task FlushAsync() => HasDb ? Db.SaveChangesAsync() : Task.CompletedTask;

    /// <summary>Has EF Core read again what it holds of a member and their user, after a statement that went past it. Costs nothing where EF Core was not used.</summary>
    internal async Task RefreshAsync(string membershipId, string userId)
    {
        if (HasDb && Db.Memberships.Local.FindEntry(membershipId) is { } membership)
        {
            await membership.ReloadAsync();
        }

        await RefreshAsync(userId, withMemberships: false);
    }

    /// <inheritdoc cref="RefreshAsync(string, string)"/>
    internal async Task RefreshAsync(string userId, bool withMemberships)
    {
        if (HasDb && Db.Users.Local.FindEntry(userId) is { } user)
        {
            await user.ReloadAsync();
        }

        foreach (var membership in HasDb && withMemberships ? Db.ChangeTracker.Entries<Membership>().Where(entry => entry.Entity.UserId == userId).ToList() : [])
        {
            await membership.ReloadAsync();
        }
    }

    /// <summary>Queues something that must leave the hub once this transaction is durable.</summary>
    /// <param name="kind">Which handler sends it.</param>
    /// <param name="destination">Whose back-off it shares.</param>
    /// <param name="userId">The user it is about, with whom it goes.</param>
    /// <param name="payload">Sealed until it has left.</param>
    internal async Task EnqueueAsync(string kind, string destination, string? userId, object payload)
    {
        await FlushAsync();
        HasOutbox = true;
        var sealedPayload = Sealer.Seal("outbox", kind, JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType()));
        Connection.Execute(InsertOutbox, kind, destination, userId, sealedPayload, Now.ToUnixTimeMilliseconds());
    }
}

/// <summary>Sealing with a user's own key, which dies with the user.</summary>
internal static class UserSealing
{
    private static readonly Statement FindKey = new("""SELECT "SealedKey" FROM "UserKeys" WHERE "UserId" = @user""", "@user");

    private static readonly Statement InsertKey = new("""INSERT INTO "UserKeys" ("UserId", "SealedKey") VALUES (@user, @key)""", "@user", "@key");

    public static byte[] Seal(HubTransaction transaction, string userId, string place, byte[] plain)
    {
        using var cipher = Sealer.CipherOf(KeyOf(transaction, userId));
        return Sealer.Seal(cipher, place, plain);
    }

    /// <returns>Null once the user's key is gone.</returns>
    public static async Task<byte[]?> OpenAsync(HubReader reader, string userId, string place, byte[] sealedBytes)
    {
        var row = await reader.Db.UserKeys.AsNoTracking().SingleOrDefaultAsync(key => key.UserId == userId);
        if (row is null)
        {
            return null;
        }

        using var cipher = Sealer.CipherOf(Unseal(reader, row.UserId, row.SealedKey));
        return Sealer.Open(cipher, place, sealedBytes);
    }

    /// <returns>The user's key, to open several things with; null once it is gone.</returns>
    public static async Task<byte[]?> OpenKeyAsync(HubReader reader, string userId) =>
        await reader.Db.UserKeys.AsNoTracking().SingleOrDefaultAsync(key => key.UserId == userId) is { } row ? Unseal(reader, row.UserId, row.SealedKey) : null;

    public static byte[]? Open(byte[] key, string place, byte[] sealedBytes)
    {
        using var cipher = Sealer.CipherOf(key);
        return Sealer.Open(cipher, place, sealedBytes);
    }

    private static byte[] KeyOf(HubTransaction transaction, string userId)
    {
        if (transaction.LastUserKey is { } last && last.UserId == userId)
        {
            return last.Key;
        }

        var key = transaction.Connection.Scalar(FindKey, userId) is byte[] present ? Unseal(transaction, userId, present) : Add(transaction, userId);
        transaction.LastUserKey = (userId, key);
        return key;
    }

    private static byte[] Add(HubTransaction transaction, string userId)
    {
        var fresh = RandomNumberGenerator.GetBytes(Sealer.KeyLength);
        transaction.Connection.Execute(InsertKey, userId, transaction.Sealer.Seal("user-key", userId, fresh));
        return fresh;
    }

    private static byte[] Unseal(HubReader reader, string userId, byte[] sealedKey) =>
        reader.Sealer.Open("user-key", userId, sealedKey)
        ?? throw new CryptographicException("A user's key does not open under this hub's root key.");
}
