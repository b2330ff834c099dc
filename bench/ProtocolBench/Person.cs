using System.Net;
using System.Text.RegularExpressions;

namespace IdentityHub.Bench.Protocol;

/// <summary>Signs a person in as a browser does, for the cookie with which further requests need no page.</summary>
internal static partial class Person
{
    /// <returns>The Cookie header of a browser that is signed in.</returns>
    public static async Task<string> SignInAsync(Uri hub, string authorize)
    {
        var cookies = new CookieContainer();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = hub };
        using var begun = await client.GetAsync(authorize);
        var page = begun.Headers.Location!.ToString();
        var html = await client.GetStringAsync(page);
        using var answer = await client.PostAsync(page, new FormUrlEncodedContent(
        [
            KeyValuePair.Create("username", HubFile.User), KeyValuePair.Create("password", HubFile.Password),
            KeyValuePair.Create("__RequestVerificationToken", AntiforgeryToken().Match(html).Groups[1].Value),
        ]));
        return answer.StatusCode == HttpStatusCode.SeeOther && answer.Headers.Location!.Host == new Uri(HubFile.Redirect).Host
            ? $"Cookie: {cookies.GetCookieHeader(hub)}\r\n"
            : throw new InvalidOperationException($"The sign-in failed: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
