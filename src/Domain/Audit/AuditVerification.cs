using System.Data.Common;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Audit;

/// <summary>Goes through the whole audit and says whether it is as it was written.</summary>
/// <remarks>
/// Found out: an entry that was changed, moved, put in or taken out of the middle, by whoever has no root key. Not found out from the database alone: that the newest entries were
/// taken away, all from some point on; nor that the chain was undone altogether, with the mark of its beginning. Against that, whoever runs the hub keeps the head (its number and hash)
/// elsewhere: a later run must still pass through it. What was written before there was a chain is counted and not vouched for.
/// </remarks>
public static class AuditVerification
{
    private const int Bite = 1000;

    private static readonly Statement Next = new(
        """
        SELECT "Sequence", "At", "Action", "ActorKind", "ActorId", "ActorSalt", "AccountId", "SubjectUserId", "SubjectSalt", "SealedDetails", "SealedOrigin", "Digests", "Hash"
        FROM "Audit" WHERE "Sequence" > @after ORDER BY "Sequence" LIMIT @most
        """,
        "@after", "@most");

    public enum Fault
    {
        /// <summary>Entries before this one are gone: their numbers are missing.</summary>
        Missing,

        /// <summary>The entry has no hash, or none of the right form, although the chain had begun.</summary>
        NotChained,

        /// <summary>The chain does not begin where the hub began it, or nothing says any more where that was. With number 0 where there is no chain left.</summary>
        WrongBeginning,

        /// <summary>The hash does not follow from the entry and the one before: one of them was changed, moved, put in or taken out.</summary>
        WrongHash,

        /// <summary>The hash is right, and what the entry says of people, details or origin is not what it said when that was made.</summary>
        WrongContent,
    }

    public abstract record Result
    {
        private Result() { }

        /// <param name="Entries">In the chain.</param>
        /// <param name="Older">Written before there was a chain.</param>
        /// <param name="Erased">Of the entries in the chain: those out of which a person was taken.</param>
        /// <param name="HeadSequence">The newest entry; null where there is none.</param>
        /// <param name="HeadHash">Its hash, in lower-case hexadecimal digits.</param>
        public sealed record Whole(long Entries, long Older, long Erased, long? HeadSequence, string? HeadHash) : Result;

        /// <param name="Sequence">The first entry that is not as it should be.</param>
        /// <param name="Fault">What is wrong with it.</param>
        /// <param name="Before">How many entries of the chain before it are right.</param>
        public sealed record Broken(long Sequence, Fault Fault, long Before) : Result;

        /// <summary>Every hash is right, and people were taken out of other numbers of entries than the hub says that it took them out of: somebody else did, or put them back.</summary>
        public sealed record NotErasedByHub(AuditErasure Found, AuditErasure Told) : Result;

        /// <summary>The chain is whole, and does not pass through the head that was kept: entries were taken away from its end.</summary>
        public sealed record HeadIsGone(long Sequence) : Result;
    }

    /// <summary>Reads a bite at a time: needs no more memory for a million entries than for a thousand, and holds nobody up.</summary>
    /// <param name="store">Where the audit is.</param>
    /// <param name="kept">A head that was kept from an earlier run; null for none.</param>
    /// <param name="cancellationToken">Gives up between bites.</param>
    public static async Task<Result> RunAsync(IHubStore store, (long Sequence, string Hash)? kept, CancellationToken cancellationToken)
    {
        var walk = new Walk(kept);
        bool more;
        do
        {
            more = await store.ReadAsync(reader => Task.FromResult(walk.Take(reader)), cancellationToken);
        }
        while (more);

        return walk.Result;
    }

    private sealed class Walk((long Sequence, string Hash)? kept)
    {
        private long entries;
        private long older;
        private long erased;
        private long last = long.MinValue;
        private byte[]? head;
        private bool isPassed;
        private Result? fault;
        private AuditBeginning beginning;
        private long? newestAtStart;

