using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Ends the session of a browser.</summary>
internal sealed class SignOut(IHubStore store, SignInFlow flow, Cookies cookies)
{
    public async Task EndAsync(HttpContext context, string reason)
    {
        if (await flow.SessionAsync(context) is { } session)
        {
            await store.WriteAsync(new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(context) }, transaction => Sessions.EndAsync(transaction, session.Id, reason), context.RequestAborted);
        }

        // A POST from another site comes without the cookie (SameSite); an answer that took it away would let that site sign people out here.
        if (cookies.Session(context.Request) is not null)
        {
            cookies.ForgetSession(context.Response);
        }
    }
}
