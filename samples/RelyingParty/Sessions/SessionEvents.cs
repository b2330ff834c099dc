using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace IdentityHub.RelyingParty.Sessions;

/// <summary>At each request with a session: renews the tokens when they run out, and ends what the hub no longer vouches for.</summary>
/// <remarks>So a person whose access ended at the hub is out within one token life even when the logout call was lost.</remarks>
internal sealed class SessionEvents(SessionStore store, SessionRefresh refresh) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (SessionStore.KeyOf(context.Properties) is not { } key || store.Find(key) is not { } session)
        {
            context.RejectPrincipal();
            return;
        }

        if (!refresh.IsDue(context.Properties, SessionRefresh.Ahead))
        {
            return;
        }

        try
        {
            await session.RefreshOnceAsync(() => refresh.RunAsync(session));
        }
        catch (HubUnreachableException) when (!refresh.IsDue(context.Properties, TimeSpan.Zero))
        {
            return; // what the hub said last still holds
        }

        if (store.Find(key) is { } refreshed)
        {
            context.ReplacePrincipal(refreshed.Ticket.Principal);
            context.Properties.StoreTokens(refreshed.Ticket.Properties.GetTokens());
        }
        else
        {
            context.RejectPrincipal();
        }
    }
}
