namespace IdentityHub.Domain.Tests.Audit;

/// <summary>The sources of the program, for what only they can show.</summary>
internal static class Sources
{
    /// <returns>What stands in each C# file below a folder of the repository.</returns>
    public static IEnumerable<string> Under(params string[] folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "IdentityHub.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return Directory.EnumerateFiles(Path.Combine([root.FullName, .. folder]), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText);
    }
}
