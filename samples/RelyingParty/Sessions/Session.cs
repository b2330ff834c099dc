using Microsoft.AspNetCore.Authentication;

namespace IdentityHub.RelyingParty.Sessions;

/// <remarks>The ticket is never changed in place: requests read it while another one refreshes the session.</remarks>
internal sealed class Session(string key, AuthenticationTicket ticket, DateTimeOffset began)
{
    private readonly Lock gate = new();
    private Task? refreshing;

    public string Key => key;

    public DateTimeOffset Began => began;

    /// <summary>Replaced whole, by the store alone; <c>sub</c> and <c>sid</c> stay what they are.</summary>
    public AuthenticationTicket Ticket { get; set; } = ticket;

    /// <summary>Requests at the same time share one refresh: the hub takes the second use of a refresh token for theft.</summary>
    public Task RefreshOnceAsync(Func<Task> refresh)
    {
        lock (gate)
        {
            return refreshing is { IsCompleted: false } ? refreshing : refreshing = Task.Run(refresh);
        }
    }
}
