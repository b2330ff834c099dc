using System.Text.Json;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>A mail server that no one here wrote (Debian's python3-aiosmtpd), on a free loopback port that stays its own while it is down.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Library = "/usr/lib/python3/dist-packages/aiosmtpd/controller.py";

    private readonly string folder = Directory.CreateTempSubdirectory("identityhub-smtp-").FullName;
    private ChildProcess? process;

    public int Port { get; } = Checkout.FreePort();

    /// <summary>A mail as the server took it.</summary>
    public sealed record Taken(string From, string[] To, string Message)
    {
        public string Subject => Field("Subject");

        public string MessageId => Field("Message-ID");

        private string Field(string name) =>
            Message.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal)) is { } line ? line[(name.Length + 2)..] : "";
    }

    /// <summary>Everything that it said it took, in that order.</summary>
    public IReadOnlyList<Taken> Mails =>
        [.. Directory.GetFiles(folder, "*.json").OrderBy(File.GetLastWriteTimeUtc).ThenBy(path => path, StringComparer.Ordinal).Select(path => JsonSerializer.Deserialize<Taken>(File.ReadAllText(path))!)];

    /// <summary>How often a mail to this address was begun.</summary>
    public int AttemptsAt(string address) =>
        File.Exists(Path.Combine(folder, "attempts")) ? File.ReadAllLines(Path.Combine(folder, "attempts")).Count(line => line == "rcpt " + address) : 0;

    /// <summary>How it behaves from now on: see <c>mailserver.py</c>.</summary>
    public void Behave(params string[] modes)
    {
        File.WriteAllLines(Path.Combine(folder, "mode.new"), modes);
        File.Move(Path.Combine(folder, "mode.new"), Path.Combine(folder, "mode"), overwrite: true);
    }

    public async Task StartAsync()
    {
        Checkout.Outside(Library);
        process = ChildProcess.Start(Python, [Path.Combine(Checkout.Root, "tests", "EndToEnd", "Fixtures", "mailserver.py"), folder, $"{Port}"], folder);
        await process.UntilAsync(() => Task.FromResult(process.Lines.Contains("listening")), TimeSpan.FromSeconds(15), "mail server that listens");
    }

    public async Task StopAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
            process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }
}
