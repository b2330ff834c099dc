using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace IdentityHub.RelyingParty;

/// <summary>Every call from this application to the hub.</summary>
internal sealed class HubHttp(RelyingPartySettings settings) : IDisposable
{
    private const long AnswerLimit = 1024 * 1024;

    /// <summary>A repeated member could read differently in two places, so it makes an answer unusable.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly Lock gate = new();
    private (HttpClient Client, DateTime AuthorityWrittenAt)? current;

    internal sealed record Answer(HttpStatusCode Status, JsonElement Json);

    public void Dispose() => current?.Client.Dispose();

    /// <exception cref="HubUnreachableException">No answer, a server error, or an answer that is not JSON.</exception>
    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Client().SendAsync(request, cancellationToken);
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

    /// <summary>One client, until the file of the local authority changes.</summary>
    /// <remarks>
    /// The hub makes its authority on its own first start, maybe after ours, so the file may be missing for a while or be replaced.
    /// A client of the framework's factory would keep the first failure for good.
    /// </remarks>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns its handler, and this object the client.")]
    private HttpClient Client()
    {
        var writtenAt = settings.CertificateAuthority is { Length: > 0 } path ? File.GetLastWriteTimeUtc(path) : default;
        lock (gate)
        {
            if (current is not { } known || known.AuthorityWrittenAt != writtenAt)
            {
                // The one before is left to the collector: calls may still be under way on it.
                current = known = (CreateClient(CreateHandler(settings.CertificateAuthority)), writtenAt);
            }

            return known.Client;
        }
    }

    private static HttpClient CreateClient(SocketsHttpHandler handler)
    {
        var client = new HttpClient(handler, disposeHandler: true)
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = AnswerLimit,
        };
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return client;
    }

    private static SocketsHttpHandler CreateHandler(string? authorityFile)
    {
        var policy = LocalAuthority(authorityFile);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names are looked up again
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
    }

    /// <returns>Null for the roots of the machine; otherwise the one root in the file, everything else checked as ever.</returns>
    private static X509ChainPolicy? LocalAuthority(string? file)
    {
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // a local authority publishes no revocation list
        };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(file));
        return policy;
    }
}
