using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Sealing;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Listing;

/// <summary>Cursors (RFC 9865): where a list goes on, sealed, for one account and one question. They grant nothing; the token does.</summary>
internal sealed class Cursors(Sealer sealer, ScimOptions options, TimeProvider time)
{
    private const string Purpose = "scim-cursor";

    private static readonly ScimError Invalid = new(StatusCodes.Status400BadRequest, "invalidCursor", "The cursor is none of this list's. Begin again with an empty one.");

    private static readonly ScimError Expired = new(StatusCodes.Status400BadRequest, "expiredCursor", "The cursor is too old. Begin again with an empty one.");

    /// <summary>Where a list goes on.</summary>
    /// <param name="Key">The last one's key in the order; null where places are counted.</param>
    /// <param name="Id">The last one's id.</param>
    /// <param name="Skip">How many came before, where places are counted.</param>
    public sealed record Place(string? Key, string? Id, long Skip)
    {
        public static readonly Place Beginning = new(null, null, 0);
    }

    private sealed record Content(Place Place, string Question, long At);

    /// <summary>A cursor of unreserved characters (RFC 3986 §2.3).</summary>
    public string Make(string accountId, string resourceType, ListRequest request, Place place) => Base64Url.EncodeToString(
        sealer.Seal(Purpose, accountId, JsonSerializer.SerializeToUtf8Bytes(new Content(place, QuestionOf(resourceType, request), time.GetUtcNow().ToUnixTimeSeconds()))));

    public Outcome<Place> Read(string accountId, string resourceType, ListRequest request)
    {
        if (request.Cursor!.Length == 0)
        {
            return Place.Beginning;
        }

        if (!Base64Url.IsValid(request.Cursor) || sealer.Open(Purpose, accountId, Base64Url.DecodeFromChars(request.Cursor)) is not { } plain
            || JsonSerializer.Deserialize<Content>(plain) is not { } content || content.Question != QuestionOf(resourceType, request))
        {
            return Invalid;
        }

        return time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(content.At) > options.CursorLifetime ? Expired : content.Place;
    }

    /// <summary>What must be the same on every page. The number of results and the attributes may change.</summary>
    private static string QuestionOf(string resourceType, ListRequest request) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{resourceType}\n{request.Filter}\n{request.SortBy}\n{request.SortOrder}")).AsSpan(0, 8));
}
