namespace IdentityHub.Host.Certificates;

/// <summary>Finds the checkout that this process was started from.</summary>
internal static class RepositoryRoot
{
    private const string Marker = "IdentityHub.sln";

    /// <summary>The nearest ancestor (itself included) of the current directory, else of the program's own, that holds <c>IdentityHub.sln</c>.</summary>
    /// <param name="currentDirectory">Default: the process's.</param>
    /// <param name="programDirectory">Default: <see cref="AppContext.BaseDirectory"/>.</param>
    /// <returns>An absolute path, or null outside of a checkout.</returns>
    public static string? Find(string? currentDirectory = null, string? programDirectory = null) =>
        Above(currentDirectory ?? Directory.GetCurrentDirectory()) ?? Above(programDirectory ?? AppContext.BaseDirectory);

    /// <summary>Where this machine's certificates live: <c>certs</c> in the checkout, outside of one <c>certs</c> in the current directory.</summary>
    /// <param name="currentDirectory">Default: the process's.</param>
    /// <param name="programDirectory">Default: <see cref="AppContext.BaseDirectory"/>.</param>
    public static string CertificateDirectory(string? currentDirectory = null, string? programDirectory = null) =>
        Path.Combine(Find(currentDirectory, programDirectory) ?? Path.GetFullPath(currentDirectory ?? Directory.GetCurrentDirectory()), "certs");

    private static string? Above(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Marker)))
            {
                return directory.FullName;
            }
        }

        return null;
    }
}
