using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.Commands;

/// <summary>Makes new signing keys. Hubs that are running notice by themselves; none is restarted.</summary>
internal static class RotateKeysCommand
{
    public static async Task<int> RunAsync(TimeSpan announced, string[] args)
    {
        await using var services = await CoreServices.OpenAsync(args);
        var made = await KeyRotation.RotateAllAsync(services.GetRequiredService<IHubStore>(), new Actor.Hub("key rotation"), announced, CancellationToken.None);
        Console.WriteLine(made
            ? announced > TimeSpan.Zero ? $"New signing keys are announced and take over in {announced.TotalMinutes:0} minutes." : "New signing keys sign from now on."
            : "Keys that were announced before are still waiting to take over; nothing was changed.");
        return made ? 0 : 1;
    }
}
