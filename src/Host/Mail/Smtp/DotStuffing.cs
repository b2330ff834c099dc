namespace IdentityHub.Host.Mail.Smtp;

/// <summary>Makes a message fit for DATA (RFC 5321 §4.5.2).</summary>
internal static class DotStuffing
{
    /// <summary>Doubles the dot that a line begins with and adds the line with a single dot that ends the message.</summary>
    /// <param name="message">Lines ended by CRLF, the last one too.</param>
    public static byte[] Apply(ReadOnlySpan<byte> message)
    {
        var stuffed = new MemoryStream(message.Length + 64);
        var previous = (byte)'\n';
        foreach (var octet in message)
        {
            if (octet == '.' && previous == '\n')
            {
                stuffed.WriteByte((byte)'.');
            }

            stuffed.WriteByte(octet);
            previous = octet;
        }

        stuffed.Write(".\r\n"u8);
        return stuffed.ToArray();
    }
}
