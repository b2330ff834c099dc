using System.Security.Cryptography;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Persistence;

/// <summary>One transaction, and who acts in it. Every operation that changes something takes one, so several make one whole.</summary>
public sealed class HubTransaction : HubReader
{
    private static readonly Statement InsertOutbox = new(
        """
        INSERT INTO "Outbox" ("Kind", "Destination", "UserId", "RecipientUserId", "SealedPayload", "CreatedAt", "NextAttemptAt", "Attempts", "AboutKey")
        VALUES (@kind, @destination, @user, @recipient, @payload, @now, @next, 0, @about)
        """,
        "@kind", "@destination", "@user", "@recipient", "@payload", "@now", "@next", "@about");

    internal HubTransaction(HubConnection connection, Func<HubDb> openDb, Sealer sealer, DateTimeOffset now, Actor actor)
        : base(connection, openDb, sealer, now) => Actor = actor;

    public Actor Actor { get; }

    /// <summary>Set by <see cref="RollBack{T}"/>: the store undoes everything done in this transaction.</summary>
    internal bool IsRolledBack { get; private set; }

    /// <summary>Set when an outbox row was written: the store wakes the dispatcher right after the commit.</summary>
    internal bool HasOutbox { get; private set; }

    /// <summary>Set when an event was left for a receiver to fetch: the store wakes who waits for one right after the commit.</summary>
    internal bool HasPolled { get; private set; }

    /// <summary>The receivers of security events, once they were asked for.</summary>
    internal Receivers? Receivers { get; set; }

    /// <summary>Has everything done so far in this transaction undone, and answers <paramref name="result"/>.</summary>
    public T RollBack<T>(T result)
    {
        IsRolledBack = true;
        return result;
    }

    /// <summary>Has the dispatcher look right after the commit, as for a row that was written.</summary>
    internal void WakeOutbox() => HasOutbox = true;

    /// <summary>Has those who wait for events to fetch look right after the commit.</summary>
    internal void WakePolls() => HasPolled = true;

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

    /// <summary>Whether <see cref="IsFirst"/> was asked of this before.</summary>
    internal bool WasDone(object key) => done?.Contains(key) == true;

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

    /// <summary>The key of the user who acts, where it was used.</summary>
    internal byte[]? ActorKey { get; set; }

    /// <summary>The user whose home account was asked for last, with it.</summary>
    internal (string UserId, string AccountId)? LastHome { get; set; }

    /// <summary>The user whom this transaction has erased: nothing that it still writes may name them.</summary>
    internal string? ErasedUserId { get; set; }

    /// <summary>Writes an audit entry. What is personal goes into <paramref name="details"/>, sealed with the subject's key.</summary>
    /// <param name="action">What was done: a word of <see cref="AuditSentences"/>.</param>
    /// <param name="accountId">Where. Null: in the subject's home account, or in none.</param>
    /// <param name="subjectUserId">To whom, or null.</param>
    /// <param name="details">An object whose properties are facts; one with two values is what was before and what is now. Never a secret or its hash.</param>
    internal async Task AuditAsync(string action, string? accountId = null, string? subjectUserId = null, object? details = null)
    {
        await FlushAsync();
        AuditLog.Append(this, action, accountId, subjectUserId, details);
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
    /// <param name="recipientUserId">The user whom it goes to, where that is one: it goes with them as well.</param>
    /// <param name="notBefore">When it is due; null for at once.</param>
    /// <param name="aboutKey">The pseudonym under which an administrator follows it; null where nobody does.</param>
    internal async Task EnqueueAsync(
        string kind, string destination, string? userId, object payload, string? recipientUserId = null, DateTimeOffset? notBefore = null, string? aboutKey = null)
    {
        await FlushAsync();
        HasOutbox = true;
        var sealedPayload = Sealer.Seal("outbox", kind, JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType()));
        Connection.Execute(
            InsertOutbox, kind, destination, userId, recipientUserId, sealedPayload, Now.ToUnixTimeMilliseconds(), (notBefore ?? Now).ToUnixTimeMilliseconds(), aboutKey);
    }
}

/// <summary>Sealing with a user's own key, which dies with the user.</summary>
internal static class UserSealing
{
    private static readonly Statement FindKey = new("""SELECT "SealedKey" FROM "UserKeys" WHERE "UserId" = @user""", "@user");

    private static readonly Statement FindUser = new("""SELECT 1 FROM "Users" WHERE "Id" = @user""", "@user");

    private static readonly Statement InsertKey = new("""INSERT INTO "UserKeys" ("UserId", "SealedKey") VALUES (@user, @key)""", "@user", "@key");

    public static byte[] Seal(HubTransaction transaction, string userId, string place, byte[] plain)
    {
        using var cipher = Sealer.CipherOf(KeyOf(transaction, userId));
        return Sealer.Seal(cipher, place, plain);
    }

    /// <summary>Seals with the key of the user who acts.</summary>
    /// <returns>Null when the hub knows no such user.</returns>
    public static byte[]? SealForActor(HubTransaction transaction, string userId, string place, byte[] plain)
    {
        if (transaction.ActorKey is null && transaction.Connection.Scalar(FindKey, userId) is null && transaction.Connection.Scalar(FindUser, userId) is null)
        {
            return null;
        }

        using var cipher = Sealer.CipherOf(transaction.ActorKey ??= KeyOf(transaction, userId));
        return Sealer.Seal(cipher, place, plain);
    }

    /// <returns>The keys of these users, without those whose keys are gone or were never made. In one query.</returns>
    public static async Task<IReadOnlyDictionary<string, byte[]>> KeysOfAsync(HubReader reader, IReadOnlyCollection<string> userIds)
    {
        var rows = await reader.Db.UserKeys.AsNoTracking().Where(row => userIds.Contains(row.UserId)).ToListAsync();
        return rows.ToDictionary(row => row.UserId, row => Unseal(reader, row.UserId, row.SealedKey), StringComparer.Ordinal);
    }

    /// <returns>Null when it was not sealed with this key and for this place.</returns>
    /// <returns>The keys of these users, those that are gone left out.</returns>
    public static async Task<IReadOnlyDictionary<string, byte[]>> OpenKeysAsync(HubReader reader, IReadOnlyCollection<string> userIds) =>
        (await reader.Db.UserKeys.AsNoTracking().Where(key => userIds.Contains(key.UserId)).ToListAsync()).ToDictionary(row => row.UserId, row => Unseal(reader, row.UserId, row.SealedKey));

    public static byte[]? Open(byte[] key, string place, byte[] sealedBytes)
    {
        using var cipher = Sealer.CipherOf(key);
        return Sealer.Open(cipher, place, sealedBytes);
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

    internal static byte[] Unseal(HubReader reader, string userId, byte[] sealedKey) =>
        reader.Sealer.Open("user-key", userId, sealedKey)
        ?? throw new CryptographicException("A user's key does not open under this hub's root key.");
}
