using SQLitePCL;

namespace IdentityHub.Storage.Sqlite;

/// <summary>The SQLite library of this process, set up before its first use.</summary>
internal static class SqliteLibrary
{
    private const int Multithread = 2; // SQLITE_CONFIG_MULTITHREAD
    private const int MemoryStatistics = 9; // SQLITE_CONFIG_MEMSTATUS

    static SqliteLibrary()
    {
        Batteries_V2.Init();

        // Without its locks, which every column read would take: a connection here serves one piece of work at a time, and every command is disposed
        // of by whoever ran it, never by the finalizer. And without memory statistics, for which all connections would share one lock.
        // Refused, and then only slower, where something else in the process has used SQLite before.
        _ = raw.sqlite3_config(Multithread);
        _ = raw.sqlite3_config(MemoryStatistics, 0);
    }

    /// <summary>Has the library set up; any number of calls do it once.</summary>
    public static void Load() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(SqliteLibrary).TypeHandle);
}
