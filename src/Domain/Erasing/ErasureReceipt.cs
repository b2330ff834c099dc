using System.Text;
using System.Text.Json;

namespace IdentityHub.Domain.Erasing;

/// <summary>What the hub signs of an erasure.</summary>
public static class ErasureReceipt
{
    /// <summary>The <c>typ</c> of its header.</summary>
    public const string Type = "erasure-receipt+jwt";

    /// <returns>A JSON object. It names nobody.</returns>
    public static string ClaimsOf(ErasureRecord erasure, string issuer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(erasure);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("iss", issuer);
            json.WriteString("jti", erasure.Id);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteString("account", erasure.AccountId);
            json.WriteString("erased_at", erasure.At);
            if (erasure.BytesGoneAt is { } gone)
            {
                json.WriteString("bytes_gone_at", gone);
            }

            json.WriteStartObject("erased");
            foreach (var (what, count) in erasure.Counts)
            {
                json.WriteNumber(what, count);
            }

            json.WriteEndObject();
            json.WriteString("horizon", "copies of the database made before erased_at hold the data until they are destroyed; a restored copy is made to forget again before it serves");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
