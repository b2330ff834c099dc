using System.Net;
using System.Text;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>Requests as they are on the wire, with what every answer of the token side must have.</summary>
internal static class Wire
{
    public const string FormType = "application/x-www-form-urlencoded";

    public static string Basic(string id, string secret) => RelyingApp.Basic(id, secret).ToString();

    public static string BasicRaw(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    /// <summary>Form fields in this order; one may come twice.</summary>
    public static StringContent Form(params (string Name, string? Value)[] fields) => Body(
        string.Join('&', fields.Where(field => field.Value is not null).Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value!)}")));

    public static StringContent Body(string text, string? contentType = FormType)
    {
        var content = new StringContent(text);
        content.Headers.Remove("Content-Type");
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    public static Task<JsonAnswer> PostAsync(HttpClient http, string path, HttpContent content, params string[] authorization) =>
        SendAsync(http, HttpMethod.Post, path, content, authorization);

    public static async Task<JsonAnswer> SendAsync(HttpClient http, HttpMethod method, string path, HttpContent? content, params string[] authorization)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var value in authorization)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", value));
        }

        return await RelyingApp.ReadAsync(await http.SendAsync(request));
    }

    /// <summary>RFC 6749 §5.2: JSON, never cached, a known shape, a description in its character set.</summary>
    public static void AssertError(JsonAnswer answer, HttpStatusCode status, string error)
    {
        Assert.True(error == answer.Error, $"expected {error}, got {(int)answer.Status} {answer.Body}");
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
        AssertNotCached(answer.Response);
        Assert.Equal(["error", "error_description"], answer.Body.EnumerateObject().Select(member => member.Name));
        Assert.All(answer.Text("error_description"), character => Assert.True(character is >= ' ' and <= '~' and not '"' and not '\\', $"'{character}' in a description"));
    }

    public static void AssertNotCached(HttpResponseMessage response)
    {
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
    }

    public static async Task EventuallyAsync(Func<Task<bool>> holds, string what, int seconds = 10)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, $"It did not come to be that {what}.");
            await Task.Delay(10);
        }
    }
}
