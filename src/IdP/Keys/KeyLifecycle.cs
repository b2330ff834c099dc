using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.Keys;

/// <summary>Has signing keys made, announced and replaced: announce → sign → retire → gone. From one to the next nothing needs to run; only the making does.</summary>
public sealed partial class KeyLifecycle : BackgroundService
{
    /// <summary>How long a key signs before its successor does.</summary>
    public static readonly TimeSpan SigningLifetime = TimeSpan.FromDays(90);

    /// <summary>How long a key is published before it signs: longer than anyone caches the key set.</summary>
    public static readonly TimeSpan AnnouncedBefore = TimeSpan.FromHours(24);

    private static readonly Actor Self = new Actor.Hub("key rotation");

    private static readonly TimeSpan CheckInterval = TimeSpan.FromHours(1);

    private readonly IHubStore store;
    private readonly KeyRing ring;
    private readonly TimeProvider time;
    private readonly ILogger<KeyLifecycle> logger;

    internal KeyLifecycle(IHubStore store, KeyRing ring, TimeProvider time, ILogger<KeyLifecycle> logger)
    {
        this.store = store;
        this.ring = ring;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Makes the first keys where there are none and opens the ring.</summary>
    /// <returns>Null when every key opened; otherwise the id of one that does not open under this root key.</returns>
    public async Task<string?> OpenAsync(CancellationToken cancellationToken)
    {
        if (await ring.ReadAsync(cancellationToken) is { } unreadable)
        {
            return unreadable;
        }

        if (!ring.IsReady)
        {
            await Task.WhenAll(Algorithms.All.Select(algorithm => KeyRotation.RotateAsync(store, Self, algorithm, TimeSpan.Zero, onlyIfNone: true, cancellationToken)));
            return await ring.ReadAsync(cancellationToken);
        }

        return null;
    }

    public bool IsReady => ring.IsReady;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(CheckInterval, time, stoppingToken);
                await ReplaceByAgeAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Log.CheckFailed(logger, fault);
            }
        }
    }

    /// <summary>Announces a successor for each key that will have signed long enough once the successor may.</summary>
    private async Task ReplaceByAgeAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(SigningKeys.ReadAsync, cancellationToken) is not SigningKeys.ReadResult.Read read)
        {
            return;
        }

        var now = time.GetUtcNow();
        var old = read.Keys.Where(opened => opened.Key.RetiresAt is null && now - opened.Key.SignsFrom >= SigningLifetime - AnnouncedBefore);
        foreach (var opened in old)
        {
            await KeyRotation.RotateAsync(store, Self, opened.Key.Algorithm, AnnouncedBefore, onlyIfNone: false, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The age of the signing keys could not be checked; it is tried again in an hour.")]
        public static partial void CheckFailed(ILogger logger, Exception fault);
    }
}
