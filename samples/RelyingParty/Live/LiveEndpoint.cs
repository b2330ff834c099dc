using System.Net.WebSockets;
using IdentityHub.RelyingParty.Sessions;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.RelyingParty.Live;

/// <summary>A WebSocket that lives as long as the session does. The hub is told that it is there, and says when it must not be any more: the net under a logout call that got lost.</summary>
internal sealed class LiveEndpoint(LiveConnections connections, SessionStore sessions, SessionRefresh refresh, HubClient hub, TimeProvider time)
{
    public const string Path = "/live";

    /// <summary>The application's own close code for "you are signed out" (RFC 6455 §7.4.2).</summary>
    public const int SignedOut = 4401;

    public static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(HttpContext context)
    {
        // RFC 6455 §10.2: a browser says which site's script connects; only our own may.
        var origin = $"{context.Request.Scheme}://{context.Request.Host}";
        if (!context.WebSockets.IsWebSocketRequest || context.Request.Headers.Origin != origin)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var session = await context.AuthenticateAsync();
        if (session.Properties is not { } properties || SessionStore.KeyOf(properties) is not { } key || connections.Open(key) is not { } ended)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await ServeAsync(socket, key, ended.Token, context.RequestAborted);
        }
        finally
        {
            connections.Close(key, ended);
        }
    }

    private async Task ServeAsync(WebSocket socket, string key, CancellationToken ended, CancellationToken aborted)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ended, aborted);
        var listening = ListenAsync(socket, over.Token);
        var vouching = VouchAsync(key, over.Token);
        await Task.WhenAny(listening, vouching);

        // Asked of the session itself: it is over, or the browser has gone.
        var isSignedOut = sessions.Find(key) is null;
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await (isSignedOut ? CloseAsync(socket, (WebSocketCloseStatus)SignedOut, "signed out") : CloseAsync(socket, WebSocketCloseStatus.NormalClosure, null));
        }

        await over.CancelAsync();
        await Task.WhenAll(listening, vouching);
        if (!isSignedOut)
        {
            await SayGoneAsync(key);
        }
    }

    /// <summary>What the browser sends means nothing here; reading it is how its going is noticed.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationToken over)
    {
        var buffer = new byte[256];
        try
        {
            while (socket.State == WebSocketState.Open && (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(over)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // Gone, or to go.
        }
    }

    /// <summary>Ends when the session does; ends the session when the hub does not vouch for it any more.</summary>
    private async Task VouchAsync(string key, CancellationToken over)
    {
        try
        {
            while (sessions.Find(key) is { } session)
            {
                try
                {
                    if (refresh.IsDue(session.Ticket.Properties, SessionRefresh.Ahead))
                    {
                        await session.RefreshOnceAsync(() => refresh.RunAsync(session));
                    }

                    if (session.Ticket.Properties.GetTokenValue(SessionTicket.AccessToken) is { } token && !await hub.PresenceAsync(token, gone: false, over))
                    {
                        sessions.Forget(key);
                    }
                }
                catch (HubUnreachableException)
                {
                    // What the hub said last holds until the tokens run out; then the next round asks in vain and the refresh ends it.
                }

                await Task.Delay(PresenceInterval, time, over);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string? reason)
    {
        using var limit = new CancellationTokenSource(CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            socket.Abort();
        }
    }

    private async Task SayGoneAsync(string key)
    {
        try
        {
            if (sessions.Find(key)?.Ticket.Properties.GetTokenValue(SessionTicket.AccessToken) is { } token)
            {
                await hub.PresenceAsync(token, gone: true, CancellationToken.None);
            }
        }
        catch (HubUnreachableException)
        {
            // It finds out by itself when nobody says anything any more.
        }
    }
}
