using IdentityHub.Domain;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Sealing;
using IdentityHub.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdentityHub.Storage.Tests.Crash;

/// <summary>A process that writes as fast as it can, says what was answered, and expects to be killed.</summary>
internal static class CrashWorker
{
    public const string Command = "crash-worker";
    public const string Preparing = "preparing";
    public const string Ready = "ready";

    /// <summary>What a transaction writes, so that half of one would show.</summary>
    public static readonly string[] Halves = ["-a", "-b"];

    private const int Writers = 8;

    public static async Task<int> RunAsync(string file)
    {
        using var sealer = new Sealer(new byte[Sealer.KeyLength]);
        var connectionString = $"Data Source={file}";
        using var store = new SqliteStore(connectionString, sealer, TimeProvider.System, new OutboxSignal(TimeProvider.System));
        Console.WriteLine(Preparing);
        await new SqliteDatabase(connectionString, store, NullLogger<SqliteDatabase>.Instance).PrepareAsync();
        Console.WriteLine(Ready);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteAsync(store))));
        return 1;
    }

    private static async Task WriteAsync(SqliteStore store)
    {
        while (true)
        {
            var id = RandomId.New();
            await store.WriteAsync(TestHub.Tester, transaction => Task.FromResult(Halves.Sum(half => TestHub.AddRow(transaction, id + half))));
            Console.WriteLine(id);
        }
    }
}
