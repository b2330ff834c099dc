using System.Collections.Immutable;
using System.Text.Json;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>What a receiver asks for when it polls, and says about what it had before (RFC 8936 §2.4).</summary>
/// <param name="MaxEvents">How many events at most; null for as many as the hub gives.</param>
/// <param name="ReturnsAtOnce">Whether to answer even if there is none.</param>
/// <param name="Acknowledged">The <c>jti</c> of what it has.</param>
/// <param name="Refused">The <c>jti</c> of what it cannot take, with why.</param>
internal sealed record PollRequest(int? MaxEvents, bool ReturnsAtOnce, ImmutableArray<string> Acknowledged, IReadOnlyDictionary<string, string> Refused)
{
    /// <returns>Null when it is not such a request.</returns>
    public static PollRequest? Read(JsonElement body)
    {
        int? most = null;
        if (body.TryGetProperty("maxEvents", out var max))
        {
            if (max.ValueKind != JsonValueKind.Number || !max.TryGetInt32(out var count) || count < 0)
            {
                return null;
            }

            most = count;
        }

        if (body.TryGetProperty("returnImmediately", out var now) && now.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return null;
        }

        var acknowledged = body.TryGetProperty("ack", out var ack) ? StreamRequest.Texts(ack) : [];
        return acknowledged is { } ids && Errors(body) is { } errors ? new(most, now.ValueKind == JsonValueKind.True, ids, errors) : null;
    }

    private static Dictionary<string, string>? Errors(JsonElement body)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!body.TryGetProperty("setErrs", out var given))
        {
            return errors;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var one in given.EnumerateObject())
        {
            if (ErrorCode.Of(one.Value) is not { } code)
            {
                return null;
            }

            errors[one.Name] = code;
        }

        return errors;
    }
}

/// <summary>What a receiver gives as the reason for refusing an event (RFC 8935 §2.4). Its description may name somebody, so only the code is kept.</summary>
internal static class ErrorCode
{
    private const int MostCode = 64;

    /// <returns>"refused: " and the code; null when this says no such thing.</returns>
    public static string? Of(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("err", out var code) && StreamRequest.Text(code) is { Length: > 0 and <= MostCode } word
            ? "refused: " + (word.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? word : "for a reason of its own")
            : null;
}
