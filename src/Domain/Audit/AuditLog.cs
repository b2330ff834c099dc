using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Audit;

/// <summary>Writes the audit: each entry at the end of the chain.</summary>
internal static class AuditLog
{
    /// <summary>The action of the entry that tells of an erasure.</summary>
    public const string Erasure = "audit.erased";

    /// <summary>Read anew for each entry: what a savepoint took back was never the head. A row without a hash is older than the chain.</summary>
    private static readonly Statement Head = new("""SELECT "Hash" FROM "Audit" ORDER BY "Sequence" DESC LIMIT 1""");

    private static readonly Statement Home = new("""SELECT "AccountId" FROM "Memberships" WHERE "UserId" = @user AND "Home" """, "@user");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Audit" ("At", "Action", "ActorKind", "ActorId", "ActorSalt", "AccountId", "SubjectUserId", "SubjectSalt", "SealedDetails", "SealedOrigin", "Digests", "Hash")
        VALUES (@at, @action, @kind, @actor, @actorSalt, @account, @subject, @subjectSalt, @details, @origin, @digests, @hash)
        """,
        "@at", "@action", "@kind", "@actor", "@actorSalt", "@account", "@subject", "@subjectSalt", "@details", "@origin", "@digests", "@hash");

    private static readonly Statement CountSubject = new("""SELECT count(*) FROM "Audit" WHERE "SubjectUserId" = @user AND "Digests" IS NOT NULL""", "@user");

    private static readonly Statement CountActor = new(
        """SELECT count(*) FROM "Audit" WHERE "ActorKind" = 'person' AND "ActorId" = @user AND "Digests" IS NOT NULL""", "@user");

    private static readonly Statement EraseSubject = new(
        """UPDATE "Audit" SET "SubjectUserId" = NULL, "SubjectSalt" = NULL, "SealedDetails" = NULL WHERE "SubjectUserId" = @user""", "@user");

    private static readonly Statement EraseActor = new(
        """UPDATE "Audit" SET "ActorId" = NULL, "ActorSalt" = NULL, "SealedOrigin" = NULL WHERE "ActorKind" = 'person' AND "ActorId" = @user""", "@user");

    /// <summary>Where origins are sealed to: the action is part of it, as with details.</summary>
    public static string OriginPlace(string action) => "audit-origin:" + action;

    public static string DetailsPlace(string action) => "audit:" + action;

    public static void Append(HubTransaction transaction, string action, string? accountId, string? subjectUserId, object? details)
    {
        var person = transaction.Actor as Actor.Person;
        var isErased = person is not null && person.UserId == transaction.ErasedUserId;
        var entry = new AuditEntry
        {
            At = transaction.Now,
            Action = action,
            ActorKind = transaction.Actor.Kind,
            ActorId = isErased ? null : transaction.Actor.Id,
            ActorSalt = person is null || isErased ? null : RandomNumberGenerator.GetBytes(AuditChain.SaltLength),
            AccountId = accountId ?? (subjectUserId is null ? null : HomeOf(transaction, subjectUserId)),
            SubjectUserId = subjectUserId,
            SubjectSalt = subjectUserId is null ? null : RandomNumberGenerator.GetBytes(AuditChain.SaltLength),
            SealedDetails = details is null ? null : SealDetails(transaction, action, subjectUserId, details),
            SealedOrigin = person?.From is { } from && !isErased
                ? UserSealing.SealForActor(transaction, person.UserId, OriginPlace(action), Encoding.UTF8.GetBytes(from))
                : null,
        };
        var at = entry.At.ToUnixTimeMilliseconds();
        var digests = AuditChain.DigestsOf(entry);
        var head = transaction.Connection.Scalar(Head) as byte[];
        var hash = AuditChain.HashOf(transaction.Sealer.KeyFor(AuditChain.KeyPurpose), head, new(at, action, entry.ActorKind, entry.AccountId, digests));
        transaction.Connection.Execute(
            Insert, at, action, entry.ActorKind, entry.ActorId, entry.ActorSalt, entry.AccountId, entry.SubjectUserId, entry.SubjectSalt, entry.SealedDetails,
            entry.SealedOrigin, digests, hash);
        if (head is null)
        {
            AuditBeginning.Keep(transaction);
        }
    }

    /// <summary>
    /// Takes a person out of the audit: that something happened stays, and that the entries are whole can still be shown. An entry in the chain says out of how many,
    /// so that nobody else can take people out.
    /// </summary>
    public static async Task EraseAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        var erased = new AuditErasure((long)transaction.Connection.Scalar(CountActor, userId)!, (long)transaction.Connection.Scalar(CountSubject, userId)!);
        transaction.Connection.Execute(EraseSubject, userId);
        transaction.Connection.Execute(EraseActor, userId);
        transaction.ErasedUserId = userId;
        await transaction.AuditAsync(Erasure, details: erased);
    }

    private static byte[] SealDetails(HubTransaction transaction, string action, string? subjectUserId, object details)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(details, details.GetType());
        return subjectUserId is null ? transaction.Sealer.Seal("audit", action, json) : UserSealing.Seal(transaction, subjectUserId, DetailsPlace(action), json);
    }

    /// <summary>What is done to a person is their home account's to know, where no other was named.</summary>
    private static string? HomeOf(HubTransaction transaction, string userId)
    {
        if (transaction.LastHome is { } last && last.UserId == userId)
        {
            return last.AccountId;
        }

        if (transaction.Connection.Scalar(Home, userId) is not string home)
        {
            return null;
        }

        transaction.LastHome = (userId, home);
        return home;
    }
}
