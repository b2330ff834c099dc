using System.Net;
using System.Net.Sockets;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>Where this build put what the tests run.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The hub's program, as built along with these tests.</summary>
    public static string HubProgram { get; } = ProgramOf("src", "Host");

    public static string Authority => Path.Combine(Root, "certs", "ca.crt");

    public static string ServerCertificate => Path.Combine(Root, "certs", "localhost.pfx");

    /// <summary>What the tests leave for people to look at; git ignores it.</summary>
    public static string Artifacts { get; } = Directory.CreateDirectory(Path.Combine(Root, "tests", "artifacts")).FullName;

    /// <summary>A program outside the checkout that <c>./test</c> installs on Debian.</summary>
    public static string Outside(string path) =>
        File.Exists(path) ? path : throw new InvalidOperationException($"The end-to-end tests need {path}. On Debian as root, ./test installs it.");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string ProgramOf(string folder, string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Root, folder, project, "bin", output.Parent!.Name, output.Name, $"IdentityHub.{project}.dll");
        return File.Exists(program) ? program : throw new InvalidOperationException($"{program} is not built: dotnet build IdentityHub.sln");
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "IdentityHub.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not lie in a checkout.");
    }
}
