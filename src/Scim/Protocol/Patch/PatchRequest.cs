using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>RFC 7644 §3.5.2. The methods of JSON Patch that SCIM does not take over (move, copy, test) are refused.</summary>
internal enum PatchVerb
{
    Add,
    Replace,
    Remove,
}

/// <summary>One operation (RFC 7644 §3.5.2).</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Path">Where; null for the resource as a whole, and then <paramref name="Value"/> is an object. Never null when removing.</param>
/// <param name="Value">As it was sent. Null says "nothing" when adding and replacing, and "all of it" when removing.</param>
internal sealed record PatchOperation(PatchVerb Verb, string? Path, JsonNode? Value);

/// <summary>The body of a PATCH (RFC 7644 §3.5.2): operations in their order, none of which has been looked at more closely.</summary>
internal sealed record PatchRequest(ImmutableArray<PatchOperation> Operations)
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    public const int MaxOperations = 1000;

    /// <summary>Reads the message.</summary>
    /// <param name="body">Names of members and of operations in any case; members that are not known are passed over. No operations at all are fine: Microsoft's validator sends that.</param>
    /// <returns>
    /// <c>invalidSyntax</c> for another message, <c>Operations</c> that is no array, and an operation that is not add, replace or remove; <c>tooMany</c> for more than 1,000;
    /// <c>noTarget</c> for removing without a path; <c>invalidValue</c> where a value has to be and is not.
    /// </returns>
    public static Outcome<PatchRequest> Parse(JsonObject body)
    {
        Quirks.Member(body, "schemas", out var urns);
        if (!Quirks.AcceptsAsPatch(urns, Schema))
        {
            return ScimError.InvalidSyntax($"\"schemas\" has to contain \"{Schema}\".");
        }

        if (!Quirks.Member(body, "Operations", out var node) || node is not JsonArray operations)
        {
            return ScimError.InvalidSyntax("\"Operations\" has to be an array.");
        }

        if (operations.Count > MaxOperations)
        {
            return ScimError.TooMany($"A PATCH may have at most {MaxOperations} operations.");
        }

        var read = ImmutableArray.CreateBuilder<PatchOperation>(operations.Count);
        foreach (var one in operations)
        {
            var operation = ParseOne(one as JsonObject);
            if (operation.Failed)
            {
                return operation.Error;
            }

            read.Add(operation.Value);
        }

        return new PatchRequest(read.MoveToImmutable());
    }

    private static Outcome<PatchOperation> ParseOne(JsonObject? given)
    {
        if (given is null || !Quirks.Member(given, "op", out var op) || Verb(op) is not { } verb)
        {
            return ScimError.InvalidSyntax("Every operation has to be an object whose \"op\" is add, replace or remove.");
        }

        if (Quirks.Member(given, "path", out var path) && path is not null && path.GetValueKind() != JsonValueKind.String)
        {
            return ScimError.InvalidPath("\"path\" has to be a string.");
        }

        var where = path?.GetValue<string>() is { Length: > 0 } text ? text : null;
        var hasValue = Quirks.Member(given, "value", out var value);
        if (verb == PatchVerb.Remove)
        {
            return where is null ? ScimError.NoTarget("Removing needs a \"path\".") : new PatchOperation(verb, where, value);
        }

        if (!hasValue || (where is null && value is not JsonObject))
        {
            return ScimError.InvalidValue(where is null ? "Without \"path\", \"value\" has to be an object of attributes." : "Adding and replacing need a \"value\".");
        }

        return new PatchOperation(verb, where, value);
    }

    private static PatchVerb? Verb(JsonNode? op) => op is JsonValue value && value.TryGetValue(out string? text) ? text.ToUpperInvariant() switch
    {
        "ADD" => PatchVerb.Add,
        "REPLACE" => PatchVerb.Replace,
        "REMOVE" => PatchVerb.Remove,
        _ => null,
    } : null;
}
