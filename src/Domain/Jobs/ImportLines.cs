using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Jobs;

/// <summary>The lines of a file as they wait in a job: sealed, and gone with whom they are about.</summary>
internal static class ImportLines
{
    private const string Purpose = "job-line";

    private static readonly Statement UserOf = new("""SELECT "UserId" FROM "Memberships" WHERE "Id" = @member""", "@member");

    /// <summary>Sealed under the hub's key: it is not known yet, or never will be, whose line it is.</summary>
    public static byte[] Seal(HubReader reader, string jobId, int ordinal, IReadOnlyList<string> cells) =>
        reader.Sealer.Seal(Purpose, PlaceOf(jobId, ordinal), JsonSerializer.SerializeToUtf8Bytes(cells));

    /// <summary>Sealed under the key of the user whose line it is, with which it dies.</summary>
    public static byte[] SealFor(HubTransaction transaction, string userId, string jobId, int ordinal, IReadOnlyList<string> cells) =>
        UserSealing.Seal(transaction, userId, PlaceOf(jobId, ordinal), JsonSerializer.SerializeToUtf8Bytes(cells));

    /// <returns>The cells; null when nobody can read them any more.</returns>
    public static async Task<IReadOnlyList<string>?> OpenAsync(HubReader reader, string jobId, ItemRow item)
    {
        if (item.SealedLine is not { } sealedLine)
        {
            return null;
        }

        if (item.MembershipId is null)
        {
            return Open(reader.Sealer, jobId, item.Ordinal, sealedLine);
        }

        var plain = reader.Connection.Scalar(UserOf, item.MembershipId) is string userId ? await UserSealing.OpenAsync(reader, userId, PlaceOf(jobId, item.Ordinal), sealedLine) : null;
        return plain is null ? null : JsonSerializer.Deserialize<string[]>(plain);
    }

    /// <returns>The cells of a line that is nobody's yet; null when it was sealed for somebody.</returns>
    public static IReadOnlyList<string>? Open(Sealer sealer, string jobId, int ordinal, byte[] sealedLine) =>
        sealer.Open(Purpose, PlaceOf(jobId, ordinal), sealedLine) is { } plain ? JsonSerializer.Deserialize<string[]>(plain) : null;

    /// <summary>A pseudonym of a user name under a key of the hub's.</summary>
    public static string TagOf(HubReader reader, string userNameKey) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(reader.Sealer.KeyFor("job-name"), Encoding.UTF8.GetBytes(userNameKey)).AsSpan(0, 16));

    private static string PlaceOf(string jobId, int ordinal) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{jobId}:{ordinal}");
}
