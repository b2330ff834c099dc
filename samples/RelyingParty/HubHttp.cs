using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace IdentityHub.RelyingParty;

/// <summary>Every call from this application to the hub.</summary>
internal sealed class HubHttp(IHttpClientFactory clients)
{
    internal const string ClientName = "hub";
    private const long AnswerLimit = 1024 * 1024;

    /// <summary>A repeated member could read differently in two places, so it makes an answer unusable.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    internal sealed record Answer(HttpStatusCode Status, JsonElement Json);

    /// <exception cref="HubUnreachableException">No answer, a server error, or an answer that is not JSON.</exception>
    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode >= 500)
            {
                throw new HubUnreachableException($"{request.RequestUri} answered {(int)response.StatusCode}.");
            }

            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new Answer(response.StatusCode, Parse(response, body));
        }
        catch (Exception fault) when (IsOutage(fault, cancellationToken))
        {
            throw new HubUnreachableException($"{request.RequestUri} gave no usable answer: {fault.Message}", fault);
        }
    }

    public async Task<JsonElement> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var answer = await SendAsync(request, cancellationToken);
        return answer.Status == HttpStatusCode.OK
            ? answer.Json
            : throw new HubUnreachableException($"{url} answered {(int)answer.Status}.");
    }

    private static JsonElement Parse(HttpResponseMessage response, byte[] body)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/jwk-set+json"))
        {
            return default; // an error without a body; callers look at the status first
        }

        using var document = JsonDocument.Parse(body, Strict);
        return document.RootElement.Clone();
    }

    private static bool IsOutage(Exception fault, CancellationToken cancellationToken) => fault switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested, // the time limit, not the caller
        HttpRequestException or IOException or JsonException or AuthenticationException => true,
        CryptographicException or UnauthorizedAccessException => true, // the file of the local authority
        _ => false,
    };

    internal static void ConfigureClient(HttpClient client)
    {
        client.Timeout = TimeSpan.FromSeconds(10);
        client.MaxResponseContentBufferSize = AnswerLimit;
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    /// <remarks>Read when first needed: the hub makes its local authority on its own first start, maybe after ours.</remarks>
    internal static SocketsHttpHandler CreateHandler(RelyingPartySettings settings)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (settings.CertificateAuthority is { Length: > 0 } path)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // a local authority publishes no revocation list
            };
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(path));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}
