using System.Collections.Concurrent;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>Hashes a file's passwords outside any transaction, on every processor, and only those that the file gives for the first time: a hash is made slow on purpose.</summary>
internal static class HubFilePasswords
{
    /// <returns>The positions of the users whose password is not the one that a file gave them last.</returns>
    public static async Task<IReadOnlyList<int>> FindNewAsync(HubReader reader, HubFile file)
    {
        var found = new List<int>();
        for (var i = 0; i < file.Users.Length; i++)
        {
            if (file.Users[i] is { Password: { } password } user && !await IsAppliedAsync(reader, user.UserName, password))
            {
                found.Add(i);
            }
        }

        return found;
    }

    /// <returns>The hashes by position.</returns>
    public static async Task<IReadOnlyDictionary<int, string>> HashAsync(
        HubFile file, IReadOnlyList<int> positions, PasswordHashing hashing, CancellationToken cancellationToken)
    {
        var hashes = new ConcurrentDictionary<int, string>();
        await Parallel.ForEachAsync(
            positions,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            (position, _) =>
            {
                hashes[position] = hashing.Hash(file.Users[position].Password!);
                return ValueTask.CompletedTask;
            });
        return hashes;
    }

    private static async Task<bool> IsAppliedAsync(HubReader reader, string userName, string password) =>
        CanonicalName.Of(userName) is { } name
        && await Users.FindByNameAsync(reader, name) is { } user
        && await ConfiguredCredentials.IsRememberedAsync(reader, user.Id, ConfiguredCredential.Password, password);
}
