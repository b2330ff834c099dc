using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace IdentityHub.Bench.Protocol;

/// <summary>A server that runs as a program of its own, so that its processor time is its own.</summary>
internal sealed class Server : IDisposable
{
    private const int TicksPerSecond = 100;
    private readonly Process process;

    private Server(Process process, Uri address, TimeSpan readyAfter, IEnumerable<string> said)
    {
        this.process = process;
        Said = said;
        Address = address;
        ReadyAfter = readyAfter;
    }

    public Uri Address { get; }

    /// <summary>What it wrote to its console: where it speaks of faults, nothing was measured.</summary>
    public IEnumerable<string> Said { get; }

    public int ProcessId => process.Id;

    /// <summary>From the start of the process until it first answered 200.</summary>
    public TimeSpan ReadyAfter { get; }

    /// <summary>Processor time that the process has used, in user and kernel mode.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
        }
    }

    /// <summary>Bytes of memory that the process holds (VmRSS).</summary>
    public long WorkingSet => Status("VmRSS:");

    /// <summary>The most bytes of memory that the process ever held (VmHWM).</summary>
    public long PeakWorkingSet => Status("VmHWM:");

    /// <summary>Starts a program and waits until it answers.</summary>
    /// <param name="dll">What to run.</param>
    /// <param name="probe">The path that answers 200 once it is ready.</param>
    /// <param name="arguments">Given the address.</param>
    public static async Task<Server> StartAsync(string dll, string probe, Func<Uri, string[]> arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true };
        foreach (var argument in (string[])[dll, .. arguments(address)])
        {
            start.ArgumentList.Add(argument);
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var said = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        while (clock.Elapsed < TimeSpan.FromSeconds(30) && !process.HasExited)
        {
            if (await AnswersAsync(client, probe))
            {
                return new(process, address, clock.Elapsed, said);
            }

            await Task.Delay(10);
        }

        process.Kill();
        throw new InvalidOperationException($"{dll} did not start.");
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private long Status(string name) =>
        long.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) * 1024;

    private static async Task<bool> AnswersAsync(HttpClient client, string probe)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(probe, UriKind.Relative));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
