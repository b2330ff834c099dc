using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.RelyingParty.Discovery;

/// <summary>The hub's discovery document and keys, fetched when first needed and kept for an hour.</summary>
internal sealed partial class ProviderDirectory(
    HubHttp http, RelyingPartySettings settings, TimeProvider time, ILogger<ProviderDirectory> logger) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>An unknown <c>kid</c> costs an attacker nothing to send, so it makes us fetch at most this often.</summary>
    private static readonly TimeSpan KeyRefetch = TimeSpan.FromSeconds(30);

    /// <summary>While the hub is down, requests do not queue up behind its time limit.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1);
    private volatile Snapshot? current;
    private (DateTimeOffset At, HubUnreachableException Fault)? failed;

    private sealed record Snapshot(ProviderMetadata Metadata, DateTimeOffset FetchedAt, IReadOnlyList<JsonWebKey> Keys, DateTimeOffset KeysFetchedAt);

    public void Dispose() => gate.Dispose();

    /// <exception cref="HubUnreachableException">The hub has given no usable document within the last day.</exception>
    public async Task<ProviderMetadata> GetAsync(CancellationToken cancellationToken) =>
        (await SnapshotAsync(cancellationToken)).Metadata;

    /// <summary>The hub's key for a signature; an unknown one is looked for once more at the hub, rate limited.</summary>
    /// <remarks>Without an id, only while the hub publishes one key that fits (OpenID Connect Core 1.0 section 10.1).</remarks>
    public async Task<JsonWebKey?> FindKeyAsync(string? keyId, string algorithm, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(cancellationToken);
        return SigningKeys.Find(snapshot.Keys, keyId, algorithm)
            ?? SigningKeys.Find(await RefetchKeysAsync(snapshot, cancellationToken), keyId, algorithm);
    }

    private async Task<Snapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        if (current is { } known && Age(known) < Fresh)
        {
            return known;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            if (current is { } fetchedMeanwhile && Age(fetchedMeanwhile) < Fresh)
            {
                return fetchedMeanwhile;
            }

            return current = await FetchAsync(cancellationToken);
        }
        catch (HubUnreachableException fault) when (current is { } old && Age(old) < Stale)
        {
            LogStale(logger, fault.Message);
            return old;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Snapshot> FetchAsync(CancellationToken cancellationToken)
    {
        if (failed is { } last && time.GetUtcNow() - last.At < Pause)
        {
            throw new HubUnreachableException(last.Fault.Message, last.Fault);
        }

        try
        {
            var document = await http.GetAsync(new Uri(settings.Authority + "/.well-known/openid-configuration"), cancellationToken);
            var metadata = ProviderMetadata.Read(document, settings);
            var keys = SigningKeys.Read(await http.GetAsync(metadata.Keys, cancellationToken));
            failed = null;
            return new Snapshot(metadata, time.GetUtcNow(), keys, time.GetUtcNow());
        }
        catch (HubUnreachableException fault)
        {
            failed = (time.GetUtcNow(), fault);
            throw;
        }
    }

    private async Task<IReadOnlyList<JsonWebKey>> RefetchKeysAsync(Snapshot seen, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            var known = current ?? seen;
            if (known.KeysFetchedAt != seen.KeysFetchedAt || now - known.KeysFetchedAt < KeyRefetch)
            {
                return known.Keys;
            }

            // Counted before the call, so that a failing hub is not asked more often than a working one.
            current = known = known with { KeysFetchedAt = now };
            var keys = SigningKeys.Read(await http.GetAsync(known.Metadata.Keys, cancellationToken));
            current = known with { Keys = keys };
            return keys;
        }
        finally
        {
            gate.Release();
        }
    }

    private TimeSpan Age(Snapshot snapshot) => time.GetUtcNow() - snapshot.FetchedAt;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The hub's discovery document could not be refreshed; the last one stays in use: {Reason}")]
    private static partial void LogStale(ILogger logger, string reason);
}
