using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>
/// A session of the console is a grant to the console's client: it lives as long as all that the grant hangs on, and each request asks. So whoever is deactivated, loses a
/// role or is signed out anywhere has no console from that moment on.
/// </summary>
internal sealed class ConsoleSessions(IHubStore store, ConsoleCookies cookies)
{
    /// <summary>A person who acts, and from where.</summary>
    public static Actor ActorOf(HttpContext context, string userId) => new Actor.Person(userId) { From = SessionDevice.Of(null, context.Connection.RemoteIpAddress).Address };

    /// <returns>Who is signed in, as everything stands now; null for nobody.</returns>
    public async Task<ConsolePerson?> FindAsync(HttpContext context)
    {
        if (cookies.Session(context.Request) is not { } grantId)
        {
            return null;
        }

        var (person, touchIsDue) = await store.ReadAsync(reader => ReadAsync(reader, grantId), context.RequestAborted);
        if (person is not null && touchIsDue)
        {
            await store.WriteAsync(
                ActorOf(context, person.UserId),
                transaction =>
                {
                    Sessions.Touch(transaction, person.SessionId);
                    return Task.FromResult(true);
                },
                context.RequestAborted);
        }

        return person;
    }

    /// <summary>Ends the hub's session behind this one, and with it the sign-in at every app of this browser.</summary>
    public async Task SignOutAsync(HttpContext context, ConsolePerson person)
    {
        await store.WriteAsync(ActorOf(context, person.UserId), transaction => Sessions.EndAsync(transaction, person.SessionId, "signed out"), context.RequestAborted);
        cookies.ForgetSession(context.Response);
    }

    private static async Task<(ConsolePerson? Person, bool TouchIsDue)> ReadAsync(HubReader reader, string grantId)
    {
        if (Grants.FindLive(reader, grantId) is not { ClientId: ConsoleRegistration.ClientId } grant || Sessions.FindById(reader, grant.SessionId) is not { } session)
        {
            return (null, false);
        }

        var places = (await Memberships.OfUserAsync(reader, grant.User.Id)).Where(place => place.LetsIn).ToList();
        var place = places.Find(one => one.Id == grant.Member?.MembershipId);
        var user = grant.User;
        var held = RecoveryHold.Of(reader, user.Id);
        var factors = await SecondFactors.OfAsync(reader, user.Id);
        return (
            new()
            {
                UserId = user.Id,
                UserName = user.UserName,
                DisplayName = string.Join(' ', new[] { user.GivenName, user.FamilyName }.Where(part => !string.IsNullOrWhiteSpace(part))) is { Length: > 0 } name ? name : user.UserName,
                Operator = session.Operator && held is null,
                HeldUntil = held,
                Reach = factors.Reach,
                HasMailedCodesOnly = factors is { MakesTwo: false, EmailCodesTo: not null },
                AuthTime = grant.AuthTime,
                Amr = grant.Amr,
                SessionId = session.Id,
                Theme = user.Theme switch { Theme.Light => "light", Theme.Dark => "dark", _ => null },
                Zone = Preferences.ZoneOf(user.ZoneInfo) ?? TimeZoneInfo.Utc,
                GrantId = grant.Id,
                Place = place,
                Places = places,
                SeatPools = held is null && place is not null && PermissionMatrix.Allows(place.Role, place.PermissionLevel, PermissionMatrix.ManageUsers) ? Seats.PoolsOf(reader, place.AccountId) : [],
            },
            session.TouchIsDue);
    }
}
