using System.Collections.Immutable;
using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>Reads what a receiver says about its stream (OpenID Shared Signals Framework 1.0 §8.1.1). Members that it does not name are passed over.</summary>
/// <param name="body">The request.</param>
/// <param name="options">The hub's address, and whether it is on http itself.</param>
/// <param name="clientId">Who asks.</param>
internal sealed class StreamRequest(JsonElement body, IdPOptions options, string clientId)
{
    /// <summary>Stands for the header that is stored, which nobody is shown: sent back, it keeps it.</summary>
    public const string KeptAuthorization = "********";

    private const int MostEvents = 100;
    private const int MostDescription = 512;
    private const int MostAuthorization = 4096;

    /// <summary>The settings, on the ground of the present ones.</summary>
    /// <param name="present">The stream as it is; null for one to be made.</param>
    /// <param name="keepsMissing">Whether what is not said stays as it is (PATCH); otherwise it goes (PUT).</param>
    public (StreamSettings? Settings, OAuthError? Error) Read(StreamView? present, bool keepsMissing)
    {
        var kept = keepsMissing ? present : null;
        if (TransmitterFault(present) is { } fault)
        {
            return (null, fault);
        }

        var (events, eventsFault) = Events(kept);
        var (description, descriptionFault) = Description(kept);
        var (push, deliveryFault) = Delivery(present, kept);
        return (eventsFault ?? descriptionFault ?? deliveryFault) is { } wrong ? (null, wrong) : (new(events, push, description), null);
    }

    /// <summary>What the hub supplies may be sent along, and must then be what it is (§8.1.1.3).</summary>
    private OAuthError? TransmitterFault(StreamView? present)
    {
        foreach (var (name, expected) in (ReadOnlySpan<(string, string?)>)[("stream_id", present?.Id), ("iss", options.Issuer), ("aud", clientId)])
        {
            if (body.TryGetProperty(name, out var given) && Text(given) != (expected ?? ""))
            {
                return OAuthError.InvalidRequest($"{name} is the transmitter's to say, and is another");
            }
        }

        foreach (var (name, expected) in (ReadOnlySpan<(string, ImmutableArray<string>?)>)[("events_supported", EventTypes.Supported), ("events_delivered", present?.EventsDelivered)])
        {
            if (body.TryGetProperty(name, out var given) && (expected is not { } list || Texts(given) is not { } texts || !texts.ToHashSet(StringComparer.Ordinal).SetEquals(list)))
            {
                return OAuthError.InvalidRequest($"{name} is the transmitter's to say, and is another");
            }
        }

        return body.TryGetProperty("min_verification_interval", out var interval)
            && !(interval.ValueKind == JsonValueKind.Number && interval.TryGetInt32(out var seconds) && seconds == (int)EventStreams.MinVerificationInterval.TotalSeconds)
                ? OAuthError.InvalidRequest("min_verification_interval is the transmitter's to say, and is another")
                : null;
    }

    private (ImmutableArray<string> Events, OAuthError? Error) Events(StreamView? kept)
    {
        if (!body.TryGetProperty("events_requested", out var given))
        {
            return (kept?.EventsRequested ?? [], null);
        }

        return Texts(given) is { Length: <= MostEvents } texts && texts.All(text => text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            ? ([.. texts.Distinct(StringComparer.Ordinal)], null)
            : ([], OAuthError.InvalidRequest($"events_requested is an array of {MostEvents} event type URIs at most"));
    }

    private (string? Description, OAuthError? Error) Description(StreamView? kept)
    {
        if (!body.TryGetProperty("description", out var given))
        {
            return (kept?.Description, null);
        }

        return given.ValueKind == JsonValueKind.Null ? (null, null)
            : Text(given) is { Length: <= MostDescription } text && !text.Any(char.IsControl) ? (text, null)
            : (null, OAuthError.InvalidRequest($"description is a text of {MostDescription} characters at most"));
    }

    private (PushTarget? Push, OAuthError? Error) Delivery(StreamView? present, StreamView? kept)
    {
        if (!body.TryGetProperty("delivery", out var delivery))
        {
            return (kept?.PushEndpoint is { } endpoint ? new(endpoint, null, KeepsAuthorization: true) : null, null);
        }

        if (delivery.ValueKind != JsonValueKind.Object || !delivery.TryGetProperty("method", out var method))
        {
            return (null, OAuthError.InvalidRequest("delivery is an object with a method"));
        }

        return Text(method) switch
        {
            TransmitterDocument.Push => PushOf(delivery, present),
            TransmitterDocument.Poll => !delivery.TryGetProperty("endpoint_url", out var url) || url.ValueKind == JsonValueKind.Null
                || (present is not null && Text(url) == PollEndpoint.AddressOf(options, present.Id))
                    ? (null, null)
                    : (null, OAuthError.InvalidRequest("the endpoint_url of a polled stream is the transmitter's to say")),
            _ => (null, OAuthError.InvalidRequest($"the delivery method is {TransmitterDocument.Push} or {TransmitterDocument.Poll}")),
        };
    }

    private (PushTarget? Push, OAuthError? Error) PushOf(JsonElement delivery, StreamView? present)
    {
        if (!delivery.TryGetProperty("endpoint_url", out var given) || Text(given) is not { } url)
        {
            return (null, OAuthError.InvalidRequest("the delivery of a pushed stream has an endpoint_url"));
        }

        // The hub will call this because somebody from outside says so: by the same rule as the addresses of back-channel logout.
        if (ClientUris.PushFault(url, allowHttp: !options.SecureCookies) is { } fault)
        {
            return (null, OAuthError.InvalidRequest("endpoint_url " + fault));
        }

        if (!delivery.TryGetProperty("authorization_header", out var header) || header.ValueKind == JsonValueKind.Null)
        {
            return (new(url, null), null);
        }

        if (Text(header) is not { Length: > 0 and <= MostAuthorization } value || value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value.Trim().Length != value.Length)
        {
            return (null, OAuthError.InvalidRequest("authorization_header is the value of a header: printable ASCII"));
        }

        if (value != KeptAuthorization)
        {
            return (new(url, value), null);
        }

        // What was entrusted for one address is sent to no other.
        return present is { HasAuthorization: true } && present.PushEndpoint == url
            ? (new(url, null, KeepsAuthorization: true), null)
            : (null, OAuthError.InvalidRequest("authorization_header is not known for this endpoint_url: send it in full"));
    }

    public static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static ImmutableArray<string>? Texts(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var texts = element.EnumerateArray().Select(Text).ToList();
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }
}
