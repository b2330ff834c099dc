using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace IdentityHub.Testing;

/// <summary>A page as a browser has it.</summary>
public sealed record Page(Uri Address, HttpStatusCode Status, IHtmlDocument Document, HttpResponseMessage Response)
{
    /// <summary>The page's main form: the first.</summary>
    public IHtmlFormElement Form => Document.Forms.FirstOrDefault() ?? throw new InvalidOperationException("The page has no form: " + Document.Body?.TextContent);

    public string Text => Document.Body?.TextContent ?? "";

    public string? Alert => Document.QuerySelector("[role=alert]")?.TextContent;

    /// <summary>Whether the page asks for a field of this autocomplete token.</summary>
    public bool Asks(string autocomplete) => Document.QuerySelector($"input[autocomplete='{autocomplete}']") is not null;
}

/// <summary>A browser as far as HTTP goes. It follows redirects within the hub and stops where one leads out of it.</summary>
public sealed class Browser(RunningHub hub, HttpClient client) : IDisposable
{
    private readonly Uri hubAddress = new(hub.Issuer);

    /// <summary>Where the last redirect led that left the hub; null when the browser shows a page.</summary>
    public Uri? LeftFor { get; private set; }

    /// <summary>The page that is shown; null after the browser left.</summary>
    public Page? Page { get; private set; }

    public HttpClient Client => client;

    public Task<Browser> GoAsync(string address) => FollowAsync(new(HttpMethod.Get, new Uri(hubAddress, address)));

    public Task<Browser> PostAsync(string address, IEnumerable<KeyValuePair<string, string>> fields) =>
        FollowAsync(new(HttpMethod.Post, new Uri(hubAddress, address)) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>Fills the main form of the page by autocomplete token, and sends it.</summary>
    public Task<Browser> SubmitAsync(params (string Autocomplete, string Value)[] values) => SubmitFormAsync(Page!.Form, null, values);

    /// <summary>Presses a button by its name and value.</summary>
    public Task<Browser> PressAsync(string name, string value)
    {
        var button = Page!.Document.QuerySelector<IHtmlButtonElement>($"button[name='{name}'][value='{value}']") ?? throw new InvalidOperationException($"There is no button {name}={value}.");
        return SubmitFormAsync(button.Form!, (name, value), []);
    }

    /// <summary>Presses a button by its words.</summary>
    public Task<Browser> PressAsync(string words)
    {
        var button = Page!.Document.QuerySelectorAll<IHtmlButtonElement>("button").FirstOrDefault(one => one.TextContent.Trim().Contains(words, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"There is no button '{words}'.");
        return SubmitFormAsync(button.Form!, null, []);
    }

    private Task<Browser> SubmitFormAsync(IHtmlFormElement form, (string, string)? pressed, (string Autocomplete, string Value)[] values)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var input in form.QuerySelectorAll<IHtmlInputElement>("input"))
        {
            var given = values.Where(value => value.Autocomplete == input.GetAttribute("autocomplete")).Select(value => value.Value).FirstOrDefault();
            fields.Add(KeyValuePair.Create(input.Name!, given ?? input.Value));
        }

        if (pressed is var (name, value))
        {
            fields.Add(KeyValuePair.Create(name, value));
        }

        return PostAsync(new Uri(Page!.Address, form.GetAttribute("action") ?? "").ToString(), fields);
    }

    private async Task<Browser> FollowAsync(HttpRequestMessage request)
    {
        var response = await client.SendAsync(request);
        for (var hops = 0; response.Headers.Location is { } location; hops++)
        {
            var target = new Uri(response.RequestMessage!.RequestUri!, location);
            if (target.Authority != hubAddress.Authority)
            {
                (LeftFor, Page) = (target, null);
                return this;
            }

            if (hops > 10)
            {
                throw new InvalidOperationException("The hub redirects in a circle.");
            }

            response = await client.GetAsync(target);
        }

        LeftFor = null;
        Page = new(
            response.RequestMessage!.RequestUri!, response.StatusCode, await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync()), response);
        return this;
    }

    public void Dispose() => client.Dispose();
}
