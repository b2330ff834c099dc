using System.Collections.Immutable;
using System.Data.Common;

namespace IdentityHub.Host.Configuration;

/// <summary>Reads the section <c>Hub</c> of the configuration (contract §2).</summary>
internal static class HubOptionsReader
{
    private const int RootKeyLength = 32;
    private const int LongestRootKeyFile = 1024;
    private static readonly string[] FileKeywords = ["Data Source", "DataSource", "Filename"];

    /// <summary>Reads everything and tells everything that is wrong at once.</summary>
    /// <param name="configuration">The whole configuration: <c>urls</c> gives the issuer's default.</param>
    /// <param name="baseDirectory">What relative paths start from.</param>
    /// <remarks>Looks at files that are named; makes and changes none.</remarks>
    public static HubConfiguration Read(IConfiguration configuration, string baseDirectory)
    {
        var values = new HubValues(configuration);
        values.Fault(HubKeys.Unknown(configuration));
        var allowHttp = values.Flag(HubKeys.AllowHttp, whenWrong: true);
        var issuer = IssuerReader.Read(values, configuration, allowHttp);
        var data = DataDirectory(values, baseDirectory);
        var options = new HubOptions(
            issuer,
            allowHttp,
            data,
            Database(values, data),
            ConfigurationFile(values, baseDirectory),
            Mount(values),
            MailOptionsReader.Read(values, issuer, data),
            RootKey(values, baseDirectory, data),
            new SignInOptions(
                values.Number(HubKeys.SignInAddressBurst, 300, 1, 1_000_000),
                TimeSpan.FromSeconds(values.Number(HubKeys.SignInAddressRefillSeconds, 1, 1, 86_400))),
            new ScimLimits(
                values.Number(HubKeys.ScimRequestBurst, 25_000, 1, 1_000_000_000),
                values.Number(HubKeys.ScimRequestsPerSecond, 2_500, 1, 1_000_000_000),
                values.Number(HubKeys.ScimMaxScan, 50_000, 0, 10_000_000)))
        {
            ErasureLedgerFile = FullPath(values, HubKeys.ErasureLedgerFile, baseDirectory) ?? Path.Combine(data, "erasures.ledger"),
        };
        return values.Faults.Count == 0 ? new HubConfiguration.Read(options) : new HubConfiguration.Faults([.. values.Faults]);
    }

    private static string? FullPath(HubValues values, string key, string baseDirectory)
    {
        if (values.Text(key) is not { } text)
        {
            return null;
        }

        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return Path.GetFullPath(text, Path.GetFullPath(baseDirectory));
        }

        values.Fault(key, "It is not a path.", "Write a path without a NUL character.");
        return null;
    }

    private static string DataDirectory(HubValues values, string baseDirectory)
    {
        var path = FullPath(values, HubKeys.DataDirectory, baseDirectory) ?? Path.GetFullPath("data", Path.GetFullPath(baseDirectory));
        if (File.Exists(path))
        {
            values.Fault(HubKeys.DataDirectory, $"{Shown.Quoted(path)} is a file.", "Name a directory; it is made when it does not exist.");
        }

        return path;
    }

    private static DatabaseOptions Database(HubValues values, string dataDirectory)
    {
        var provider = values.Choice(HubKeys.DatabaseProvider, DatabaseProvider.Sqlite);
        if (provider == DatabaseProvider.Postgres)
        {
            values.Fault(HubKeys.DatabaseProvider, "This build does not speak PostgreSQL yet.", "Write Sqlite or remove the key.");
        }

        var connection = values.Text(HubKeys.DatabaseConnectionString);
        if (connection is not null && provider == DatabaseProvider.Sqlite && !NamesAFile(connection))
        {
            values.Fault(HubKeys.DatabaseConnectionString, "It is not a connection string that names a database file.", "Write Data Source=/path/to/hub.db or remove the key.");
        }

        return new DatabaseOptions(provider, connection ?? ConnectionTo(Path.Combine(dataDirectory, "hub.db")));
    }

    // The builder quotes what a path may hold and a connection string may not, such as a semicolon.
    private static string ConnectionTo(string file) => new DbConnectionStringBuilder { ["Data Source"] = file }.ConnectionString;

    private static bool NamesAFile(string connection)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            return FileKeywords.Any(key => parts.TryGetValue(key, out var file) && file is string { Length: > 0 });
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string? ConfigurationFile(HubValues values, string baseDirectory)
    {
        var path = FullPath(values, HubKeys.ConfigurationFile, baseDirectory);
        if (path is not null && !File.Exists(path))
        {
            values.Fault(HubKeys.ConfigurationFile, $"There is no file {Shown.Quoted(path)}.", "Correct the path or remove the key.");
        }

        return path;
    }

    private static ImmutableHashSet<MountedPart> Mount(HubValues values)
    {
        var section = values.Section(HubKeys.Mount);
        var listed = section.GetChildren().Where(child => child.Value is not null).Select(child => child.Value!).ToList();
        if (listed.Count > 0 && !string.IsNullOrEmpty(section.Value))
        {
            values.Fault(HubKeys.Mount, "It is given both as a list and as one text.", "Keep one of the two.");
        }

        if (listed.Count == 0)
        {
            listed.AddRange(values.Text(HubKeys.Mount)?.Split(',') ?? []);
        }

        var parts = ImmutableHashSet.CreateBuilder<MountedPart>();
        foreach (var name in listed.Select(text => text.Trim()))
        {
            if (HubValues.TryName<MountedPart>(name, out var part))
            {
                parts.Add(part);
            }
            else
            {
                values.Fault(HubKeys.Mount, $"{Shown.Quoted(name)} is not one of {HubValues.Names<MountedPart>()}.", $"List some of {HubValues.Names<MountedPart>()}, with commas between.");
            }
        }

        return parts.Count == 0 ? [.. Enum.GetValues<MountedPart>()] : parts.ToImmutable();
    }

    // A file that is named has to be right: to make a new key in its place would part this node from the others.
    private static RootKeyOptions RootKey(HubValues values, string baseDirectory, string dataDirectory)
    {
        var path = FullPath(values, HubKeys.RootKeyFile, baseDirectory);
        if (path is null)
        {
            return new RootKeyOptions(Path.Combine(dataDirectory, "keys", "root.key"), IsGiven: false);
        }

        if (!File.Exists(path))
        {
            values.Fault(HubKeys.RootKeyFile, $"There is no file {Shown.Quoted(path)}.", "Correct the path, or make the file: openssl rand -base64 32.");
        }
        else if (RootKeyFault(path) is { } wrong)
        {
            values.Fault(HubKeys.RootKeyFile, wrong, "Make the file anew: openssl rand -base64 32, the same on every node.");
        }

        return new RootKeyOptions(path, IsGiven: true);
    }

    private static string? RootKeyFault(string path)
    {
        try
        {
            var text = new FileInfo(path).Length <= LongestRootKeyFile ? File.ReadAllText(path).Trim() : "";
            var key = new byte[LongestRootKeyFile];
            return Convert.TryFromBase64String(text, key, out var length) && length == RootKeyLength ? null : "The file does not hold 32 bytes in base64.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "The file cannot be read.";
        }
    }
}
