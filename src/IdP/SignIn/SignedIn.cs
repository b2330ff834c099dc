using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What happens in a browser once someone has proved who they are: its session is started, renewed or raised.</summary>
internal sealed class SignedIn(IHubStore store, SignInFlow flow, Cookies cookies, DeviceMarks devices, TimeProvider time)
{
    /// <summary>The same user's session goes on with a new secret; another user's ends.</summary>
    /// <returns>False when the user was deactivated or changed credentials meanwhile.</returns>
    public async Task<bool> RecordAsync(HttpContext context, string userId, int userEpoch, string amr)
    {
        var present = await flow.SessionAsync(context);
        var secret = await store.WriteAsync(
            new Actor.Person(userId),
            async transaction =>
            {
                if (present is not null && present.UserId == userId)
                {
                    return await Sessions.StepUpAsync(transaction, present.Id, time.GetUtcNow(), amr);
                }

                if (present is not null)
                {
                    await Sessions.EndAsync(transaction, present.Id, "another user signed in");
                }

                return (await Sessions.StartAsync(transaction, userId, userEpoch, time.GetUtcNow(), amr))?.Secret;
            },
            context.RequestAborted);
        if (secret is null)
        {
            return false;
        }

        flow.UseSession(context, secret);
        if (devices.Read(cookies.Device(context.Request))?.UserId != userId)
        {
            cookies.SetDevice(context.Response, devices.Make(userId));
        }

        return true;
    }
}
