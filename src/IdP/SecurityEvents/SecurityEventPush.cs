using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Tokens;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>Pushes an event to its receiver (RFC 8935). The same event at each attempt, signed anew; no redirect is followed.</summary>
internal sealed class SecurityEventPush(IHttpClientFactory http, IHubStore store, TokenIssuer issuer) : IOutboxHandler
{
    public const string HttpClientName = "security-event";

    private const int MostAnswer = 4096;

    public string Kind => SecurityEvent.Kind;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var told = JsonSerializer.Deserialize<SecurityEvent>(payload.Span);
        if (told is null || await store.ReadAsync(reader => EventStreams.ForPushAsync(reader, told.StreamId), cancellationToken) is not var (stream, authorization, isOfDisabledClient)
            || stream.PushEndpoint is not { } address)
        {
            return new Delivery.Refused("the stream is gone, or is not pushed any more");
        }

        if (isOfDisabledClient)
        {
            return new Delivery.Failed("the client is disabled");
        }

        // That it was stopped is the one thing that goes over a stopped stream.
        if (stream.Status != StreamStatus.Enabled && told.Type != EventTypes.StreamUpdated)
        {
            return stream.Status == StreamStatus.Paused ? new Delivery.Failed("the stream is paused") : new Delivery.Refused("the stream is disabled");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(issuer.SecurityEventToken(stream.ClientId, told), Encoding.ASCII, new MediaTypeHeaderValue("application/secevent+jwt")),
        };
        request.Headers.Accept.ParseAdd("application/json");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await SendAsync(request, cancellationToken);
    }

    private async Task<Delivery> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sender = http.CreateClient(HttpClientName);
        try
        {
            using var response = await sender.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.Accepted => new Delivery.Delivered(),
                HttpStatusCode.BadRequest when await WhyAsync(response, cancellationToken) is { } why => new Delivery.Refused(why),
                _ => new Delivery.Failed($"answered {(int)response.StatusCode}"),
            };
        }
        catch (HttpRequestException fault)
        {
            return new Delivery.Failed(fault.HttpRequestError.ToString());
        }
    }

    /// <returns>What the receiver says is wrong with the event (RFC 8935 §2.3); null when it does not say so as the standard has it: then it may be somebody between who answers.</returns>
    private static async Task<string?> WhyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MostAnswer, cancellationToken);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return ErrorCode.Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
