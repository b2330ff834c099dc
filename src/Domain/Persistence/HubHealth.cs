using System.Reflection;
using System.Runtime.InteropServices;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Keys;

namespace IdentityHub.Domain.Persistence;

/// <summary>How the hub is, for its operator: what <c>/health/ready</c> asks, and what nobody else is to know.</summary>
/// <param name="DatabaseAnswers">Whether the database answers and has every migration of this build.</param>
/// <param name="KeysSign">Whether there is a key of every algorithm that signs now and opens under the root key.</param>
/// <param name="Queues">What must still leave the hub.</param>
/// <param name="Database">The engine with its version, and how many bytes the data take.</param>
/// <param name="Version">Of this build.</param>
/// <param name="Runtime">That it runs on.</param>
public sealed record HubHealth(
    bool DatabaseAnswers, bool KeysSign, IReadOnlyList<QueueStanding> Queues, DatabaseFacts Database, string Version, string Runtime)
{
    /// <summary>A message that waits longer than this says that something is wrong with its destination, or with the hub.</summary>
    public static readonly TimeSpan QueueIsLate = TimeSpan.FromMinutes(10);

    public static async Task<HubHealth> ReadAsync(IHubStore store, IHubDatabase database, CancellationToken cancellationToken)
    {
        var answers = await database.IsReadyAsync(cancellationToken);
        var facts = await database.FactsAsync(cancellationToken);
        return await store.ReadAsync(
            async reader => new HubHealth(
                answers, await KeysSignAsync(reader), await Outbox.QueuesAsync(reader), facts, VersionOfBuild(), RuntimeInformation.FrameworkDescription),
            cancellationToken);
    }

    private static async Task<bool> KeysSignAsync(HubReader reader) =>
        await SigningKeys.ReadAsync(reader) is SigningKeys.ReadResult.Read { Keys: var keys }
        && Clients.ClientRules.SigningAlgorithms.All(algorithm =>
            keys.Any(opened => opened.Key.Algorithm == algorithm && opened.PrivateKey is not null && opened.Key.PhaseAt(reader.Now) == SigningKeyPhase.Signing));

    private static string VersionOfBuild() =>
        typeof(HubHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
