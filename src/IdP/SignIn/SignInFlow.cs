using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>A sign-in under way with the request that it is for.</summary>
internal sealed record CurrentSignIn(Domain.Sessions.SignIn Row, AuthorizeRequest Request, Client Client);

/// <summary>Leads a browser from an authorization request to its answer. Every step comes back to <see cref="GoOnAsync"/>, which asks <see cref="NextStep.Decide"/>.</summary>
internal sealed class SignInFlow(IHubStore store, Cookies cookies, AuthorizeResponse responses, SignInLimiter limiter, TimeProvider time)
{
    /// <summary>A request on its way to its answer.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Client">Who asks.</param>
    /// <param name="StartedAt">When it came.</param>
    /// <param name="Row">As it is kept; null while the person was not needed.</param>
    private sealed record Pending(AuthorizeRequest Request, Client Client, DateTimeOffset StartedAt, Domain.Sessions.SignIn? Row)
    {
        public static Pending Of(CurrentSignIn current) => new(current.Request, current.Client, current.Row.StartedAt, current.Row);
    }

    /// <summary>Takes a request as far as it goes without the person; where it needs them, keeps it and shows the page.</summary>
    public async Task BeginAsync(HttpContext context, AuthorizeRequest request, Client client)
    {
        var pending = new Pending(request, client, time.GetUtcNow(), Row: null);
        var (situation, step) = await DecideAsync(context, pending);
        await TakeAsync(context, pending, situation.Session?.UserId, step);
    }

