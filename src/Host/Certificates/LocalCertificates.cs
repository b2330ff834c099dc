using System.Security.Cryptography.X509Certificates;
using System.Text;
using IdentityHub.Host.Files;

namespace IdentityHub.Host.Certificates;

/// <summary>The certificate that this machine serves <c>https://localhost</c> with.</summary>
/// <param name="Server">With its private key, as Kestrel takes it. The holder disposes of it.</param>
/// <param name="AuthorityFile">Absolute path of the authority's certificate (PEM), to import into a browser.</param>
/// <param name="IsNew">Made just now, so no browser trusts it yet.</param>
internal sealed record LocalCertificate(X509Certificate2 Server, string AuthorityFile, bool IsNew);

/// <summary>Keeps this machine's own certificate authority and server certificate in a directory, and makes them when they are missing or worn.</summary>
internal sealed partial class LocalCertificates(TimeProvider time, ILogger<LocalCertificates> log)
{
    public const string AuthorityFileName = "ca.crt";
    public const string ServerFileName = "localhost.pfx";
    private const string LockFileName = ".lock";

    /// <summary>The certificate of <paramref name="directory"/>: the one that is there when it serves for 30 days yet, else a new one.</summary>
    /// <param name="directory">Made when absent. A directory with usable files is only read.</param>
    /// <param name="ct">Cancelled: the files are as before, or new and whole.</param>
    /// <remarks>Any number of processes may do this at once: all come out with the same pair. The private key's file is the owner's alone (0600).</remarks>
    /// <exception cref="IOException">The directory cannot be written to, or another process has been holding its lock for 30 seconds.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written to.</exception>
    public async Task<LocalCertificate> LoadOrMakeAsync(string directory, CancellationToken ct)
    {
        var authorityPath = Path.GetFullPath(Path.Combine(directory, AuthorityFileName));
        var serverPath = Path.GetFullPath(Path.Combine(directory, ServerFileName));
        if (Read() is CertificatePair.Usable { Server: var ready })
        {
            return new LocalCertificate(ready, authorityPath, IsNew: false);
        }

        Directory.CreateDirectory(directory);
        using var alone = await FileLock.TakeAsync(Path.Combine(directory, LockFileName), ct);
        // Read again: another process may have made them meanwhile, or been between the two files a moment ago.
        var found = Read();
        if (found is CertificatePair.Usable { Server: var made })
        {
            return new LocalCertificate(made, authorityPath, IsNew: false);
        }

        if (found is CertificatePair.Unusable { Reason: var reason })
        {
            LogRemaking(directory, reason);
        }

        await WriteAsync(authorityPath, serverPath, ct);
        return Read() is CertificatePair.Usable { Server: var fresh }
            ? new LocalCertificate(fresh, authorityPath, IsNew: true)
            : throw new IOException($"The certificates just written to {directory} cannot be read back.");

        CertificatePair Read() => CertificatePair.Read(authorityPath, serverPath, time.GetUtcNow());
    }

    private async Task WriteAsync(string authorityPath, string serverPath, CancellationToken ct)
    {
        var minted = CertificateMint.Mint(time.GetUtcNow());
        await AtomicFile.WriteAsync(authorityPath, Encoding.ASCII.GetBytes(minted.AuthorityPem), AtomicFile.Readable, ct);
        await AtomicFile.WriteAsync(serverPath, minted.ServerPkcs12, AtomicFile.OwnerOnly, ct);
        LogMade(authorityPath);
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Made a certificate authority of this machine and a certificate for localhost. To have a browser trust the hub, import {AuthorityFile}.")]
    private partial void LogMade(string authorityFile);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The certificate in {Directory} {Reason}: making a new one with a new authority, which browsers have to be told to trust anew.")]
    private partial void LogRemaking(string directory, string reason);
}
