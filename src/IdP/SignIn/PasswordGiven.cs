using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What follows a right password: a session where there is no second factor to ask for, or where this browser is remembered; otherwise the sign-in waits for one.</summary>
internal sealed class PasswordGiven(IHubStore store, SignedIn signedIn, Cookies cookies)
{
    public enum Next
    {
        /// <summary>There is a session now.</summary>
        SignedIn,

        /// <summary>A second factor is asked for, or the code that an administrator hands over after a reset.</summary>
        Code,

        /// <summary>The user was deactivated or changed credentials meanwhile.</summary>
        Refused,
    }

    public async Task<Next> GoOnAsync(HttpContext context, CurrentSignIn current, Users.SignInFacts user)
    {
        var factors = await store.ReadAsync(reader => SecondFactors.OfAsync(reader, user.UserId), context.RequestAborted);
        if (!factors.Any && !factors.MustEnrol)
        {
            return await StartAsync(context, user, Evidence.Password);
        }

        var actor = new Actor.Person(user.UserId) { From = BrowserFacts.AddressOf(context) };
        if (!factors.MustEnrol && cookies.Remembered(context.Request, user.UserId) is { } remembered
            && await store.WriteAsync(actor, transaction => RememberedDevices.TryUseAsync(transaction, user.UserId, remembered), context.RequestAborted))
        {
            // It spares asking; what a place or an app requires is asked for all the same, as the next step.
            return await StartAsync(context, user, Evidence.Password | Evidence.RememberedDevice);
        }

        await store.WriteAsync(
            actor,
            async transaction =>
            {
                await SignIns.RecordPasswordAsync(transaction, current.Row.Id, user.UserId, user.Epoch);
                return true;
            },
            context.RequestAborted);
        return Next.Code;
    }

    private async Task<Next> StartAsync(HttpContext context, Users.SignInFacts user, Evidence shown) =>
        await signedIn.RecordAsync(context, user.UserId, user.Epoch, shown) ? Next.SignedIn : Next.Refused;
}
