using System.Globalization;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.Commands;

/// <summary>Writes a consistent copy of the database, beside a hub that is running or not.</summary>
internal static class BackupCommand
{
    public static async Task<int> RunAsync(string file, string[] args)
    {
        var full = Path.GetFullPath(file);
        if (Path.Exists(full))
        {
            throw new StartFailedException($"There is something at {full} already. Name a file that does not exist.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new StartFailedException($"There is no directory {Path.GetDirectoryName(full)}.");
        }

        await using var services = await CoreServices.OpenAsync(args);
        await services.GetRequiredService<IHubDatabase>().BackUpAsync(full);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The database was copied to {full}: {new FileInfo(full).Length} bytes, checked."));
        Console.WriteLine("The copy holds names and addresses in the clear: keep it as you keep the database. Not in it: the root key and the ledger of erasures. Keep both, apart from it.");
        return 0;
    }
}
