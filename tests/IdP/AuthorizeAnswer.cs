using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>What came of an authorization request: an answer to the app by redirect or by form, or a page of the hub.</summary>
internal sealed record AuthorizeAnswer(HttpResponseMessage Response, string Body, string? Location, IReadOnlyDictionary<string, string> Parameters, IHtmlDocument? Form)
{
    private static readonly HashSet<string> OfErrors = ["error", "error_description", "state", "iss"];

    public string? Error => Parameters.GetValueOrDefault("error");

    /// <summary>Sends parameters by GET or POST and follows the hub to itself at /authorize/continue, as a browser would.</summary>
    public static async Task<AuthorizeAnswer> OfAsync(HttpClient browser, IEnumerable<KeyValuePair<string, string>> parameters, bool post = false)
    {
        var encoded = string.Join('&', parameters.Select(pair => Uri.EscapeDataString(pair.Key) + "=" + Uri.EscapeDataString(pair.Value)));
        var response = post
            ? await browser.PostAsync("/authorize", new StringContent(encoded, null, "application/x-www-form-urlencoded"))
            : await browser.GetAsync("/authorize?" + encoded);
        for (var hops = 0; LocationOf(response)?.StartsWith("/authorize/continue", StringComparison.Ordinal) == true; hops++)
        {
            Assert.True(hops < 3, "The hub redirects in a circle.");
            response = await browser.GetAsync(LocationOf(response));
        }

        return await ReadAsync(response);
    }

    public static async Task<AuthorizeAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        if (LocationOf(response) is { } location)
        {
            return new(response, body, location, Decode(location), null);
        }

        var document = await new HtmlParser().ParseDocumentAsync(body);
        var form = document.Forms.FirstOrDefault();
        return form is not null && document.QuerySelector("script") is not null
            ? new(response, body, null, form.QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value), document)
            : new(response, body, null, new Dictionary<string, string>(), null);
    }

    /// <summary>The query of a URI, decoded without any help from System.Uri; a parameter that comes twice fails.</summary>
    public static Dictionary<string, string> Decode(string location)
    {
        var found = new Dictionary<string, string>();
        var query = location.Contains('?') ? location[(location.IndexOf('?') + 1)..] : "";
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            found.Add(WebUtility.UrlDecode(parts[0]), WebUtility.UrlDecode(parts.ElementAtOrDefault(1) ?? ""));
        }

        return found;
    }

    /// <summary>RFC 6749 §4.1.2.1, RFC 9207 §2: an error for the app, and nothing besides.</summary>
    public AuthorizeAnswer AssertError(RunningHub hub, string error, string? state, string redirectUri = SampleDirectory.PortalRedirect)
    {
        Assert.True(Error == error, $"expected {error}, got {(int)Response.StatusCode} {Location ?? Body}");
        Assert.True(Form is null ? Location!.StartsWith(redirectUri + (redirectUri.Contains('?') ? "&" : "?"), StringComparison.Ordinal) : ((IHtmlFormElement)Form.Forms[0]).GetAttribute("action") == redirectUri);
        Assert.Equal(Form is null ? HttpStatusCode.SeeOther : HttpStatusCode.OK, Response.StatusCode);
        Assert.Equal(state, Parameters.GetValueOrDefault("state"));
        Assert.Equal(hub.Issuer, Parameters["iss"]);
        Assert.All(Decode(redirectUri), own => Assert.True(Form is not null || Parameters[own.Key] == own.Value));
        Assert.Empty(Parameters.Keys.Except(OfErrors).Except(Decode(redirectUri).Keys));
        Assert.Matches(@"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$", Parameters["error_description"]);
        Assert.Equal("no-store", Response.Headers.CacheControl?.ToString());
        return this;
    }

    public AuthorizeAnswer AssertCode(RunningHub hub, string? state, string redirectUri = SampleDirectory.PortalRedirect)
    {
        Assert.True(Parameters.ContainsKey("code"), $"expected a code, got {(int)Response.StatusCode} {Location ?? Body}");
        Assert.Equal(state, Parameters.GetValueOrDefault("state"));
        Assert.Equal(hub.Issuer, Parameters["iss"]);
        Assert.Empty(Parameters.Keys.Except(["code", "state", "iss"]).Except(Decode(redirectUri).Keys));
        return this;
    }

    /// <summary>The local page: 400, in HTML, nothing redirected, nothing set.</summary>
    public AuthorizeAnswer AssertErrorPage()
    {
        Assert.True(Response.StatusCode == HttpStatusCode.BadRequest, $"expected the error page, got {(int)Response.StatusCode} {Location ?? Body}");
        Assert.Null(Location);
        Assert.Null(Form);
        Pages.AssertHeaders(Response);
        Assert.Contains("Reference:", Body);
        Assert.DoesNotContain("<form", Body);
        return this;
    }

    public AuthorizeAnswer AssertAsks(string page)
    {
        Assert.True(Location?.StartsWith(page + "?tx=", StringComparison.Ordinal) == true, $"expected {page}, got {(int)Response.StatusCode} {Location ?? Body}");
        Assert.Equal("no-store", Response.Headers.CacheControl?.ToString());
        return this;
    }

    private static string? LocationOf(HttpResponseMessage response) => response.Headers.TryGetValues("Location", out var values) ? values.Single() : null;
}

/// <summary>What holds for every page of the hub.</summary>
internal static class Pages
{
    public static void AssertHeaders(HttpResponseMessage response)
    {
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var policy = Header(response, "Content-Security-Policy");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotContain("*", policy);
        Assert.DoesNotContain("data:", policy);
        Assert.Equal("no-store", Header(response, "Cache-Control"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    public static string Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : "";

    /// <summary>The value that an answer sets a cookie to; null when it does not.</summary>
    public static string? Cookie(HttpResponseMessage response, string name) => response.Headers.TryGetValues("Set-Cookie", out var cookies)
        ? cookies.Where(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal)).Select(cookie => cookie.Split(';')[0][(name.Length + 1)..]).LastOrDefault()
        : null;
}

internal static class Hostile
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("<>\"'&\u202E");

    /// <summary>Nothing of a hostile text stands in the page as it was sent, if it holds what HTML would take for markup.</summary>
    public static void AssertEncoded(string text, string html)
    {
        if (text.AsSpan().ContainsAny(Special))
        {
            Assert.DoesNotContain(text, html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u202E', html);
        var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html);
        Assert.All(document.QuerySelectorAll("script"), script => Assert.True(script.GetAttribute("src")!.StartsWith("/assets/passkeys.", StringComparison.Ordinal) && script.TextContent.Length == 0));
        Assert.All(document.QuerySelectorAll("img"), image => Assert.StartsWith("/assets/icon.", image.GetAttribute("src")));
        Assert.DoesNotContain(document.QuerySelectorAll("*").SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
    }
}
