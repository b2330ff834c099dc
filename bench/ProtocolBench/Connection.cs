using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IdentityHub.Bench.Protocol;

/// <summary>An answer: its status, its head, its body put together from its chunks.</summary>
internal readonly record struct Answer(int Status, string Head, string Body)
{
    /// <summary>A string member of the JSON body.</summary>
    public string Member(string name)
    {
        var start = Body.IndexOf($"\"{name}\":\"", StringComparison.Ordinal) + name.Length + 4;
        return start < name.Length + 4 ? throw new InvalidOperationException($"The answer has no {name}: {Body}") : Body[start..Body.IndexOf('"', start)];
    }
}

/// <summary>A kept-alive connection that sends prepared requests. It does as little as it can: it runs on the same two cores as what it measures.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[32 * 1024];

    public static async Task<Connection> OpenAsync(Uri address)
    {
        var connection = new Connection();
        await connection.socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port);
        return connection;
    }

    public async ValueTask<Answer> SendAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var received = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (received == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += received;
            if (TryParse(buffer.AsSpan(0, length)) is { } answer)
            {
                return answer;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private static Answer? TryParse(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = Encoding.ASCII.GetString(received[..end]);
        var body = received[(end + 4)..];
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.Ordinal))
        {
            return Unchunked(body) is { } text ? new(status, head, text) : null;
        }

        var length = head.IndexOf("\r\nContent-Length: ", StringComparison.Ordinal) is var at and >= 0
            ? int.Parse(head.AsSpan(at + 18, (head.IndexOf('\r', at + 18) is var stop and >= 0 ? stop : head.Length) - at - 18), CultureInfo.InvariantCulture)
            : 0;
        return body.Length < length ? null : new(status, head, Encoding.UTF8.GetString(body[..length]));
    }

    private static string? Unchunked(ReadOnlySpan<byte> chunks)
    {
        if (!chunks.EndsWith("0\r\n\r\n"u8))
        {
            return null;
        }

        var text = new StringBuilder();
        while (true)
        {
            var line = chunks.IndexOf("\r\n"u8);
            var size = int.Parse(chunks[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return text.ToString();
            }

            text.Append(Encoding.UTF8.GetString(chunks.Slice(line + 2, size)));
            chunks = chunks[(line + 2 + size + 2)..];
        }
    }
}
