using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Has someone choose another account for the request that they are signing in for.</summary>
internal sealed class AccountChoices(IHubStore store, SignInFlow flow)
{
    /// <summary>Whether the user has more than one account that the app accepts.</summary>
    public async Task<bool> HasAnotherAsync(HttpContext context, CurrentSignIn current)
    {
        if (current.Client.AccountId is not null || await flow.SessionAsync(context) is not { } session)
        {
            return false;
        }

        var places = await store.ReadAsync(reader => Memberships.OfUserAsync(reader, session.UserId), context.RequestAborted);
        return places.Count(place => place.Status == MembershipStatus.Active) > 1;
    }

    /// <summary>Begins the same request again with the chooser shown.</summary>
    public Task AskAgainAsync(HttpContext context, CurrentSignIn current) =>
        flow.BeginAsync(context, current.Request with { Prompt = ["select_account"], Account = null }, current.Client);
}
