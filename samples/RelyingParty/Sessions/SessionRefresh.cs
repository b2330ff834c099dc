using System.Security.Claims;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace IdentityHub.RelyingParty.Sessions;

/// <summary>Renews the tokens of a session and what they say about the person, or ends it when the hub refuses.</summary>
internal sealed partial class SessionRefresh(
    SessionStore store, HubClient hub, TokenChecks checks, TimeProvider time, ILogger<SessionRefresh> logger)
{
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    public bool IsDue(AuthenticationProperties properties, TimeSpan ahead) =>
        properties.GetTokenValue(SessionTicket.RefreshToken) is not null
        && SessionTicket.TokensExpireAt(properties) is { } end
        && end <= time.GetUtcNow() + ahead;

    /// <exception cref="HubUnreachableException">The hub gave no answer; the session stays as it was.</exception>
    public async Task RunAsync(Session session)
    {
        var properties = session.Ticket.Properties;
        if (!IsDue(properties, Ahead))
        {
            return; // another request was quicker
        }

        // Not cancelled with the request: the hub may have rotated the refresh token already, and the answer holds the new one.
        var answer = await hub.RefreshAsync(properties.GetTokenValue(SessionTicket.RefreshToken)!, CancellationToken.None);
        if (answer is not HubClient.TokenAnswer.Issued issued)
        {
            End(session, ((HubClient.TokenAnswer.Refused)answer).Error);
            return;
        }

        // Kept before anything else can fail: the old refresh token is spent. The expiry stays, so the refresh is still due.
        store.Update(session.Key, ticket => WithRefreshToken(ticket, issued.RefreshToken));
        var original = JwtVerifier.PayloadOf(properties.GetTokenValue(SessionTicket.IdToken)!);
        var outcome = await checks.RefreshAsync(issued, original, CancellationToken.None);
        if (outcome.Principal is { } principal && principal.FindFirstValue("sid") == session.Ticket.Principal.FindFirstValue("sid"))
        {
            store.Update(session.Key, ticket => WithTokens(ticket, principal, issued));
        }
        else
        {
            End(session, outcome.Fault ?? "the refreshed ID token is of another session");
        }
    }

    private AuthenticationTicket WithTokens(AuthenticationTicket ticket, ClaimsPrincipal principal, HubClient.TokenAnswer.Issued issued)
    {
        var properties = ticket.Properties.Clone();
        SessionTicket.Keep(properties, issued, time.GetUtcNow());
        return new AuthenticationTicket(principal, properties, ticket.AuthenticationScheme);
    }

    private static AuthenticationTicket WithRefreshToken(AuthenticationTicket ticket, string? token)
    {
        var properties = ticket.Properties.Clone();
        if (token is not null)
        {
            properties.UpdateTokenValue(SessionTicket.RefreshToken, token);
        }

        return new AuthenticationTicket(ticket.Principal, properties, ticket.AuthenticationScheme);
    }

    private void End(Session session, string reason)
    {
        store.Forget(session.Key);
        LogEnded(logger, reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A session ended because its tokens could not be refreshed: {Reason}")]
    private static partial void LogEnded(ILogger logger, string reason);
}
