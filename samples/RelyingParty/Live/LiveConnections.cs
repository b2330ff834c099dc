using IdentityHub.RelyingParty.Sessions;

namespace IdentityHub.RelyingParty.Live;

/// <summary>The live connections of each session. When the session ends, for whatever reason, they are let go at once.</summary>
internal sealed class LiveConnections : IDisposable
{
    /// <summary>More than anybody has open.</summary>
    public const int MostOfSession = 16;

    private readonly SessionStore sessions;
    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<CancellationTokenSource>> open = new(StringComparer.Ordinal);

    public LiveConnections(SessionStore sessions)
    {
        this.sessions = sessions;
        sessions.Ended += Drop;
    }

    public void Dispose() => sessions.Ended -= Drop;

    /// <returns>What is cancelled when the session ends; null when it has ended, or has too many connections.</returns>
    public CancellationTokenSource? Open(string sessionKey)
    {
        var connection = new CancellationTokenSource();
        lock (gate)
        {
            var mine = open.TryGetValue(sessionKey, out var known) ? known : open[sessionKey] = [];
            if (mine.Count < MostOfSession)
            {
                mine.Add(connection);
            }
            else
            {
                connection.Dispose();
                return null;
            }
        }

        // Registered first, asked second: a session that ends between the two finds the connection.
        if (sessions.Find(sessionKey) is not null)
        {
            return connection;
        }

        Close(sessionKey, connection);
        return null;
    }

    public void Close(string sessionKey, CancellationTokenSource connection)
    {
        lock (gate)
        {
            if (open.TryGetValue(sessionKey, out var mine) && mine.Remove(connection) && mine.Count == 0)
            {
                open.Remove(sessionKey);
            }
        }

        connection.Dispose();
    }

    private void Drop(string sessionKey)
    {
        CancellationTokenSource[] ending;
        lock (gate)
        {
            ending = open.TryGetValue(sessionKey, out var mine) ? [.. mine] : [];
        }

        foreach (var connection in ending)
        {
            try
            {
                // Beside whoever ended the session: they wait for no browser.
                _ = connection.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It closed by itself in this moment.
            }
        }
    }
}
