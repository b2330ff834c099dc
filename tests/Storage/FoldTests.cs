using System.Text;
using IdentityHub.Storage.Sqlite;
using Xunit;

namespace IdentityHub.Storage.Tests;

/// <summary>What was deleted is gone from the files when the store says so, however busy it is.</summary>
public sealed class FoldTests
{
    private const string Mark = "a-mark-that-stands-nowhere-else-0123456789";

    [Fact]
    public async Task Nothing_that_was_deleted_stands_in_any_file_after_it()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync(Mark);
        await hub.Store.FoldAsync(CancellationToken.None);
        Assert.True(Holds(hub));

        await DeleteAsync(hub);
        await hub.Store.FoldAsync(CancellationToken.None);
        Assert.False(Holds(hub));
        Assert.Equal(0, new FileInfo(hub.File + "-wal").Length);
    }

    [Fact]
    public async Task It_comes_to_pass_while_others_write_without_pause()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync(Mark);
        await DeleteAsync(hub);
        using var enough = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await hub.AddRowAsync($"{writer}-{i}");
            }
        })).ToArray();
        await hub.Store.FoldAsync(CancellationToken.None);
        Assert.False(Holds(hub));
        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task It_waits_for_a_reading_that_still_sees_what_was_deleted_and_writes_go_on_meanwhile()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync(Mark);
        var (reads, ends) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reading = hub.Store.ReadAsync(async reader =>
        {
            using var rows = await reader.Connection.Bind(TestHub.All).ExecuteReaderAsync();
            Assert.True(await rows.ReadAsync());
            reads.SetResult();
            await ends.Task;
            return true;
        });
        await reads.Task;
        await DeleteAsync(hub);
        var folding = hub.Store.FoldAsync(CancellationToken.None);
        await hub.AddRowAsync("meanwhile");
        Assert.False(folding.IsCompleted);

        ends.SetResult();
        await reading;
        await folding;
        Assert.False(Holds(hub));
    }

    [Fact]
    public async Task A_store_that_closes_leaves_nobody_waiting()
    {
        var hub = await TestHub.StartAsync();
        var folding = hub.Store.FoldAsync(CancellationToken.None);
        hub.Dispose();
        await folding;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => hub.Store.FoldAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_backup_is_whole_holds_nothing_that_was_deleted_and_is_its_owners_alone()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync(Mark);
        await hub.AddRowAsync("kept");
        await DeleteAsync(hub);
        var copy = Path.Combine(Path.GetDirectoryName(hub.File)!, "copy.db");
        using var enough = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await hub.AddRowAsync($"row-{i}");
            }
        });
        await hub.Database.BackUpAsync(copy);
        await enough.CancelAsync();
        await writer;

        Assert.Null(SqliteBackup.Fault(copy));
        var bytes = await File.ReadAllBytesAsync(copy);
        Assert.False(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Mark)) >= 0);
        Assert.True(bytes.AsSpan().IndexOf("kept"u8) >= 0);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        }

        await Assert.ThrowsAsync<IOException>(() => hub.Database.BackUpAsync(copy));
        Assert.Equal(bytes.Length, new FileInfo(copy).Length);
    }

    [Fact]
    public async Task A_file_that_is_no_database_or_damaged_is_known_for_it()
    {
        using var hub = await TestHub.StartAsync();
        var copy = Path.Combine(Path.GetDirectoryName(hub.File)!, "copy.db");
        await File.WriteAllTextAsync(copy, "not a database at all, however long this text may be");
        Assert.Equal("it is no database", SqliteBackup.Fault(copy));
        File.Delete(copy);

        await hub.Database.BackUpAsync(copy);
        var bytes = await File.ReadAllBytesAsync(copy);
        Array.Fill(bytes, (byte)0xA5, 4096 * 3, 4096 * 2);
        await File.WriteAllBytesAsync(copy, bytes);
        Assert.NotNull(SqliteBackup.Fault(copy));
    }

    private static Task<int> DeleteAsync(TestHub hub) => hub.WriteAsync(transaction => Task.FromResult(transaction.Connection.Execute(TestHub.Delete, Mark)));

    private static bool Holds(TestHub hub) => new[] { hub.File, hub.File + "-wal" }.Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Mark)) >= 0;
    });
}
