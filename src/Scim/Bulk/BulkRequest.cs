using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>The message of a Bulk request (RFC 7644 §3.7).</summary>
/// <param name="FailOnErrors">After so many errors the rest is not attempted; null to go on whatever happens.</param>
/// <param name="Operations">In the order of the request. One that could not be read is among them, with its error.</param>
internal sealed record BulkRequest(int? FailOnErrors, ImmutableArray<BulkOperation> Operations)
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    /// <summary>RFC 7644 §3.7.4: the answer names the limit.</summary>
    private static readonly ScimError TooMany = new(
        StatusCodes.Status413PayloadTooLarge, null,
        $"The number of operations exceeds maxOperations ({ScimOptions.MaxBulkOperations}). Nothing was changed; send them in several requests.");

    private static readonly ScimError NotUnique = ScimError.InvalidValue("The bulkId is given to several new resources. It has to be unique within the request.");

    /// <summary>Reads the message.</summary>
    /// <param name="body">Names of members in any case.</param>
    /// <param name="options">Which addresses are the hub's own.</param>
    /// <returns>
    /// <c>invalidSyntax</c> for another message and for <c>Operations</c> that is no array; <c>invalidValue</c> for <c>failOnErrors</c> that is no number from 1;
    /// 413 for too many operations.
    /// </returns>
    public static Outcome<BulkRequest> Parse(JsonObject body, ScimOptions options)
    {
        Quirks.Member(body, "schemas", out var urns);
        if (!Quirks.ListsUrn(urns, Schema))
        {
            return ScimError.InvalidSyntax($"\"schemas\" has to contain \"{Schema}\".");
        }

        if (!Quirks.Member(body, "Operations", out var node) || node is not JsonArray operations)
        {
            return ScimError.InvalidSyntax("\"Operations\" has to be an array.");
        }

        if (operations.Count > ScimOptions.MaxBulkOperations)
        {
            return TooMany;
        }

        int? failOnErrors = null;
        if (Quirks.Member(body, "failOnErrors", out var limit) && limit is not null)
        {
            if (limit.GetValueKind() != JsonValueKind.Number || !limit.AsValue().TryGetValue(out int number) || number < 1)
            {
                return ScimError.InvalidValue("\"failOnErrors\" has to be a whole number from 1.");
            }

            failOnErrors = number;
        }

        return new BulkRequest(failOnErrors, WithoutTwins([.. operations.Select(one => BulkOperation.Parse(one as JsonObject, options))]));
    }

    /// <summary>A bulkId that is given to two new resources names neither: who is meant by it must not be guessed at.</summary>
    private static ImmutableArray<BulkOperation> WithoutTwins(ImmutableArray<BulkOperation> operations)
    {
        var twins = operations.Where(operation => operation.Defines is not null).GroupBy(operation => operation.Defines!, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        return twins.Count == 0
            ? operations
            : [.. operations.Select(operation => operation.Defines is { } id && twins.Contains(id) ? operation.Refused(NotUnique) : operation)];
    }
}
