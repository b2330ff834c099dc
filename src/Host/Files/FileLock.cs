namespace IdentityHub.Host.Files;

/// <summary>A lock between the processes of one machine, held while this object lives.</summary>
/// <remarks>
/// The operating system lets go of it when the process dies. The file itself stays: deleting it would let a process that waits on the
/// deleted file and one that makes a new file both believe that they hold the lock.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock file, made when absent; its directory exists.</param>
    /// <param name="ct">Cancelled: the lock is not taken.</param>
    /// <exception cref="IOException">Another process held it for 30 seconds, or the file cannot be made.</exception>
    public static async Task<FileLock> TakeAsync(string path, CancellationToken ct)
    {
        // The tries are counted, so that a clock that stands still (a test's) cannot wait for ever.
        for (var triesLeft = (int)(Patience / Pause); ; triesLeft--)
        {
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (triesLeft > 0 && IsHeldByAnother(e))
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    public void Dispose() => file.Dispose();

    // A sharing violation has no type of its own; the others that could be waited for in vain have one.
    private static bool IsHeldByAnother(IOException e) =>
        e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException or DriveNotFoundException);
}
