using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IdentityHub.Host.Certificates;

namespace IdentityHub.Host.Tests.Mail;

/// <summary>A small mail server on a loopback port, which answers as it is told and remembers what it heard.</summary>
internal sealed class SmtpServerDouble : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly MintedCertificates minted = CertificateMint.Mint(TimeProvider.System.GetUtcNow());
    private readonly X509Certificate2 certificate;
    private readonly Task accepting;

    public SmtpServerDouble()
    {
        certificate = X509CertificateLoader.LoadPkcs12Collection(minted.ServerPkcs12, null).First(c => c.HasPrivateKey);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>TLS from the first byte.</summary>
    public bool ImplicitTls { get; init; }

    public bool OffersStartTls { get; init; } = true;

    public string Mechanisms { get; init; } = "PLAIN LOGIN";

    /// <summary>What to answer instead, by verb; <c>CONNECT</c> is the greeting and <c>.</c> the end of a message. Null closes the connection.</summary>
    public Dictionary<string, string?> Answers { get; init; } = [];

    /// <summary>The verb that is never answered.</summary>
    public string? SilentAt { get; init; }

    /// <summary>Sent in one piece behind the go-ahead for TLS.</summary>
    public string Smuggled { get; init; } = "";

    /// <summary>Every line heard, each behind <c>tls </c> or <c>clear </c>.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    /// <summary>The messages taken, dots unstuffed.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    /// <summary>Trusts this server's authority and no other.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(minted.AuthorityPem));
        return policy;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        certificate.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await ServeAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Stream stream = client.GetStream();
        try
        {
            if (ImplicitTls)
            {
                stream = await SecureAsync(stream);
            }

            var open = await AnswerAsync(stream, "CONNECT", "220 double ESMTP");
            while (open && await ReadLineAsync(stream) is { } line)
            {
                (open, stream) = await HandleAsync(stream, line);
            }
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            // The client has gone, which some tests are about.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private async Task<(bool Open, Stream Stream)> HandleAsync(Stream stream, string line)
    {
        var verb = line.Split(' ')[0].ToUpperInvariant();
        switch (verb)
        {
            case "STARTTLS":
                return await AnswerAsync(stream, verb, "220 go" + (Smuggled.Length > 0 ? "\r\n" + Smuggled : ""))
                    ? (true, !Answers.ContainsKey(verb) ? await SecureAsync(stream) : stream) : (false, stream);
            case "DATA":
                var open = await AnswerAsync(stream, verb, "354 go");
                return (open && (Answers.ContainsKey(verb) || await TakeMessageAsync(stream)), stream);
            case "AUTH" when line.EndsWith("LOGIN", StringComparison.Ordinal) && !Answers.ContainsKey(verb):
                await AnswerAsync(stream, "USER", "334 VXNlcm5hbWU6");
                await ReadLineAsync(stream);
                await AnswerAsync(stream, "PASS", "334 UGFzc3dvcmQ6");
                await ReadLineAsync(stream);
                return (await AnswerAsync(stream, "LOGIN", "235 in"), stream);
            case "QUIT":
                await AnswerAsync(stream, verb, "221 bye");
                return (false, stream);
            default:
                return (await AnswerAsync(stream, verb, verb switch { "EHLO" => Offer(stream), "AUTH" => "235 in", _ => "250 ok" }), stream);
        }
    }

    private string Offer(Stream stream)
    {
        var secure = stream is SslStream;
        var lines = new List<string> { "double", "SIZE 1000000" };
        lines.AddRange(OffersStartTls && !secure ? ["STARTTLS"] : []);
        lines.AddRange(Mechanisms.Length > 0 ? [$"AUTH {Mechanisms}"] : []);
        return string.Join("\r\n", lines.Select((line, i) => $"250{(i == lines.Count - 1 ? ' ' : '-')}{line}"));
    }

    private async Task<bool> TakeMessageAsync(Stream stream)
    {
        var message = new StringBuilder();
        while (await ReadLineAsync(stream, heard: false) is { } line)
        {
            if (line == ".")
            {
                Messages.Enqueue(message.ToString());
                return await AnswerAsync(stream, ".", "250 taken");
            }

            message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return false;
    }

    private async Task<bool> AnswerAsync(Stream stream, string verb, string usual)
    {
        if (SilentAt == verb)
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        if (Answers.GetValueOrDefault(verb, usual) is not { } answer)
        {
            return false;
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer + "\r\n"), stop.Token);
        await stream.FlushAsync(stop.Token);
        return true;
    }

    private async Task<SslStream> SecureAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
        return tls;
    }

    private async Task<string?> ReadLineAsync(Stream stream, bool heard = true)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop.Token) == 1)
        {
            if (one[0] != '\n')
            {
                line.Add(one[0]);
                continue;
            }

            var text = Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            if (heard)
            {
                Heard.Enqueue((stream is SslStream ? "tls " : "clear ") + text);
            }

            return text;
        }

        return null;
    }
}