    /// <summary>Keeps a request that came by POST from another site, where the browser sends no cookies, and has the browser come back for it.</summary>
    public async Task BeginWithoutCookiesAsync(HttpContext context, AuthorizeRequest request)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        var id = await KeepAsync(request, browser: null, context.RequestAborted);
        SeeOther(context, $"/authorize/continue?claim={id}");
    }

    /// <returns>The sign-in under way of this id in this browser; null when there is none, so that the page says how to begin again.</returns>
    public async Task<CurrentSignIn?> FindAsync(HttpContext context, string? id)
    {
        if (id is not { Length: 32 } || cookies.Browser(context.Request) is not { } browser)
        {
            return null;
        }

        return await store.ReadAsync(
            async reader =>
            {
                if (await SignIns.FindAsync(reader, id, browser) is not { } row
                    || SignIns.RequestOf(reader, row) is not { } json || JsonSerializer.Deserialize(json, AuthorizeJson.Default.AuthorizeRequest) is not { } request
                    || Clients.Find(reader, request.ClientId) is not { IsUsable: true } client)
                {
                    return null;
                }

                return new CurrentSignIn(row, request, client);
            },
            context.RequestAborted);
    }

    /// <summary>Binds a request that was kept without a browser to this one.</summary>
    /// <returns>The id under which it goes on; null when there is none.</returns>
    public async Task<string?> ClaimAsync(HttpContext context, string id)
    {
        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            return null;
        }

        var browser = cookies.EnsureBrowser(context);
        return await store.WriteAsync(new Actor.Hub("sign-in"), transaction => SignIns.TryClaimAsync(transaction, id, browser), context.RequestAborted);
    }

    /// <summary>Decides the next step of a sign-in under way and takes it.</summary>
    public async Task GoOnAsync(HttpContext context, CurrentSignIn current)
    {
        var pending = Pending.Of(current);
        var (situation, step) = await DecideAsync(context, pending);
        await TakeAsync(context, pending, situation.Session?.UserId, step);
    }

    /// <summary>What a page needs to know to show itself.</summary>
    public async Task<NextStep> StepOfAsync(HttpContext context, CurrentSignIn current) =>
        (await DecideAsync(context, Pending.Of(current))).Step;

    /// <summary>Ends the sign-in under way with an error for the app.</summary>
    public async Task FailAsync(HttpContext context, CurrentSignIn current, OAuthError error)
    {
        await store.WriteAsync(new Actor.Hub("sign-in"), transaction => SignIns.TryCompleteAsync(transaction, current.Row.Id), context.RequestAborted);
        await responses.SendErrorAsync(context, current.Request.RedirectUri, current.Request.ResponseMode, current.Request.State, error);
    }

    /// <returns>Who is signed in in this browser, as it stands now.</returns>
    public Task<LiveSession?> SessionAsync(HttpContext context) => SessionSecret(context) is { } secret
        ? store.ReadAsync(reader => Task.FromResult(Sessions.Find(reader, secret)), context.RequestAborted)
        : Task.FromResult<LiveSession?>(null);

    private Task<string> KeepAsync(AuthorizeRequest request, string? browser, CancellationToken cancellationToken) => store.WriteAsync(
        new Actor.Hub("sign-in"),
        transaction => SignIns.BeginAsync(transaction, browser, JsonSerializer.Serialize(request, AuthorizeJson.Default.AuthorizeRequest)),
        cancellationToken);

    private async Task<(Situation Situation, NextStep Step)> DecideAsync(HttpContext context, Pending pending)
    {
        var secret = SessionSecret(context);
        var situation = await store.ReadAsync(reader => SituationAsync(reader, secret, pending), context.RequestAborted);
        return (situation, NextStep.Decide(situation));
    }

    private static async Task<Situation> SituationAsync(HubReader reader, string? secret, Pending pending)
    {
        var (request, client, startedAt, underWay) = pending;
        var session = secret is null ? null : Sessions.Find(reader, secret);
        IReadOnlyList<MembershipView> places = session is null ? [] : await Memberships.OfUserAsync(reader, session.UserId);
        var factors = session is null ? EnrolledFactors.None : await SecondFactors.OfAsync(reader, session.UserId);
        return new(request, client, startedAt, underWay?.AccountId, session, places, factors, reader.Now)
        {
            PutOff = underWay?.PutOff?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            HasCodesToKeep = session is not null && underWay is not null && await Enrolments.OfAsync(reader, underWay, session.UserId) is { RecoveryCodes: not null },
        };
    }

    /// <summary>The same as it stands now: the client and what was chosen and put off may be others since.</summary>
    private static async Task<Pending> PresentAsync(HubTransaction transaction, Pending pending) => pending with
    {
        Client = Clients.Find(transaction, pending.Request.ClientId) ?? pending.Client,
        Row = pending.Row is { } row ? await SignIns.FindOpenAsync(transaction, row.Id) ?? row : null,
    };

    /// <summary>The secret that this very request gave out, or the one that it came with.</summary>
    private string? SessionSecret(HttpContext context) => context.Items[typeof(SignInFlow)] as string ?? cookies.Session(context.Request);

    /// <summary>Has the rest of this request see the session that it just started.</summary>
    public void UseSession(HttpContext context, string secret)
    {
        context.Items[typeof(SignInFlow)] = secret;
        cookies.SetSession(context.Response, secret);
    }

    /// <summary>Takes a step, or the one that has come in its place by the time the grant is written.</summary>
    private async Task TakeAsync(HttpContext context, Pending pending, string? userId, NextStep decided)
    {
        var request = pending.Request;
        var (step, code) = decided is NextStep.Issue && userId is not null ? await IssueAsync(context, pending, userId) : (decided, null);
        switch (step)
        {
            case NextStep.Issue when code is not null:
                await responses.SendCodeAsync(context, request, code);
                break;
            case NextStep.Issue:
                await responses.SendErrorAsync(context, request.RedirectUri, request.ResponseMode, request.State, OAuthError.AccessDenied("the sign-in ended meanwhile"));
                break;
            case NextStep.Fail fail when pending.Row is { } row:
                await FailAsync(context, new(row, request, pending.Client), fail.Error);
                break;
            case NextStep.Fail fail:
                await responses.SendErrorAsync(context, request.RedirectUri, request.ResponseMode, request.State, fail.Error);
                break;
            default:
                await ShowAsync(context, pending, step);
                break;
        }
    }

    /// <summary>
    /// One transaction: what is true now is decided once more, the request is answered once, the session remembers the account, grant and code come to be. Nothing that was
    /// changed since the first decision, by an administrator or in another tab, is passed over.
    /// </summary>
    /// <returns>The present step; where that is to issue, the code with it, or null when the sign-in ended meanwhile. Nothing was changed by any other step.</returns>
    private Task<(NextStep Step, string? Code)> IssueAsync(HttpContext context, Pending pending, string userId)
    {
        var secret = SessionSecret(context);
        var device = BrowserFacts.Device(context);
        var origin = new ConnectionOrigin(userId, device.Address, device.Words);
        return store.WriteAsync<(NextStep, string?)>(
            new Actor.Person(userId) { From = origin.Address },
            async transaction =>
            {
                var situation = await SituationAsync(transaction, secret, await PresentAsync(transaction, pending));
                var step = NextStep.Decide(situation);
                return step is NextStep.Issue issue ? (step, await GrantAsync(transaction, situation, issue, pending.Row?.Id, origin)) : (step, null);
            },
            context.RequestAborted);
    }

    private static async Task<string?> GrantAsync(HubTransaction transaction, Situation situation, NextStep.Issue issue, string? signInId, ConnectionOrigin origin)
    {
        if (signInId is not null && !await SignIns.TryCompleteAsync(transaction, signInId))
        {
            return null;
        }

        var session = situation.Session!;
        var request = situation.Request;
        if (issue.Membership is { } place && place.AccountId != session.AccountId)
        {
            await Sessions.SwitchAccountAsync(transaction, session.Id, place.AccountId);
        }

        if (session.TouchIsDue)
        {
            Sessions.Touch(transaction, session.Id);
        }

        var ofAccount = SessionLimits.Of(issue.Membership);
        await Sessions.LimitAsync(transaction, session.Id, ofAccount);

        // Once more: the client may have been registered for less since.
        var scopes = Scopes.Granted(Scopes.Split(request.Scope), situation.Client.Scopes);
        return Grants.Issue(transaction, new(
            request.ClientId, session.Id, session.ExpiresAt, issue.Membership?.Id, string.Join(' ', scopes), scopes.Contains(Scopes.OfflineAccess),
            request.Claims, issue.Acr, request.RedirectUri, request.CodeChallenge, request.Nonce)
        {
            Origin = origin,
            AuthTime = session.AuthTime,
            OfClient = SessionLimits.Of(situation.Client),
            OfAccount = ofAccount,
            NotAfter = issue.GraceUntil,
        });
    }

    /// <summary>Shows the page of a step; a request that needed none until now is kept for it.</summary>
    private async Task ShowAsync(HttpContext context, Pending pending, NextStep step)
    {
        if (pending.Row is { } row)
        {
            Show(context, step, row.Id);
            return;
        }

        using var lease = limiter.Take(context);
        if (!lease.IsAcquired)
        {
            await SignInLimiter.RefuseAsync(context);
            return;
        }

        Show(context, step, await KeepAsync(pending.Request, cookies.EnsureBrowser(context), context.RequestAborted));
    }

    private static void Show(HttpContext context, NextStep step, string id) => SeeOther(context, step switch
    {
        NextStep.AskPassword => $"/sign-in?tx={id}",
        NextStep.AskSecondFactor or NextStep.AskTemporaryCode => $"/sign-in/code?tx={id}",
        NextStep.Enrol => $"/sign-in/enrol?tx={id}",
        NextStep.ChangePassword => $"/sign-in/new-password?tx={id}",
        NextStep.Accept => $"/sign-in/membership?tx={id}",
        NextStep.ChooseAccount => $"/sign-in/account?tx={id}",
        _ => $"/sign-in/refused?tx={id}",
    });

    public static void SeeOther(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = context.Request.PathBase + location;
        OAuthError.NoStore(context.Response);
    }
}
