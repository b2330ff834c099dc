using System.Security.Cryptography;
using IdentityHub.Domain.Sealing;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Files;

namespace IdentityHub.Host;

/// <summary>The key under which the hub seals everything else. It is a file of its own, apart from the database: a copy of either alone opens nothing.</summary>
internal static class RootKey
{
    /// <returns>The key: read from its file, or made on the first start where the file is the hub's own.</returns>
    /// <exception cref="StartFailedException">The file holds no key.</exception>
    public static async Task<byte[]> LoadOrMakeAsync(RootKeyOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.File))
        {
            var directory = Path.GetDirectoryName(options.File)!;
            MakeDirectory(directory);
            using var turn = await FileLock.TakeAsync(options.File + ".lock", cancellationToken);
            if (!File.Exists(options.File))
            {
                var text = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Sealer.KeyLength)));
                await AtomicFile.WriteAsync(options.File, text, AtomicFile.OwnerOnly, cancellationToken);
            }
        }

        var bytes = new byte[Sealer.KeyLength];
        var content = (await File.ReadAllTextAsync(options.File, cancellationToken)).Trim();
        return Convert.TryFromBase64String(content, bytes, out var length) && length == Sealer.KeyLength
            ? bytes
            : throw new StartFailedException($"The root key file {options.File} does not hold {Sealer.KeyLength} bytes in base64. Restore it from your backup of the keys: nothing in the database opens without it.");
    }

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>The hub cannot start, and the message says why and what to do.</summary>
internal sealed class StartFailedException(string message) : Exception(message);
