using System.Net;
using System.Net.Sockets;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host;
using IdentityHub.Host.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Testing;

/// <summary>The whole hub in this process: its real program, real Kestrel on a free loopback port, a database of its own, a clock that the test moves.</summary>
public sealed class RunningHub : IAsyncDisposable
{
    private readonly string folder;
    private readonly string[] args;
    private readonly WebApplication app;
    private readonly Action<IServiceCollection, string>? configure;
    private bool stopped;
    private bool folderPassedOn;

    private RunningHub(string folder, string[] args, WebApplication app, string issuer, ManualTime time, Action<IServiceCollection, string>? configure)
    {
        this.folder = folder;
        this.args = args;
        this.app = app;
        this.configure = configure;
        Issuer = issuer;
        Time = time;
    }

    public string Issuer { get; }

    public ManualTime Time { get; }

    public string DataDirectory => Path.Combine(folder, "data");

    public IServiceProvider Services => app.Services;

    /// <summary>Starts a hub with this configuration file.</summary>
    /// <param name="configurationFile">JSON of the contract's section 3; null for none.</param>
    /// <param name="arguments">Further settings, as on the command line.</param>
    /// <param name="time">The clock; a standing one when null.</param>
    /// <param name="configure">Registers services before the hub does, knowing its issuer: for options that no setting changes.</param>
    public static async Task<RunningHub> StartAsync(
        string? configurationFile = null, string[]? arguments = null, ManualTime? time = null, Action<IServiceCollection, string>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("identityhub-").FullName;
        var issuer = $"http://127.0.0.1:{FreePort()}";
        List<string> args = ["--urls", issuer, "--Hub:Issuer", issuer, "--Hub:AllowHttp", "true", "--Hub:DataDirectory", Path.Combine(folder, "data"), "--Logging:LogLevel:Default", "Error"];
        if (configurationFile is not null)
        {
            var file = Path.Combine(folder, "hub.json");
            await File.WriteAllTextAsync(file, configurationFile);
            args.AddRange(["--Hub:ConfigurationFile", file]);
        }

        return await OpenAsync(folder, [.. args, .. arguments ?? []], issuer, time ?? new ManualTime(), configure);
    }

    private static async Task<RunningHub> OpenAsync(string folder, string[] args, string issuer, ManualTime clock, Action<IServiceCollection, string>? configure)
    {
        var builder = HubApplication.CreateBuilder(args);
        configure?.Invoke(builder.Services, issuer);
        builder.Services.AddSingleton<TimeProvider>(clock);
        var app = await ServeCommand.OpenAsync(builder, CommandLine.ReadOptions(builder.Configuration), CancellationToken.None);
        await app.StartAsync();
        return new(folder, args, app, issuer, clock, configure);
    }

    /// <summary>Stops this hub and starts another on what it left behind: the same data directory, address and clock.</summary>
    /// <param name="arguments">Further settings, as on the command line.</param>
    public async Task<RunningHub> RestartAsync(params string[] arguments)
    {
        await StopAsync();
        var next = await OpenAsync(folder, [.. args, .. arguments], Issuer, Time, configure);
        folderPassedOn = true;
        return next;
    }

    /// <summary>Stops serving and closes the database; the data directory stays until this is disposed of.</summary>
    public async Task StopAsync()
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>The directory and its storage a second time, as a command beside the running hub has it: the same file, key and clock.</summary>
    public async Task<ServiceProvider> OpenBesideAsync()
    {
        var options = CommandLine.ReadOptions(HubApplication.CreateBuilder(args).Configuration);
        var rootKey = await RootKey.LoadOrMakeAsync(options.RootKey, CancellationToken.None);
        return new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Time).AddHubCore(options, rootKey).BuildServiceProvider();
    }

    /// <summary>A client that keeps no cookies and follows no redirect.</summary>
    public HttpClient NewClient() => NewClient(useCookies: false);

    /// <summary>A browser as far as HTTP goes: it keeps cookies; redirects are the caller's.</summary>
    /// <param name="from">The loopback address that it comes from: any of 127.0.0.0/8 is a network of its own. Null: the usual one.</param>
    public Browser NewBrowser(IPAddress? from = null) => new(this, NewClient(useCookies: true, from));

    /// <summary>Runs an operation of the directory, as an administrator's hand would.</summary>
    public Task<T> WriteAsync<T>(Func<HubTransaction, Task<T>> work) => Services.GetRequiredService<IHubStore>().WriteAsync(new Actor.Hub("test"), work);

    public Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work) => Services.GetRequiredService<IHubStore>().ReadAsync(work);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (!folderPassedOn)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

#pragma warning disable RS0030 // A fixture says itself which handler it uses.
    private HttpClient NewClient(bool useCookies, IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = useCookies, UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) };
        if (from is not null)
        {
            handler.ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        return new(handler) { BaseAddress = new Uri(Issuer), Timeout = TimeSpan.FromSeconds(60) };
    }

#pragma warning restore RS0030
}
