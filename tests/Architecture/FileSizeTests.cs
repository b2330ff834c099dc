using Xunit;

namespace IdentityHub.Architecture.Tests;

public sealed class FileSizeTests
{
    private const int MaxLines = 400;

    [Fact]
    public void No_source_file_is_longer_than_four_hundred_lines()
    {
        var tooLong = RepositoryFiles.Sources("src", "*.cs").Concat(RepositoryFiles.Sources("src", "*.cshtml"))
            .Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal))
            .Select(path => (path, Lines: File.ReadLines(Path.Combine(RepositoryFiles.Root, path)).Count()))
            .Where(file => file.Lines > MaxLines);
        Assert.Empty(tooLong);
    }
}
