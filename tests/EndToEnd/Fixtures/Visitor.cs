using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>One person at one browser. Whatever the browser complains about on the way is kept.</summary>
public sealed partial class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private const string Nowhere = "";

    private readonly ConcurrentQueue<string> complaints = new();
    private readonly ConcurrentDictionary<string, bool> pages = new();

    internal Visitor(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Request += (_, request) => pages[request.IsNavigationRequest ? request.Url : Nowhere] = true;
        page.Console += (_, message) => Keep(message);
        page.PageError += (_, error) => complaints.Enqueue("script error: " + error);
        page.RequestFailed += (_, request) => Keep(request);
    }

    public IPage Page { get; }

    public IBrowserContext Context => context;

    /// <summary>Errors on the console, breaches of a content security policy, scripts that fail, requests that come to nothing.</summary>
    public IReadOnlyCollection<string> Complaints => [.. complaints];

    public ILocator Field(string autocomplete) => Page.Locator($"input[autocomplete~='{autocomplete}']");

    public Task GoAsync(string address) => Page.GotoAsync(address);

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync();

    public Task<string> HeadingAsync() => Page.Locator("h1").InnerTextAsync();

    public async Task SeesHeadingAsync(string heading) => await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(heading);

    /// <summary>Fills the password page and sends it.</summary>
    public async Task GivePasswordAsync(string userName, string password)
    {
        await Field("username").FillAsync(userName);
        await Field("current-password").FillAsync(password);
        await PressAsync("Sign in");
    }

    public async Task GiveCodeAsync(string code)
    {
        await Field("one-time-code").FillAsync(code);
        await PressAsync("Go on");
    }

    /// <summary>What a sample application shows for a claim.</summary>
    public async Task<string> ClaimAsync(string name) => Spaces().Replace(await Page.Locator($"[data-claim='{name}']").InnerTextAsync(), " ").Trim();

    public void HasNoComplaints() => Assert.True(Complaints.Count == 0, string.Join("\n", Complaints));

    public async ValueTask DisposeAsync() => await context.CloseAsync();

    /// <summary>Chromium reports every error page of a server on the console; that is the page's status, not a fault of the page.</summary>
    private void Keep(IConsoleMessage message)
    {
        if (message.Type is "error" or "warning" && !(IsPage(message.Location) && message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)))
        {
            complaints.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        }
    }

    /// <summary>A location is an address with the line and column that the browser names.</summary>
    private bool IsPage(string location) => LineAndColumn().Replace(location, "") is var address && (address == Page.Url || pages.ContainsKey(address));

    private void Keep(IRequest request)
    {
        // A navigation that another one overtakes is no fault.
        if (request.Failure is { } failure && failure != "net::ERR_ABORTED")
        {
            complaints.Enqueue($"{request.Method} {request.Url}: {failure}");
        }
    }

    [GeneratedRegex(@"(:\d+)?:\d+$")]
    private static partial Regex LineAndColumn();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
