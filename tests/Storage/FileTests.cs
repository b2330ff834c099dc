using System.Runtime.Versioning;
using System.Text;
using Xunit;

namespace IdentityHub.Storage.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class FileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Only_the_owner_may_read_what_we_create()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync("row");
        await hub.RowsAsync();
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(hub.File)!));
        foreach (var file in new[] { hub.File, hub.File + "-wal", hub.File + "-shm" })
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task A_folder_that_was_there_keeps_its_mode()
    {
        var folder = TestHub.NewFolder();
        using var hub = TestHub.Open(folder);
        var ours = Directory.CreateDirectory(Path.Combine(folder, "hub"));
        var shared = OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        File.SetUnixFileMode(ours.FullName, shared);
        await hub.Database.PrepareAsync();
        Assert.Equal(shared, File.GetUnixFileMode(ours.FullName));
    }

    [Fact]
    public async Task What_was_deleted_is_gone_from_the_files()
    {
        using var hub = await TestHub.StartAsync();
        var marker = "marker-" + new string('q', 40);
        await hub.SqlAsync($"INSERT INTO Throttles (Key, EmptyAt) VALUES ('{marker}', 7)");
        hub.Outside("PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.True(Holds(hub, marker), "the marker is in the file while its row is");

        await hub.SqlAsync($"DELETE FROM Throttles WHERE Key = '{marker}'");
        hub.Outside("PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.False(Holds(hub, marker));
    }

    [Fact]
    public async Task What_was_deleted_leaves_the_log_too_in_the_next_quiet_moment()
    {
        using var hub = await TestHub.StartAsync();
        var marker = "marker-" + new string('w', 40);
        await hub.SqlAsync($"INSERT INTO Throttles (Key, EmptyAt) VALUES ('{marker}', 7)");
        await hub.SqlAsync($"DELETE FROM Throttles WHERE Key = '{marker}'");
        Assert.True(Holds(hub, marker), "the log still has the row");

        // A reading under way keeps its snapshot and is not waited for; once it has ended, the log is emptied.
        await hub.Store.ReadAsync(async reader =>
        {
            TestHub.Sql(reader, "BEGIN");
            TestHub.HasRow(reader, "none");
            await Task.Delay(TimeSpan.FromSeconds(1.3), TimeProvider.System);
            await hub.AddRowAsync("not held up");
            return 0;
        });
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while (new FileInfo(hub.File + "-wal").Length > 0 && TimeProvider.System.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.False(Holds(hub, marker));
        Assert.Equal("5000", await hub.WriteAsync(transaction => Task.FromResult(Setting(transaction, "busy_timeout"))));
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("busy_timeout", "5000")]
    [InlineData("secure_delete", "1")]
    [InlineData("mmap_size", "0")]
    [InlineData("foreign_keys", "1")]
    [InlineData("temp_store", "2")]
    [InlineData("wal_autocheckpoint", "4096", "0")]
    [InlineData("query_only", "0", "1")]
    public async Task Every_connection_has_its_settings(string pragma, string writer, string? reader = null)
    {
        using var hub = await TestHub.StartAsync();
        Assert.Equal(writer, await hub.WriteAsync(transaction => Task.FromResult(Setting(transaction, pragma))));
        Assert.Equal(reader ?? writer, await hub.Store.ReadAsync(reading => Task.FromResult(Setting(reading, pragma))));
    }

    private static string? Setting(Domain.Persistence.HubReader reader, string pragma)
    {
        using var command = reader.Connection.Inner.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        return command.ExecuteScalar()?.ToString();
    }

    private static bool Holds(TestHub hub, string marker) => Directory.EnumerateFiles(Path.GetDirectoryName(hub.File)!).Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(marker)) >= 0;
    });
}
