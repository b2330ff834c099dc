using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What happens in a browser once someone has proved who they are: its session is started, renewed or raised.</summary>
internal sealed class SignedIn(IHubStore store, SignInFlow flow, Cookies cookies, DeviceMarks devices, TimeProvider time)
{
    /// <summary>After a password alone.</summary>
    /// <returns>False when the user was deactivated or changed credentials meanwhile.</returns>
    public Task<bool> RecordAsync(HttpContext context, string userId, int userEpoch, string amr) => RecordAsync(context, new(userId, userEpoch, new(false, null), null), amr);

    /// <summary>After a code. One that raises a session raises that very one, or nothing: it never starts one.</summary>
    /// <returns>False when the user was deactivated, changed credentials or signed out meanwhile.</returns>
    public async Task<bool> RecordAsync(HttpContext context, CodeOwner owner, string amr)
    {
        var userId = owner.UserId;
        var present = await flow.SessionAsync(context);
        var device = BrowserFacts.Device(context);
        var isKnown = devices.Read(cookies.Device(context.Request))?.UserId == userId;
        var secret = await store.WriteAsync(
            new Actor.Person(userId) { From = BrowserFacts.AddressOf(context) },
            async transaction =>
            {
                if (owner.SessionId is not null)
                {
                    return await Sessions.StepUpAsync(transaction, owner.SessionId, time.GetUtcNow(), amr, device);
                }

                return await StartOrRenewAsync(transaction, present, owner, amr, device, isKnown);
            },
            context.RequestAborted);
        if (secret is null)
        {
            return false;
        }

        flow.UseSession(context, secret);
        if (!isKnown)
        {
            cookies.SetDevice(context.Response, devices.Make(userId));
        }

        return true;
    }

    /// <summary>The same user's session goes on with a new secret; another user's ends.</summary>
    private async Task<string?> StartOrRenewAsync(HubTransaction transaction, LiveSession? present, CodeOwner owner, string amr, SessionDevice device, bool isKnown)
    {
        if (present is not null && present.UserId == owner.UserId)
        {
            return await Sessions.StepUpAsync(transaction, present.Id, time.GetUtcNow(), amr, device);
        }

        if (present is not null)
        {
            await Sessions.EndAsync(transaction, present.Id, "another user signed in");
        }

        var started = await Sessions.StartAsync(transaction, owner.UserId, owner.UserEpoch, time.GetUtcNow(), amr, device);
        if (started is not null && !isKnown)
        {
            await DeviceNotices.QueueAsync(transaction, owner.UserId, device.Words);
        }

        return started?.Secret;
    }
}
