using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>Applies a configuration file to the directory: all of it in one transaction, or nothing. What is so already is left untouched, so applying it again changes nothing.</summary>
internal static class HubFileApplier
{
    private static readonly Actor Self = new Actor.Hub("configuration file");

    /// <summary>Reads the file at this path and applies it.</summary>
    public static async Task<HubFileResult> ApplyAsync(
        IHubStore store, PasswordHashing hashing, ClientSecret secrets, string path, CancellationToken cancellationToken = default) =>
        await ApplyAsync(store, hashing, secrets, await HubFileReader.ReadAsync(path, cancellationToken), cancellationToken);

    /// <summary>Applies what was read; where reading found faults, tells them and those of the rules together.</summary>
    public static async Task<HubFileResult> ApplyAsync(
        IHubStore store, PasswordHashing hashing, ClientSecret secrets, HubFileReading reading, CancellationToken cancellationToken = default)
    {
        if (reading.File is not { } file)
        {
            return new HubFileResult.Faults(reading.Faults);
        }

        if (reading.Faults.Count == 0)
        {
            return await ApplyAsync(store, hashing, secrets, file, cancellationToken);
        }

        // Where the form is at fault, what the rules say about the stand-in helps nobody.
        var surroundings = await store.ReadAsync(reader => HubFileSurroundings.ReadAsync(reader, file), cancellationToken);
        var breaches = HubFileChecks.Run(file, surroundings)
            .Where(breach => !reading.Faults.Any(fault => HubFileFaults.IsWithin(breach.Place, fault.Place)));
        return new HubFileResult.Faults([.. reading.Faults, .. breaches]);
    }

    public static async Task<HubFileResult> ApplyAsync(
        IHubStore store, PasswordHashing hashing, ClientSecret secrets, HubFile file, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (faults, newPasswords) = await store.ReadAsync(
                async reader => (HubFileChecks.Run(file, await HubFileSurroundings.ReadAsync(reader, file)), await HubFilePasswords.FindNewAsync(reader, file)),
                cancellationToken);
            if (faults.Count > 0)
            {
                return new HubFileResult.Faults(faults);
            }

            var hashes = await HubFilePasswords.HashAsync(file, newPasswords, hashing, cancellationToken);
            var result = await store.WriteAsync(
                Self,
                async transaction =>
                {
                    var result = await new HubFileWriter(transaction, file, secrets, hashes).RunAsync();
                    return result is HubFileResult.Applied ? result : transaction.RollBack(result);
                },
                cancellationToken);
            if (result is not null)
            {
                return result;
            }
        }
    }
}
