using System.Collections.Concurrent;
using System.Diagnostics;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>A program that a test started: what it prints is kept, and it ends with the test whatever happens.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ChildProcess, bool> Living = new();
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in Living.Keys)
        {
            child.Kill();
        }
    };

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public string Output => string.Join('\n', lines);

    public IReadOnlyCollection<string> Lines => [.. lines];

    public static ChildProcess Start(string program, IEnumerable<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var child = new ChildProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child.process.Start();
        Living[child] = true;
        child.process.StandardInput.Close();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    public static ChildProcess StartHub(IEnumerable<string> arguments, string workingDirectory) =>
        Start(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [Checkout.HubProgram, .. arguments], workingDirectory);

    /// <summary>Waits for a condition, and fails with the program's output when it ended or the time is over.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (process.HasExited || watch.Elapsed > limit)
            {
                throw new InvalidOperationException($"No {what} within {limit.TotalSeconds:0} s{(process.HasExited ? "; the program ended" : "")}. Its output:\n{Output}");
            }

            await Task.Delay(20);
        }
    }

    public async Task<int> WaitAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit);
        return process.ExitCode;
    }

    /// <summary>SIGKILL to this process alone.</summary>
    public void KillAlone() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private void Kill()
    {
        Living.TryRemove(this, out _);
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
