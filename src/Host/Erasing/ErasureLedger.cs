using System.Globalization;
using System.Text;
using IdentityHub.Host.Files;

namespace IdentityHub.Host.Erasing;

/// <summary>A file that says when somebody was erased, by pseudonyms under the hub's key. It only grows, and stands apart from the database and its backups, so that a restored backup can be held against it.</summary>
/// <remarks>One erasure is a line: the moment (RFC 3339, UTC), a space, the mark.</remarks>
internal sealed class ErasureLedger(string file)
{
    private const int MarkLength = 64;

    public string File => file;

    /// <summary>How long it is, in bytes; 0 where there is none yet.</summary>
    public long Length => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    /// <summary>Adds an erasure, durably.</summary>
    /// <returns>The length of the ledger with it.</returns>
    public Task<long> AppendAsync(string mark, DateTimeOffset at, CancellationToken cancellationToken) => WriteAsync(FileMode.Append, LineOf(mark, at), cancellationToken);

    /// <summary>Writes the ledger anew.</summary>
    public async Task<long> RewriteAsync(IEnumerable<(string Mark, DateTimeOffset At)> erasures, CancellationToken cancellationToken)
    {
        await AtomicFile.WriteAsync(file, Encoding.ASCII.GetBytes(string.Concat(erasures.Select(one => LineOf(one.Mark, one.At)))), AtomicFile.OwnerOnly, cancellationToken);
        return Length;
    }

    /// <returns>The marks of every whole line. A line that was cut off, by a crash while it was written, is written again by the outbox.</returns>
    public async Task<IReadOnlySet<string>> MarksAsync(CancellationToken cancellationToken)
    {
        var marks = new HashSet<string>(StringComparer.Ordinal);
        if (Length > 0)
        {
            await foreach (var line in System.IO.File.ReadLinesAsync(file, cancellationToken))
            {
                if (line.Split(' ') is [_, { Length: MarkLength } mark])
                {
                    marks.Add(mark);
                }
            }
        }

        return marks;
    }

    private async Task<long> WriteAsync(FileMode mode, string line, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var turn = await FileLock.TakeAsync(file + ".lock", cancellationToken);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AtomicFile.OwnerOnly;
        }

        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line), cancellationToken);
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
        return stream.Position;
    }

    private static string LineOf(string mark, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {mark}\n");
}
