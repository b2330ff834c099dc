using System.Security.Cryptography;

namespace IdentityHub.Host.Files;

/// <summary>Writes a file whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Read and write for the owner, nothing for anybody else.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Owner writes, everybody reads.</summary>
    public const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Puts <paramref name="content"/> at <paramref name="path"/>, replacing what was there: a reader sees the old file or the new one.</summary>
    /// <param name="path">Its directory exists. The content is written beside it under a name that begins with a dot and ends in <c>.tmp</c>.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="mode">The mode from the first byte on; without effect on Windows.</param>
    /// <param name="ct">Cancelled: nothing is changed.</param>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken ct)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            await WriteNewAsync(temporary, content, mode, ct);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static async Task WriteNewAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken ct)
    {
        // No buffer: what is written is with the operating system at once, so the flush below covers it.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        await using var file = new FileStream(path, options);
        await file.WriteAsync(content, ct);
        // Without this a crash after the rename can leave an empty file under the final name.
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }
}
