using System.Collections.Frozen;
using System.Text.Json;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.IdP.Keys;

/// <summary>The hub's signing keys in memory: what signs now, what is published, what still verifies. Read again every few seconds, so a rotation needs no restart.</summary>
internal sealed class KeyRing(IHubStore store, TimeProvider time)
{
    private static readonly TimeSpan RereadInterval = TimeSpan.FromSeconds(10);

    private volatile Snapshot snapshot = new([], default);
    private int rereading;

    /// <summary>The credentials with which tokens of this algorithm are signed at this moment.</summary>
    public SigningCredentials SigningCredentials(string algorithm)
    {
        var now = time.GetUtcNow();
        RereadIfDue(now);
        return snapshot.Signing(algorithm, now)
            ?? throw new InvalidOperationException($"There is no signing key for {algorithm}: the key ring was used before it was opened.");
    }

    /// <returns>The public key of this id that is or was published, for verifying what the hub signed itself; otherwise null.</returns>
    public SecurityKey? VerificationKey(string kid, bool evenIfGone)
    {
        var now = time.GetUtcNow();
        RereadIfDue(now);
        return snapshot.ById.GetValueOrDefault(kid) is { } held && (evenIfGone || held.Key.PhaseAt(now) != SigningKeyPhase.Gone) ? held.PublicKey : null;
    }

    /// <summary>The JSON Web Key Set of this moment, as UTF-8 (RFC 7517 §5).</summary>
    public byte[] PublishedSet()
    {
        var now = time.GetUtcNow();
        RereadIfDue(now);
        return snapshot.PublishedSet(now);
    }

    /// <summary>Whether the ring can sign with every algorithm that it advertises.</summary>
    public bool IsReady => Algorithms.All.All(algorithm => snapshot.Signing(algorithm, time.GetUtcNow()) is not null);

    /// <returns>Null when every key opened; otherwise the id of one that did not.</returns>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        switch (await store.ReadAsync(SigningKeys.ReadAsync, cancellationToken))
        {
            case SigningKeys.ReadResult.Read read:
                snapshot = new([.. read.Keys.Select(opened => snapshot.Reuse(opened))], time.GetUtcNow());
                return null;
            case SigningKeys.ReadResult.Unreadable unreadable:
                return unreadable.KeyId;
            default:
                throw new InvalidOperationException("The result is closed.");
        }
    }

    /// <summary>Reads again beside the request that noticed; until then the keys at hand go on, which is right: a key is announced long before it signs.</summary>
    private void RereadIfDue(DateTimeOffset now)
    {
        if (now - snapshot.ReadAt < RereadInterval || Interlocked.Exchange(ref rereading, 1) == 1)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await ReadAsync(CancellationToken.None);
            }
            finally
            {
                Volatile.Write(ref rereading, 0);
            }
        });
    }

    private sealed record Held(SigningKey Key, SecurityKey PublicKey, SigningCredentials? Credentials);

    private sealed class Snapshot(IReadOnlyList<Held> keys, DateTimeOffset readAt)
    {
        private (string Phases, byte[] Bytes)? published;

        public DateTimeOffset ReadAt => readAt;

        public FrozenDictionary<string, Held> ById { get; } = keys.ToFrozenDictionary(held => held.Key.Id, StringComparer.Ordinal);

        /// <summary>Opened keys are kept over rereads: a signature provider is made once per key, not every few seconds.</summary>
        public Held Reuse(SigningKeys.Opened opened) => ById.TryGetValue(opened.Key.Id, out var held)
            ? held with { Key = opened.Key, Credentials = opened.PrivateKey is null ? null : held.Credentials }
            : new(
                opened.Key, KeyMaterial.PublicKeyOf(opened.Key),
                opened.PrivateKey is null ? null : KeyMaterial.SigningCredentialsOf(opened.Key, opened.PrivateKey));

        public SigningCredentials? Signing(string algorithm, DateTimeOffset now)
        {
            Held? latest = null;
            foreach (var held in keys)
            {
                if (held.Credentials is not null && held.Key.Algorithm == algorithm && held.Key.PhaseAt(now) == SigningKeyPhase.Signing
                    && (latest is null || held.Key.SignsFrom >= latest.Key.SignsFrom))
                {
                    latest = held;
                }
            }

            return latest?.Credentials;
        }

        public byte[] PublishedSet(DateTimeOffset now)
        {
            var phases = string.Concat(keys.Select(held => (char)('0' + (int)held.Key.PhaseAt(now))));
            if (published is { } present && present.Phases == phases)
            {
                return present.Bytes;
            }

            var bytes = Write(keys.Where(held => held.Key.PhaseAt(now) != SigningKeyPhase.Gone));
            published = (phases, bytes);
            return bytes;
        }

        private static byte[] Write(IEnumerable<Held> published)
        {
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteStartArray("keys");
                foreach (var held in published)
                {
                    var key = JsonWebKeyConverter.ConvertFromSecurityKey(held.PublicKey);
                    json.WriteStartObject();
                    json.WriteString("kty", key.Kty);
                    json.WriteString("use", "sig");
                    json.WriteString("alg", held.Key.Algorithm);
                    json.WriteString("kid", held.Key.Id);
                    foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("crv", key.Crv), ("x", key.X), ("y", key.Y), ("n", key.N), ("e", key.E)])
                    {
                        if (value is { Length: > 0 })
                        {
                            json.WriteString(name, value);
                        }
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            return stream.ToArray();
        }
    }
}
