using System.Net;
using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Tokens;

namespace IdentityHub.IdP.Logout;

/// <summary>Tells a relying app that a session ended (OpenID Connect Back-Channel Logout 1.0 §2.5). A fresh token each time; no redirect is followed.</summary>
internal sealed class BackchannelLogout(IHttpClientFactory http, IHubStore store, TokenIssuer issuer, TimeProvider time) : IOutboxHandler
{
    public const string HttpClientName = "backchannel-logout";

    public string Kind => LogoutNotices.Kind;

    public DeliveryPolicy Policy => DeliveryPolicy.ToApps;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var notice = JsonSerializer.Deserialize<LogoutNotice>(payload.Span);
        var client = notice is null ? null : await store.ReadAsync(reader => Task.FromResult(Clients.Find(reader, notice.ClientId)), cancellationToken);
        if (notice is null || client?.BackchannelLogoutUri is not { } uri)
        {
            return new Delivery.Refused("the client has no back-channel logout address any more");
        }

        using var sender = http.CreateClient(HttpClientName);
        using var body = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", issuer.LogoutToken(client, notice))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = body };
        try
        {
            using var response = await sender.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK or HttpStatusCode.NoContent => new Delivery.Delivered(),
                >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => new Delivery.Failed($"answered {(int)response.StatusCode}") { RetryAfter = Asked(response) },
                _ => new Delivery.Refused($"answered {(int)response.StatusCode}"),
            };
        }
        catch (HttpRequestException fault)
        {
            return new Delivery.Failed(fault.HttpRequestError.ToString());
        }
    }

    /// <summary>RFC 9110 §10.2.3: seconds, or a moment.</summary>
    private TimeSpan? Asked(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } asked ? asked.Delta ?? (asked.Date - time.GetUtcNow()) : null;
}
