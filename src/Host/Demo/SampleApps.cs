using System.Diagnostics;
using IdentityHub.Domain.Clients;
using IdentityHub.Host.Certificates;
using IdentityHub.Host.ConfigurationFile;

namespace IdentityHub.Host.Demo;

/// <summary>The sample relying apps, as programs of their own: they know the hub by its issuer alone, as any app does.</summary>
internal sealed class SampleApps : IDisposable
{
    private readonly List<(string Name, string Url, Process Process)> started = [];

    private SampleApps() { }

    public IEnumerable<(string Name, string Url)> Running => started.Select(app => (app.Name, app.Url));

    public static SampleApps Start(HubFile content, string issuer, string certificates)
    {
        var apps = new SampleApps();
        apps.Start("Member portal", "MemberPortal", "https://localhost:5002", DemoContent.Client(content, "portal"), issuer, certificates);
        apps.Start("Expert console", "ExpertConsole", "https://localhost:5003", DemoContent.Client(content, "expert"), issuer, certificates);
        return apps;
    }

    private void Start(string name, string project, string url, ClientMetadata client, string issuer, string certificates)
    {
        var program = ProgramOf(project) ?? throw new StartFailedException($"The sample {project} is not built. Run the demo from a checkout: dotnet run --project src/Host -- demo");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            // An app ends when this end of the pipe closes, however the demo ends.
            RedirectStandardInput = true,
            ArgumentList =
            {
                program, "--urls", url,
                "--Kestrel:Certificates:Default:Path", Path.Combine(certificates, LocalCertificates.ServerFileName),
                "--RelyingParty:CertificateAuthority", Path.Combine(certificates, LocalCertificates.AuthorityFileName),
                "--RelyingParty:Authority", issuer,
                "--RelyingParty:ClientId", client.ClientId,
                "--ExitWithStandardInput", "true",
            },
            Environment = { ["RelyingParty__ClientSecret"] = client.ClientSecret },
        };
        started.Add((name, url, Process.Start(start) ?? throw new StartFailedException($"The sample {project} did not start.")));
    }

    /// <summary>Where the build of this host puts the samples: beside it, in the same configuration.</summary>
    private static string? ProgramOf(string project)
    {
        if (RepositoryRoot.Find() is not { } root)
        {
            return null;
        }

        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(root, "samples", project, "bin", output.Parent!.Name, output.Name, $"IdentityHub.{project}.dll");
        return File.Exists(program) ? program : null;
    }

    public void Dispose()
    {
        foreach (var (_, _, process) in started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }
}
