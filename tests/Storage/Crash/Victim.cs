using System.Diagnostics;

namespace IdentityHub.Storage.Tests.Crash;

/// <summary>The worker as seen by the test that kills it.</summary>
internal sealed class Victim : IDisposable
{
    private const int IdLength = 32;
    private readonly Process process;

    public Victim(string file)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        process = Process.Start(new ProcessStartInfo(host, ["exec", typeof(Victim).Assembly.Location, CrashWorker.Command, file])
        {
            RedirectStandardOutput = true,
        })!;
    }

    public async Task WaitForAsync(string word)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == word)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The worker ended before it said '{word}'.");
    }

    /// <summary>Kills with SIGKILL.</summary>
    /// <returns>Every identifier that the worker was answered for, as far as it came to say so.</returns>
    public async Task<List<string>> KillAfterAsync(TimeSpan delay)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        await Task.Delay(delay, TimeProvider.System);
        process.Kill();
        await process.WaitForExitAsync();
        return [.. (await output).Split('\n').Where(line => line.Length == IdLength)];
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
