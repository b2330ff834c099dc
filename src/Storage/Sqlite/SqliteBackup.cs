using Microsoft.Data.Sqlite;

namespace IdentityHub.Storage.Sqlite;

/// <summary>Copies of the database file: written while the hub serves, checked, and put in its place while it does not.</summary>
internal static class SqliteBackup
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <remarks>VACUUM INTO reads one moment of the database and writes it without free pages: what was deleted before is not in the copy, not even as garbage.</remarks>
    public static void Write(SqliteConnections connections, string file, CancellationToken cancellationToken)
    {
        MakeEmpty(file);
        try
        {
            using var lane = connections.OpenReader();
            Execute(lane, "PRAGMA query_only=OFF");
            cancellationToken.ThrowIfCancellationRequested();
            using var command = lane.Connection.Inner.CreateCommand();
            command.CommandText = "VACUUM INTO @file";
            command.Parameters.Add(new SqliteParameter("@file", file));
            command.ExecuteNonQuery();
            if (Fault(file) is { } fault)
            {
                throw new InvalidDataException("The copy is not sound: " + fault);
            }
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    /// <returns>What is wrong with a database file; null when nothing is.</returns>
    public static string? Fault(string file)
    {
        SqliteLibrary.Load();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1)";
            return command.ExecuteScalar() is "ok" ? null : "it is damaged";
        }
        catch (SqliteException)
        {
            return "it is no database";
        }
    }

    /// <summary>Makes the file the database's own for good: folds its log and leaves nothing beside it.</summary>
    /// <returns>False when another program has the database open.</returns>
    public static bool TrySettle(string file)
    {
        SqliteLibrary.Load();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandTimeout = 1;
        command.CommandText = "PRAGMA journal_mode=DELETE";
        try
        {
            return command.ExecuteScalar() is "delete";
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode is 5 or 6)
        {
            return false;
        }
    }

    /// <summary>Copies a file to one that only its owner may read.</summary>
    public static void CopyFile(string from, string to)
    {
        MakeEmpty(to);
        using var source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.Open, FileAccess.Write);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    private static void Execute(SqliteLane lane, string sql)
    {
        using var command = lane.Connection.Inner.CreateCommand();
#pragma warning disable CA2100 // A constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void MakeEmpty(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var made = new FileStream(file, options);
    }
}
