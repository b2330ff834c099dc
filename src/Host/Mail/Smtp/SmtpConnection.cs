using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IdentityHub.Host.Mail.Smtp;

/// <summary>How long a mail server may take; what is over it counts as a transient failure.</summary>
/// <param name="Connect">To connect, and again for the TLS handshake.</param>
/// <param name="Command">For each command and its reply.</param>
/// <param name="Delivery">For the message and the reply that takes it: giving up too early here delivers twice (RFC 5321 §4.5.3.2.6).</param>
internal sealed record SmtpTimeouts(TimeSpan Connect, TimeSpan Command, TimeSpan Delivery)
{
    public static SmtpTimeouts Default { get; } = new(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
}

/// <summary>The wire to a mail server: lines, replies, TLS. Every failure of it is a transient <see cref="MailRejectedException"/>.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int MaxReplyLines = 100;

    // RFC 5321 §4.5.3.1.5 allows 512; some servers tell whole stories.
    private const int MaxReplyLine = 2048;

    private readonly Socket socket;
    private readonly TimeProvider time;
    private readonly byte[] buffer = new byte[MaxReplyLine];
    private Stream stream;
    private int filled;

    private SmtpConnection(Socket socket, TimeProvider time)
    {
        this.socket = socket;
        this.time = time;
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public bool IsSecure => stream is SslStream;

    /// <summary>This end's address as RFC 5321 §4.1.3 writes it, for EHLO: the machine's own name may be private or none.</summary>
    public string LocalAddressLiteral
    {
        get
        {
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            // A scope (%eth0) is of this machine alone.
            return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{address}]";
        }
    }

    public static async Task<SmtpConnection> ConnectAsync(string host, int port, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WithinAsync(token => socket.ConnectAsync(host, port, token).AsTask(), "connect", timeout, time, ct);
            return new SmtpConnection(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Goes over to TLS with the server's certificate checked for <paramref name="host"/>.</summary>
    /// <param name="host">The name that the certificate has to be for.</param>
    /// <param name="trust">Which authorities count; null: those of the machine.</param>
    /// <param name="timeout">For the handshake.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task SecureAsync(string host, X509ChainPolicy? trust, TimeSpan timeout, CancellationToken ct)
    {
        // What came in the clear behind the go-ahead would otherwise count as said under TLS (CVE-2011-0411).
        if (filled > 0)
        {
            throw Broken("The mail server sent something between its go-ahead for TLS and the handshake.");
        }

        var tls = new SslStream(stream);
        stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = trust };
        await WithinAsync(token => tls.AuthenticateAsClientAsync(options, token), "agree on TLS", timeout, time, ct);
    }

    /// <summary>Sends bytes as they are.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan timeout, CancellationToken ct) =>
        WithinAsync(
            async token =>
            {
                await stream.WriteAsync(bytes, token);
                await stream.FlushAsync(token);
            },
            "take what was sent", timeout, time, ct);

    /// <summary>Sends one command line and reads its reply.</summary>
    public async Task<SmtpReply> CommandAsync(string line, TimeSpan timeout, CancellationToken ct)
    {
        // Every part is checked where it is made; this is the last gate before the wire.
        if (line.Any(c => c is < ' ' or > '~'))
        {
            throw new MailRejectedException("A command to the mail server would hold a control character or one beyond ASCII.", permanent: true);
        }

        await WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), timeout, ct);
        return await ReplyAsync(timeout, ct);
    }

    /// <summary>Reads one reply of up to a hundred lines.</summary>
    public async Task<SmtpReply> ReplyAsync(TimeSpan timeout, CancellationToken ct)
    {
        SmtpReply? reply = null;
        await WithinAsync(async token => reply = await ReadReplyAsync(token), "answer", timeout, time, ct);
        return reply!;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<SmtpReply> ReadReplyAsync(CancellationToken ct)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        for (var code = 0; lines.Count < MaxReplyLines;)
        {
            if (SmtpReply.ParseLine(await ReadLineAsync(ct)) is not { } line || (code != 0 && line.Code != code))
            {
                throw Broken("The mail server's answer is not SMTP.");
            }

            code = line.Code;
            lines.Add(line.Text);
            if (line.IsLast)
            {
                return new SmtpReply(code, lines.ToImmutable());
            }
        }

        throw Broken($"The mail server's answer has more than {MaxReplyLines} lines.");
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        while (true)
        {
            var end = Array.IndexOf(buffer, (byte)'\n', 0, filled);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(buffer, 0, end).TrimEnd('\r');
                filled -= end + 1;
                buffer.AsSpan(end + 1, filled).CopyTo(buffer);
                return line;
            }

            if (filled == buffer.Length)
            {
                throw Broken($"The mail server's answer has a line longer than {MaxReplyLine} characters.");
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), ct);
            filled += read > 0 ? read : throw Broken("The mail server closed the connection.");
        }
    }

    private static MailRejectedException Broken(string why, Exception? cause = null) => new(why, permanent: false, cause);

    private static async Task WithinAsync(Func<CancellationToken, Task> act, string doing, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        using var clock = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        try
        {
            await act(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Broken($"The mail server took longer than {timeout.TotalSeconds:0.#} seconds to {doing}.", e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Broken($"The connection to the mail server failed ({e.Message.TrimEnd('.')}).", e);
        }
        catch (AuthenticationException e)
        {
            throw Broken($"TLS with the mail server failed ({e.Message.TrimEnd('.')}).", e);
        }
    }
}
