using System.Net;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Certificates;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.ConfigurationFile;
using IdentityHub.Host.Demo;
using IdentityHub.Host.Mail;

namespace IdentityHub.Host.Commands;

/// <summary>The main job in one command: the hub with demo content, two sample relying apps, a mail viewer. On loopback only: its passwords are public.</summary>
internal static class DemoCommand
{
    private const string MailViewerUrl = "http://localhost:5004";
    private static readonly string DemoData = Path.Combine("data", "demo");

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = HubApplication.CreateBuilder(["--Hub:DataDirectory", DemoData, .. args]);
        RefuseOtherThanLoopback(builder.Configuration);
        var options = CommandLine.ReadOptions(builder.Configuration);
        var content = DemoContent.Load();
        await DemoHistory.LiveThroughAsync(["--Hub:DataDirectory", DemoData, .. args], content);
        await using var app = await ServeCommand.OpenAsync(builder, options, CancellationToken.None);
        ApplyCommand.ChangedBy(await HubFileApplier.ApplyAsync(
            app.Services.GetRequiredService<IHubStore>(), app.Services.GetRequiredService<PasswordHashing>(), app.Services.GetRequiredService<ClientSecret>(),
            content));
        await app.StartAsync();
        await using var viewer = await StartMailViewerAsync(options);
        using var apps = SampleApps.Start(content, options.Issuer, RepositoryRoot.CertificateDirectory());
        Print(options, apps, DemoContent.People(content));
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static void RefuseOtherThanLoopback(ConfigurationManager configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            throw new StartFailedException("The demo listens where --urls says, and on loopback only: take Kestrel:Endpoints out of the configuration.");
        }

        var urls = configuration["urls"] is { Length: > 0 } given ? given : IssuerReader.DefaultUrls;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
                || !(parsed.Host == "localhost" || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))))
            {
                throw new StartFailedException($"The demo does not listen on {url}: everyone knows its passwords. Use localhost, 127.0.0.1 or [::1].");
            }
        }
    }

    /// <returns>The viewer; null where mail is not written to files.</returns>
    private static async Task<WebApplication?> StartMailViewerAsync(HubOptions options)
    {
        if (options.Mail is not MailOptions.Pickup pickup)
        {
            return null;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(MailViewerUrl);
        var viewer = builder.Build();
        viewer.MapMailViewer(pickup.Directory);
        await viewer.StartAsync();
        return viewer;
    }

    private static void Print(HubOptions options, SampleApps apps, IReadOnlyList<DemoPerson> people)
    {
        Console.WriteLine("IdentityHub demo. The passwords below are public: nothing here is for real use.\n");
        Console.WriteLine($"  Hub             {options.Issuer}");
        Console.WriteLine($"  Administration  {options.Issuer}/admin");
        Console.WriteLine($"  Own settings    {options.Issuer}/me");
        foreach (var (name, url) in apps.Running)
        {
            Console.WriteLine($"  {name,-15} {url}");
        }

        if (options.Mail is MailOptions.Pickup)
        {
            Console.WriteLine($"  Mail viewer     {MailViewerUrl}");
        }

        Console.WriteLine($"\n  The browser trusts all of this once it trusts {Path.Combine(RepositoryRoot.CertificateDirectory(), LocalCertificates.AuthorityFileName)}.\n");
        foreach (var person in people)
        {
            var code = person.CodeAt(TimeProvider.System.GetUtcNow()) is { } now ? $", code now {now} (secret {person.TotpSecret})" : "";
            Console.WriteLine($"  {person.UserName}\n      password {person.Password}{code}\n      {person.Shows}\n");
        }
    }
}
