using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using IdentityHub.Host.Files;

namespace IdentityHub.Host.Mail;

/// <summary>Writes each mail as an <c>.eml</c> file into a directory, for something else to pick up or somebody to read.</summary>
/// <param name="directory">Made when absent, the owner's alone. File names sort by time.</param>
/// <param name="from">The sender of every mail.</param>
/// <param name="time">Gives the date.</param>
internal sealed class PickupTransport(string directory, Mailbox from, TimeProvider time) : IMailTransport
{
    /// <summary>Whose mails were erased: one that was on its way then goes too.</summary>
    private readonly ConcurrentDictionary<string, bool> erased = new(StringComparer.Ordinal);

    private int written;

    /// <inheritdoc/>
    /// <remarks>The file appears whole or not at all. A directory that cannot be written to is a reason to try again later.</remarks>
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var message = MimeMessage.Build(from, mail, now);
        string[] pseudonyms = [.. new[] { mail.About, mail.For }.OfType<string>().Distinct(StringComparer.Ordinal)];
        try
        {
            MakeDirectory();
            var path = Path.Combine(directory, FileName(now, pseudonyms));
            await AtomicFile.WriteAsync(path, message, AtomicFile.OwnerOnly, ct);
            if (pseudonyms.Any(erased.ContainsKey))
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MailRejectedException($"The mail cannot be written to {directory}.", permanent: false, e);
        }
    }

    /// <summary>Deletes every mail about a user or to them, by the pseudonyms that the file names carry.</summary>
    public void Erase(string pseudonym)
    {
        erased[pseudonym] = true;
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(directory, "*.eml").Where(path => PseudonymsIn(path).Contains(pseudonym)))
        {
            File.Delete(path);
        }
    }

    /// <summary>What <see cref="FileName"/> put behind time, count and random end.</summary>
    private static string[] PseudonymsIn(string path) => Path.GetFileNameWithoutExtension(path).Split('-') is [_, _, _, .. var pseudonyms] ? pseudonyms : [];

    private void MakeDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The count orders what one process writes within a tick of the clock; the random end keeps processes apart.
    private string FileName(DateTimeOffset now, string[] pseudonyms) => string.Create(CultureInfo.InvariantCulture,
        $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'.'fffffff}-{Interlocked.Increment(ref written):D8}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}{string.Concat(pseudonyms.Select(pseudonym => "-" + pseudonym))}.eml");
}
