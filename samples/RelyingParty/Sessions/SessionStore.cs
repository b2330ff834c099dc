using System.Security.Claims;
using IdentityHub.RelyingParty.SignIn;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.RelyingParty.Sessions;

/// <summary>The sessions of this application. The cookie holds only a key, so what is removed here is signed out at once.</summary>
/// <remarks>In memory, at most <see cref="Capacity"/>: when full, the session that has lain unused longest makes room.</remarks>
internal sealed class SessionStore(TimeProvider time) : ITicketStore
{
    public const int Capacity = 10_000;
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    private const string KeyItem = ".session";
    private static readonly object ReplacesSession = new();

    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Claim, string Value), HashSet<string>> index = [];
    private readonly EndedSessions ended = new(time);

    /// <summary>Called with the key of a session that has ended, however it did. Whoever listens is quick and does not come back here.</summary>
    public event Action<string>? Ended;

    public static string? KeyOf(AuthenticationProperties properties) => properties.GetString(KeyItem);

    /// <summary>Has the sign-in of this request start a new session in place of the browser's old one (no fixation, no mixing of accounts).</summary>
    public static void ReplaceSessionOf(HttpContext context) => context.Items[ReplacesSession] = true;

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var session = new Session(RandomValue.Create(), ticket, time.GetUtcNow());
        ticket.Properties.SetString(KeyItem, session.Key);
        lock (gate)
        {
            if (ended.Covers(ticket))
            {
                throw new SignInRefusedException(SignInFault.Invalid, "the session was ended at the hub while it began here");
            }

            MakeRoom();
            sessions.Add(session.Key, session);
            foreach (var entry in Entries(ticket))
            {
                (index.TryGetValue(entry, out var keys) ? keys : index[entry] = []).Add(session.Key);
            }
        }

        return Task.FromResult(session.Key);
    }

    /// <summary>Only the sliding expiry is taken over: the ticket at hand may be older than a refresh, and the session may have been ended.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        Update(key, current =>
        {
            var renewed = Copy(current);
            renewed.Properties.IssuedUtc = ticket.Properties.IssuedUtc;
            renewed.Properties.ExpiresUtc = ticket.Properties.ExpiresUtc;
            return renewed;
        });
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
    {
        if (httpContext.Items.ContainsKey(ReplacesSession))
        {
            Forget(key);
        }

        return RetrieveAsync(key);
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(Find(key) is { } session ? Copy(session.Ticket) : null);

    public Task RemoveAsync(string key)
    {
        Forget(key);
        return Task.CompletedTask;
    }

    public Session? Find(string key)
    {
        lock (gate)
        {
            if (!sessions.TryGetValue(key, out var session))
            {
                return null;
            }

            if (IsOver(session))
            {
                Forget(key);
                return null;
            }

            return session;
        }
    }

    /// <summary>Puts a new ticket in the place of the current one; nothing when the session is over.</summary>
    public void Update(string key, Func<AuthenticationTicket, AuthenticationTicket> change)
    {
        lock (gate)
        {
            if (Find(key) is { } session)
            {
                session.Ticket = change(session.Ticket);
            }
        }
    }

    /// <summary>Ends what a logout token orders: the session it names, or every session of the person.</summary>
    /// <returns>How many sessions ended; none is no failure, they were over already.</returns>
    public int End(LogoutTokenRules.Order order)
    {
        lock (gate)
        {
            ended.Add(order);
            var keys = index.TryGetValue(order.Target, out var found) ? found.Where(k => IsOf(k, order.Subject)).ToList() : [];
            keys.ForEach(Forget);
            return keys.Count;
        }
    }

    public void Forget(string key)
    {
        lock (gate)
        {
            if (sessions.Remove(key, out var session))
            {
                foreach (var entry in Entries(session.Ticket).Where(e => index[e].Remove(key) && index[e].Count == 0))
                {
                    index.Remove(entry);
                }

                Ended?.Invoke(key);
            }
        }
    }

    private bool IsOf(string key, string? subject) =>
        subject is null || sessions[key].Ticket.Principal.FindFirstValue("sub") == subject;

    private void MakeRoom()
    {
        if (sessions.Count < Capacity)
        {
            return;
        }

        sessions.Values.Where(IsOver).Select(s => s.Key).ToList().ForEach(Forget);
        if (sessions.Count >= Capacity)
        {
            Forget(sessions.Values.MinBy(s => s.Ticket.Properties.ExpiresUtc)!.Key);
        }
    }

    private bool IsOver(Session session) =>
        session.Began + Longest <= time.GetUtcNow() || session.Ticket.Properties.ExpiresUtc <= time.GetUtcNow();

    private static AuthenticationTicket Copy(AuthenticationTicket ticket) =>
        new(ticket.Principal, ticket.Properties.Clone(), ticket.AuthenticationScheme);

    private static IEnumerable<(string, string)> Entries(AuthenticationTicket ticket) =>
        from claim in ticket.Principal.Claims
        where claim.Type is "sub" or "sid"
        select (claim.Type, claim.Value);
}