        // An erasure that commits meanwhile may reach entries that were read before it, and its own entry is read in any case: what was told at the start must be found,
        // and no more than what is told at the end.
        private AuditErasure found;
        private AuditErasure toldAtStart;
        private AuditErasure told;

        public Result Result => fault ?? (entries == 0 && beginning.IsKept ? new Result.Broken(0, Fault.WrongBeginning, 0)
            : !found.Covers(toldAtStart) || !told.Covers(found) ? new Result.NotErasedByHub(found, told)
            : kept is { } one && !isPassed ? new Result.HeadIsGone(one.Sequence)
            : new Result.Whole(entries, older, erased, head is null ? null : last, head is null ? null : Convert.ToHexStringLower(head)));

        /// <returns>Whether there is more to come.</returns>
        public bool Take(HubReader reader)
        {
            if (newestAtStart is null)
            {
                newestAtStart = AuditBeginning.NewestIn(reader);
                beginning = AuditBeginning.Read(reader);
            }

            using var row = reader.Connection.Bind(Next, last, Bite).ExecuteReader();
            var taken = 0;
            while (row.Read())
            {
                taken++;
                if (!Follow(Read(row), reader.Sealer))
                {
                    return false;
                }
            }

            return taken == Bite;
        }

        private bool Follow(AuditEntry entry, Sealer sealer)
        {
            if (entry is { Hash: null, Digests: null, Sequence: > 0 } && head is null && !(entry.Sequence >= beginning.Sequence))
            {
                older++;
            }
            else if (FaultOf(entry, sealer.KeyFor(AuditChain.KeyPurpose), out var gone) is { } wrong)
            {
                fault = new Result.Broken(entry.Sequence, wrong, entries);
                return false;
            }
            else
            {
                entries++;
                erased += gone == default ? 0 : 1;
                Count(gone, AuditErasure.ToldBy(entry, sealer), entry.Sequence);
                head = entry.Hash;
                isPassed |= kept is { } one && one.Sequence == entry.Sequence && string.Equals(one.Hash, Convert.ToHexStringLower(head!), StringComparison.OrdinalIgnoreCase);
            }

            last = entry.Sequence;
            return true;
        }

        private void Count(AuditErasure gone, AuditErasure tells, long sequence)
        {
            found = found.Plus(gone);
            told = told.Plus(tells);
            toldAtStart = sequence <= newestAtStart ? toldAtStart.Plus(tells) : toldAtStart;
        }

        private Fault? FaultOf(AuditEntry entry, byte[] key, out AuditErasure gone)
        {
            gone = default;
            if (head is not null && entry.Sequence != last + 1)
            {
                return Fault.Missing;
            }

            if (entry.Hash is not { Length: AuditChain.DigestLength } || entry.Digests is not { Length: 4 * AuditChain.DigestLength } digests)
            {
                return Fault.NotChained;
            }

            if (head is null && entry.Sequence != beginning.Sequence)
            {
                return Fault.WrongBeginning;
            }

            var hash = AuditChain.HashOf(key, head, new(entry.At.ToUnixTimeMilliseconds(), entry.Action, entry.ActorKind, entry.AccountId, digests));
            return !hash.AsSpan().SequenceEqual(entry.Hash) ? Fault.WrongHash
                : !AuditChain.Agrees(entry, out gone) ? Fault.WrongContent
                : null;
        }
    }

    private static AuditEntry Read(DbDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        At = row.Moment(1),
        Action = row.GetString(2),
        ActorKind = row.GetString(3),
        ActorId = row.Text(4),
        ActorSalt = row.Bytes(5),
        AccountId = row.Text(6),
        SubjectUserId = row.Text(7),
        SubjectSalt = row.Bytes(8),
        SealedDetails = row.Bytes(9),
        SealedOrigin = row.Bytes(10),
        Digests = row.Bytes(11),
        Hash = row.Bytes(12),
    };
}
