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
    public bool Asks(string autocomplete) => Document.QuerySelector($"input[autocomplete~='{autocomplete}']") is not null;
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

    /// <summary>Fills a form as a person would and sends it: by the names of its fields, the rest as the page has it.</summary>
    /// <param name="form">A selector of the form, or of anything in it, such as the button that is pressed.</param>
    /// <param name="values">Fields by name; a check box or radio button is set by its value, or cleared by an empty one. A field that the form lacks is a fault of the test.</param>
    public Task<Browser> SendAsync(string form, params (string Name, string Value)[] values)
    {
        var element = Page!.Document.QuerySelector(form) ?? throw new InvalidOperationException($"There is no {form} on the page: {Page.Text}");
        var owner = element as IHtmlFormElement ?? element.Closest("form") as IHtmlFormElement ?? throw new InvalidOperationException($"{form} is in no form.");
        var fields = new List<KeyValuePair<string, string>>(FieldsOf(owner, values));
        if (element is IHtmlButtonElement { Name.Length: > 0 } pressed)
        {
            fields.Add(KeyValuePair.Create(pressed.Name!, pressed.Value));
        }

        foreach (var missing in values.Where(value => !owner.Elements.Any(one => one.GetAttribute("name") == value.Name)))
        {
            throw new InvalidOperationException($"The form has no field {missing.Name}.");
        }

        var action = (element as IHtmlButtonElement)?.GetAttribute("formaction") ?? owner.GetAttribute("action") ?? "";
        return owner.Method == "get"
            ? GoAsync(new Uri(Page.Address, action.Split('?')[0]) + "?" + string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")))
            : PostAsync(new Uri(Page.Address, action).ToString(), fields);
    }

    private static IEnumerable<KeyValuePair<string, string>> FieldsOf(IHtmlFormElement form, (string Name, string Value)[] values)
    {
        foreach (var element in form.Elements.Where(one => one.GetAttribute("name") is { Length: > 0 } && one is not IHtmlButtonElement && !one.HasAttribute("disabled")))
        {
            var name = element.GetAttribute("name")!;
            var given = values.Where(value => value.Name == name).Select(value => value.Value).ToList();
            if (element is IHtmlInputElement { Type: "checkbox" or "radio" } box)
            {
                if (given.Count == 0 ? box.IsChecked : given.Contains(box.Value))
                {
                    yield return KeyValuePair.Create(name, box.Value);
                }
            }
            else
            {
                yield return KeyValuePair.Create(name, given.Count > 0 ? given[0] : element switch
                {
                    IHtmlInputElement input => input.Value,
                    IHtmlSelectElement select => select.Value ?? "",
                    IHtmlTextAreaElement area => area.Value,
                    _ => "",
                });
            }
        }
    }

    private Task<Browser> SubmitFormAsync(IHtmlFormElement form, (string, string)? pressed, (string Autocomplete, string Value)[] values)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var input in form.QuerySelectorAll<IHtmlInputElement>("input"))
        {
            var given = values.Where(value => input.GetAttribute("autocomplete")?.Split(' ').Contains(value.Autocomplete) == true).Select(value => value.Value).FirstOrDefault();
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
        await ShowAsync(response);
        return this;
    }

    /// <summary>Takes an answer for the page that is shown: of a request that a test made itself, such as an upload.</summary>
    public async Task ShowAsync(HttpResponseMessage response) => Page = new(
        response.RequestMessage!.RequestUri!, response.StatusCode, await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync()), response);

    public void Dispose() => client.Dispose();
}
