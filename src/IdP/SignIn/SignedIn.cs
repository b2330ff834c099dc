using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What happens in a browser once someone has proved who they are: its session is started, renewed or raised. The one place where evidence becomes a session.</summary>
internal sealed class SignedIn(IHubStore store, SignInFlow flow, Cookies cookies, DeviceMarks devices, TimeProvider time)
{
    /// <summary>After a password alone, or a passkey that is a whole sign-in.</summary>
    /// <returns>False when the user was deactivated or changed credentials meanwhile.</returns>
    public Task<bool> RecordAsync(HttpContext context, string userId, int userEpoch, Evidence shown) => RecordAsync(context, new(userId, userEpoch, EnrolledFactors.None, null), shown);

    /// <summary>After a second factor. One that raises a session raises that very one, or nothing: it never starts one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="owner">Whose, and what it completes.</param>
    /// <param name="shown">What is added to the session's own where one is raised; otherwise all there is.</param>
    /// <param name="remember">Whether the person wants this browser not to be asked again for a while.</param>
    /// <returns>False when the user was deactivated, changed credentials or signed out meanwhile.</returns>
    public async Task<bool> RecordAsync(HttpContext context, CodeOwner owner, Evidence shown, bool remember = false)
    {
        var userId = owner.UserId;
        var present = await flow.SessionAsync(context);
        var device = BrowserFacts.Device(context);
        var isKnown = devices.Read(cookies.Device(context.Request))?.UserId == userId;
        var (secret, remembered) = await store.WriteAsync<(string?, string?)>(
            new Actor.Person(userId) { From = BrowserFacts.AddressOf(context) },
            async transaction =>
            {
                var secret = owner.SessionId is { } sessionId
                    ? await RaiseAsync(transaction, sessionId, shown, device)
                    : await StartOrRenewAsync(transaction, present, owner, shown, device, isKnown);
                return secret is null || !remember || owner.SessionId is not null ? (secret, null) : (secret, (await RememberedDevices.RememberAsync(transaction, userId, device))?.Secret);
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

        if (remembered is not null)
        {
            cookies.SetRemembered(context, userId, remembered);
        }

        return true;
    }

    /// <summary>Adds to what a session holds. It is another session for whoever had the former secret.</summary>
    /// <returns>The new secret; null when the session has ended.</returns>
    public async Task<string?> RaiseAsync(HubTransaction transaction, string sessionId, Evidence shown, SessionDevice device)
    {
        if (await Sessions.AmrOfAsync(transaction, sessionId) is not { } amr)
        {
            return null;
        }

        var all = Assurance.Of(Assurance.EvidenceOf(amr) | shown);
        return all.Level == AssuranceLevel.None ? null : await Sessions.StepUpAsync(transaction, sessionId, time.GetUtcNow(), all.Amr, device, shown);
    }

    /// <summary>The same user's session goes on with a new secret, and with what was shown just now and nothing else; another user's ends.</summary>
    private async Task<string?> StartOrRenewAsync(HubTransaction transaction, LiveSession? present, CodeOwner owner, Evidence shown, SessionDevice device, bool isKnown)
    {
        var assurance = Assurance.Of(shown);
        if (assurance.Level == AssuranceLevel.None || await Domain.Users.Users.FindAsync(transaction, owner.UserId) is not { } user || user.Epoch != owner.UserEpoch)
        {
            return null;
        }

        if (present is not null && present.UserId == owner.UserId)
        {
            return await Sessions.StepUpAsync(transaction, present.Id, time.GetUtcNow(), assurance.Amr, device, shown);
        }

        if (present is not null)
        {
            await Sessions.EndAsync(transaction, present.Id, "another user signed in");
        }

        var started = await Sessions.StartAsync(transaction, owner.UserId, owner.UserEpoch, time.GetUtcNow(), assurance.Amr, device, shown);
        if (started is not null && !isKnown)
        {
            await DeviceNotices.QueueAsync(transaction, owner.UserId, device.Words);
        }

        return started?.Secret;
    }
}
