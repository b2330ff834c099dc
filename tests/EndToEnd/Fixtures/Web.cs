using System.Net;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>Plain requests of a test, past the browser.</summary>
internal static class Web
{
#pragma warning disable RS0030, CA5359 // A fixture says itself which handler it uses, and looks at answers, not at certificates.
    public static HttpClient Client { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { Timeout = TimeSpan.FromSeconds(10) };
#pragma warning restore RS0030, CA5359

    /// <summary>Whether this address answers 200; no answer at all is no.</summary>
    public static async Task<bool> AnswersAsync(string address)
    {
        try
        {
            using var response = await Client.GetAsync(new Uri(address));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
