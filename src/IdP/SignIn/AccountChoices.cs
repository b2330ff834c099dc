using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Has someone choose another account for the request that they are signing in for.</summary>
internal sealed class AccountChoices(IHubStore store, SignInFlow flow)
{
    /// <summary>Whether the user has more than one account that the app accepts.</summary>
    public async Task<bool> HasAnotherAsync(HttpContext context, CurrentSignIn current)
    {
        if (current.Client.AccountId is not null || current.Request.Account is not null || await flow.SessionAsync(context) is not { } session)
        {
            return false;
        }

        var places = await store.ReadAsync(reader => Memberships.OfUserAsync(reader, session.UserId), context.RequestAborted);
        return places.Count(place => place.LetsIn) > 1;
    }

    /// <summary>Has the chooser shown in this sign-in, whatever the session's last choice is.</summary>
    public async Task AskAgainAsync(HttpContext context, CurrentSignIn current)
    {
        await store.WriteAsync(
            new Actor.Hub("sign-in"),
            async transaction =>
            {
                await SignIns.RecordAccountAsync(transaction, current.Row.Id, Situation.AskForAccount);
                return true;
            },
            context.RequestAborted);
        current.Row.AccountId = Situation.AskForAccount;
    }
}
