using IdentityHub.Host.Certificates;
using Xunit;

namespace IdentityHub.Host.Tests.Certificates;

public sealed class RepositoryRootTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_nearest_checkout_above_the_current_directory_comes_first()
    {
        var inner = Checkout("outer", "inner");
        Checkout("outer");
        Directory.CreateDirectory(Path.Combine(inner, "src", "Host"));

        Assert.Equal(inner, RepositoryRoot.Find(Path.Combine(inner, "src", "Host"), Checkout("program")));
        Assert.Equal(Path.Combine(inner, "certs"), RepositoryRoot.CertificateDirectory(Path.Combine(inner, "src", "Host"), scratch.Root));
    }

    [Fact]
    public void Outside_of_one_the_programs_own_checkout_counts()
    {
        var program = Checkout("program");
        Directory.CreateDirectory(Path.Combine(program, "bin"));

        Assert.Equal(program, RepositoryRoot.Find(scratch.Root, Path.Combine(program, "bin")));
    }

    [Fact]
    public void Without_any_checkout_it_is_the_current_directory()
    {
        Assert.Null(RepositoryRoot.Find(scratch.Root, scratch.Root));
        Assert.Equal(scratch.At("certs"), RepositoryRoot.CertificateDirectory(scratch.Root, scratch.Root));
    }

    private string Checkout(params string[] path)
    {
        var directory = scratch.At(path);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "IdentityHub.sln"), "");
        return directory;
    }
}
