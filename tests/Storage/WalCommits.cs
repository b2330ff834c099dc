using System.Buffers.Binary;

namespace IdentityHub.Storage.Tests;

/// <summary>Counts the commits in a write-ahead log.</summary>
/// <remarks>https://sqlite.org/fileformat2.html#the_write_ahead_log: a frame whose second word is not zero ends a transaction.</remarks>
internal static class WalCommits
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    public static int Count(string databaseFile)
    {
        using var stream = new FileStream(databaseFile + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var log = new byte[stream.Length];
        stream.ReadExactly(log);
        if (log.Length == 0)
        {
            return 0;
        }

        var pageSize = (int)BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(8));
        var salts = log.AsSpan(16, 8).ToArray();
        var commits = 0;
        for (var at = HeaderLength; at + FrameHeaderLength + pageSize <= log.Length; at += FrameHeaderLength + pageSize)
        {
            // Frames of an earlier round of the log bear other salts.
            if (log.AsSpan(at + 8, 8).SequenceEqual(salts) && BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(at + 4)) != 0)
            {
                commits++;
            }
        }

        return commits;
    }
}
