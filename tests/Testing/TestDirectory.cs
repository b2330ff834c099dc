using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;

namespace IdentityHub.Testing;

/// <summary>Short ways to fill a <see cref="TestHub"/>, through the directory's own operations.</summary>
public static class TestDirectory
{
    public const string Console = "console";

    public static Task AddAccountAsync(this TestHub hub, string id, int seats = 0) => hub.WriteAsync(async transaction =>
    {
        await Accounts.PutAsync(transaction, id, "Account " + id, TwoFactorPolicy.Optional, new());
        await Seats.PutApplicationAsync(transaction, Console, "Console", seated: true);
        await Seats.ResizeAsync(transaction, id, Console, seats);
    });

    /// <summary>Puts a user, made if need be, into an account. The first one is the user's home.</summary>
    public static Task<TestMember> AddMemberAsync(
        this TestHub hub, string name, string accountId, Role role = Role.User, PermissionLevel? level = null, MembershipStatus status = MembershipStatus.Active) =>
        hub.WriteAsync(async transaction =>
        {
            var userId = (await UserLifecycle.CreateAsync(transaction, new(name, name, null, name + "@mail.example", true, false))) switch
            {
                UserLifecycle.CreateResult.Created created => created.User.Id,
                UserLifecycle.CreateResult.UserNameTaken taken => taken.UserId,
                var other => throw new InvalidOperationException(other.ToString()),
            };
            var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(userId, accountId, role, level, status)
            {
                // An account that invites names the address of whom it means.
                Attributes = status == MembershipStatus.Invited ? new() { ["emails"] = new JsonArray(new JsonObject { ["value"] = name + "@mail.example" }) } : null,
            });
            if (level == PermissionLevel.Primary)
            {
                await PrimaryTransfer.AppointFirstAsync(transaction, added.Membership.Id);
            }

            return new TestMember(userId, added.Membership.Id);
        });

    public static Task AddClientAsync(this TestHub hub, string id, string? requireSeat = null, string? backchannel = null) =>
        hub.WriteAsync(transaction => Clients.PutAsync(transaction, new()
        {
            Id = id,
            RedirectUris = [$"https://{id}.example/cb"],
            GrantTypes = ["authorization_code", "refresh_token"],
            TokenEndpointAuthMethod = "client_secret_basic",
            Scopes = [.. ClientRules.KnownScopes],
            ApplicationType = "web",
            IdTokenSignedResponseAlg = "ES256",
            RequireSeat = requireSeat,
            BackchannelLogoutUri = backchannel,
            CreatedAt = transaction.Now,
        }));

    public static Task<Session> SignInAsync(this TestHub hub, string userId) => hub.WriteAsync(async transaction =>
    {
        var user = await Users.FindAsync(transaction, userId);
        var started = await Sessions.StartAsync(transaction, userId, user!.Epoch, transaction.Now, "pwd");
        return started?.Session ?? throw new InvalidOperationException("The user cannot sign in.");
    });

    /// <summary>Has a client authorized in a session.</summary>
    /// <returns>The code and the id of its grant; null when it was refused.</returns>
    public static Task<TestCode?> AuthorizeAsync(this TestHub hub, string clientId, Session session, string? membershipId, bool offline = false) =>
        hub.WriteAsync(transaction =>
        {
            var code = Grants.Issue(transaction, new(
                clientId, session.Id, session.ExpiresAt, membershipId, "openid", offline, ClaimsRequest: null, Acr: "https://refeds.org/profile/sfa",
                RedirectUri: null, CodeChallenge: null, Nonce: null));
            return Task.FromResult(code is null ? null : new TestCode(code, Grants.FindCode(transaction, code)!.GrantId));
        });

    public static Task<bool> IsLiveAsync(this TestHub hub, string grantId) => hub.ReadAsync(reader => Task.FromResult(Grants.FindLive(reader, grantId) is not null));

    public static async Task<MembershipView> MembershipAsync(this TestHub hub, TestMember member) =>
        (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, member.UserId))).Single(view => view.Id == member.MembershipId);

    public static async Task<User> UserAsync(this TestHub hub, string userId) =>
        await hub.ReadAsync(reader => Users.FindAsync(reader, userId)) ?? throw new InvalidOperationException("There is no such user.");
}

public sealed record TestMember(string UserId, string MembershipId);

public sealed record TestCode(string Code, string GrantId);
