using System.Net;
using System.Net.WebSockets;

namespace IdentityHub.Samples.Tests;

/// <summary>The expert console's live connection: it lives as long as the session does, and not a moment longer.</summary>
public sealed class LiveConnectionTests : SampleFixture
{
    private Browser console = null!;

    private async Task SignInAsync()
    {
        console = await StartExpertConsoleAsync();
        await console.SignInAsync();
    }

    private Task<Page> TellAsync(string? sid = "session-1", string? sub = "user-1") =>
        NewBrowser(console.Origin).PostAsync("/backchannel-logout", ("logout_token", Jose.Sign(Hub.Key, "logout+jwt", Hub.LogoutToken(sid, sub))));

    [Theory]
    [InlineData("session-1", "user-1")]
    [InlineData(null, "user-1")]
    public async Task It_is_closed_with_a_reason_when_the_hub_ends_the_session_and_does_not_come_back(string? sid, string? sub)
    {
        await SignInAsync();
        using var one = await console.ConnectAsync("/live");
        using var two = await console.ConnectAsync("/live");
        Assert.Equal(HttpStatusCode.OK, (await TellAsync(sid, sub)).Status);
        foreach (var socket in (ClientWebSocket[])[one, two])
        {
            Assert.Equal((4401, "signed out"), await ClosingAsync(socket));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(console));
    }

    [Fact]
    public async Task Somebody_else_s_goes_on()
    {
        await SignInAsync();
        using var mine = await console.ConnectAsync("/live");
        await TellAsync("session-2", "user-2");
        await Task.Delay(200);
        Assert.Equal(WebSocketState.Open, mine.State);
        using var another = await console.ConnectAsync("/live");
        Assert.Equal(WebSocketState.Open, another.State);
    }

    [Fact]
    public async Task Signing_out_here_closes_it_as_well()
    {
        await SignInAsync();
        using var socket = await console.ConnectAsync("/live");
        await console.SubmitAsync("/signout");
        Assert.Equal((4401, "signed out"), await ClosingAsync(socket));
    }

    [Fact]
    public async Task The_hub_hears_that_it_is_there_and_that_it_is_gone()
    {
        await SignInAsync();
        using (var socket = await console.ConnectAsync("/live"))
        {
            await EventuallyAsync(() => Hub.Presences.Contains(""), "the hub was told");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        await EventuallyAsync(() => Hub.Presences.Contains("gone"), "the hub was told that it is gone");
        Assert.True(await console.IsSignedInAsync());
    }

    [Fact]
    public async Task Where_the_hub_vouches_for_nobody_it_is_closed_though_no_logout_call_came()
    {
        await SignInAsync();
        Hub.RefusePresence = true;
        using var socket = await console.ConnectAsync("/live");
        Assert.Equal((4401, "signed out"), await ClosingAsync(socket));
        Assert.False(await console.IsSignedInAsync());
    }

    [Fact]
    public async Task Nobody_connects_without_a_session_nor_from_another_site()
    {
        await SignInAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(NewBrowser(console.Origin)));
        Assert.Equal(HttpStatusCode.BadRequest, await RefusalAsync(console, "https://evil.example"));
        Assert.Equal(HttpStatusCode.BadRequest, (await console.GetAsync("/live")).Status);
    }

    [Fact]
    public async Task Only_the_page_with_the_connection_runs_a_script_and_only_ours()
    {
        await SignInAsync();
        var page = await console.GetAsync("/remote");
        var policy = page.Raw.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", (await console.GetAsync("/")).Raw.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("text/javascript", (await console.GetAsync("/live.js")).Raw.Content.Headers.ContentType!.MediaType);
    }

    private static async Task<(int?, string?)> ClosingAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var received = await socket.ReceiveAsync(new byte[64].AsMemory(), limit.Token);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        return ((int?)socket.CloseStatus, socket.CloseStatusDescription);
    }

    private static async Task<HttpStatusCode> RefusalAsync(Browser browser, string? origin = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => browser.ConnectAsync(socket, "/live", origin));
        return socket.HttpStatusCode;
    }

    private static async Task EventuallyAsync(Func<bool> holds, string what)
    {
        for (var i = 0; i < 200 && !holds(); i++)
        {
            await Task.Delay(25);
        }

        Assert.True(holds(), what);
    }
}
