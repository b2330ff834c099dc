using IdentityHub.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace IdentityHub.Storage;

/// <summary>A copy of the database on its way into the database's place.</summary>
public sealed class DatabaseCopy
{
    private readonly SqliteConnections present;

    private DatabaseCopy(string connectionString) => present = new(connectionString);

    /// <param name="settings">Which database is to be replaced.</param>
    public static DatabaseCopy Of(StorageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return string.Equals(settings.Provider, StorageServices.Sqlite, StringComparison.OrdinalIgnoreCase)
            ? new(settings.ConnectionString)
            : throw new ArgumentException($"Copies of {settings.Provider} are made by its own programs.", nameof(settings));
    }

    /// <returns>What is wrong with a copy, for people; null when nothing is.</returns>
    public static string? Fault(string file) => !File.Exists(file) ? "there is no such file" : SqliteBackup.Fault(file);

    /// <summary>Closes what the present database has open on disk.</summary>
    /// <returns>False when another program has it open. True where there is no database.</returns>
    public bool TrySettlePresent() => !File.Exists(present.File) || SqliteBackup.TrySettle(present.File);

    /// <summary>Copies a file beside the present database.</summary>
    public Staged Stage(string file)
    {
        var staged = present.File + ".restoring";
        Directory.CreateDirectory(Path.GetDirectoryName(present.File)!);
        foreach (var left in new[] { staged, staged + "-wal", staged + "-shm" })
        {
            File.Delete(left);
        }

        SqliteBackup.CopyFile(file, staged);
        return new(this, staged);
    }

    /// <summary>The copy while it is made ready.</summary>
    public sealed class Staged : IDisposable
    {
        private readonly DatabaseCopy owner;
        private readonly string file;

        internal Staged(DatabaseCopy owner, string file) => (this.owner, this.file) = (owner, file);

        /// <summary>Names it.</summary>
        public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = file }.ToString();

        /// <summary>Puts it in the place of the present database, which is kept under another name.</summary>
        /// <returns>Where the former database is now; empty where there was none; null when somebody has it open: then nothing was changed.</returns>
        public string? TakePlace()
        {
            if (!owner.TrySettlePresent() || !SqliteBackup.TrySettle(file))
            {
                return null;
            }

            var place = owner.present.File;
            var former = "";
            if (File.Exists(place))
            {
                former = FreeName(place);
                File.Move(place, former);
            }

            File.Move(file, place);
            return former;
        }

        public void Dispose() => File.Delete(file);

        private static string FreeName(string place)
        {
            for (var number = 1; ; number++)
            {
                if (!File.Exists($"{place}.replaced-{number}"))
                {
                    return $"{place}.replaced-{number}";
                }
            }
        }
    }
}
