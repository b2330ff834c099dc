using IdentityHub.Domain.Clients;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Hub;

/// <summary>The operator sees who is told of security events, and stops it.</summary>
public sealed class StreamPageTests : IAsyncLifetime
{
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync(OperatorDirectory.Json);

    public async Task DisposeAsync() => await console.DisposeAsync();

    private async Task<StreamView> StreamAsync(string clientId, string? account, string? pushTo)
    {
        await console.Hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata
        {
            ClientId = clientId, ClientName = "Receiver " + clientId, GrantTypes = ["client_credentials"], Scope = "ssf.manage", Account = account,
        }.ToClient("hash", disabled: false, transaction.Now)));
        return (await console.Hub.WriteAsync(transaction => EventStreams.CreateAsync(
            transaction, clientId, new(EventTypes.Supported, pushTo is null ? null : new(pushTo, "Bearer hush-hush"), null))))!;
    }

    private Task<IReadOnlyList<StreamLine>> LinesAsync() => console.Hub.ReadAsync(StreamList.ReadAsync);

    [Fact]
    public async Task Streams_are_listed_stopped_started_and_deleted()
    {
        var polled = await StreamAsync("polled", "northside", null);
        await StreamAsync("pushed", null, "http://127.0.0.1:9/events?key=hidden");
        var sam = (await console.Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, SampleDirectory.Sam)))!.Id;
        var member = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await console.Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member));
        using var browser = await console.SignInAsync(OperatorDirectory.Operator, "/admin/hub/streams");

        var rows = browser.Page!.Document.QuerySelectorAll("tbody tr").Select(row => System.Text.RegularExpressions.Regex.Replace(row.TextContent, @"\s+", " ").Trim()).ToList();
        Assert.Equal(2, rows.Count);
        Assert.StartsWith("Receiver polled polled Northside School District polled transmits 1 0 none Pause", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("Receiver pushed pushed everybody pushed to 127.0.0.1:9 transmits 1 0", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain("hush", browser.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", browser.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(sam, browser.Page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);

        await browser.PressAsync("Pause the stream of polled");
        Assert.Contains("paused", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal((StreamStatus.Paused, EventStreams.StoppedByOperator, 2), Of(await LinesAsync(), polled.Id));
        await browser.PressAsync("Disable the stream of polled");
        Assert.Equal((StreamStatus.Disabled, EventStreams.StoppedByOperator, 1), Of(await LinesAsync(), polled.Id));
        await browser.PressAsync("Enable the stream of polled");
        Assert.Equal((StreamStatus.Enabled, null, 2), Of(await LinesAsync(), polled.Id));
        await browser.PressAsync("Delete the stream of polled");
        Assert.Equal("pushed", Assert.Single(await LinesAsync()).ClientId);
        await browser.PressAsync("Delete the stream of pushed");
        Assert.Contains("No app is told", browser.Page!.Text, StringComparison.Ordinal);

        static (StreamStatus, string?, int) Of(IReadOnlyList<StreamLine> lines, string id) => lines.Where(line => line.Id == id).Select(line => (line.Status, line.Reason, line.Waiting)).Single();
    }

    [Theory]
    [InlineData("Status", "unknown", "Paused")]
    [InlineData("Status", "$", "7")]
    [InlineData("Status", "$", "")]
    [InlineData("Delete", "unknown", "")]
    public async Task What_is_not_there_changes_nothing(string handler, string stream, string status)
    {
        var present = await StreamAsync("polled", null, null);
        using var browser = await console.SignInAsync(OperatorDirectory.Operator, "/admin/hub/streams");
        var token = browser.Page!.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await browser.PostAsync("/admin/hub/streams?handler=" + handler, new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = token, ["stream"] = stream.Replace("$", present.Id, StringComparison.Ordinal), ["status"] = status,
        });
        Assert.Contains("no such stream", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(StreamStatus.Enabled, Assert.Single(await LinesAsync()).Status);
    }
}
