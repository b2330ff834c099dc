using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>What the operations of the directory say has happened, in their own words, and the event that each is (CAEP 1.0 §3, RISC 1.0 §2).</summary>
public static class Signals
{
    /// <summary>What the levels in assurance events are values of: the <c>acr</c> of this hub's tokens.</summary>
    private const string AcrNamespace = "acr";

    private static readonly Statement SeatsOf = new("""SELECT "ApplicationId" FROM "SeatAssignments" WHERE "MembershipId" = @member ORDER BY "ApplicationId" """, "@member");

    /// <summary>A session ended, at every app.</summary>
    internal static Task SessionEndedAsync(HubTransaction transaction, Session session, string reason) => SecurityEvents.QueueAsync(
        transaction, new(EventTypes.SessionRevoked, session.UserId, Caep(transaction, session.UserId, $"The session ended: {reason}.")) { SessionId = session.Id, Outlives = true });

    /// <summary>Grants are about to end while the sessions that they came from may go on: each app's part of its session does.</summary>
    internal static async Task GrantsEndingAsync(HubTransaction transaction, IQueryable<Grant> grants)
    {
        if (!Receivers.Of(transaction).AnyWants(EventTypes.SessionRevoked))
        {
            return;
        }

        await transaction.FlushAsync();
        var (db, now) = (transaction.Db, transaction.Now);
        var ending = await (
            from grant in grants
            where grant.RevokedAt == null && grant.ExpiresAt > now
                && (grant.Offline || db.Sessions.Any(session => session.Id == grant.SessionId && session.EndedAt == null && session.EndsAt > now))
            select new { grant.UserId, grant.SessionId, grant.ClientId, AccountId = db.Memberships.Where(member => member.Id == grant.MembershipId).Select(member => member.AccountId).FirstOrDefault() })
            .Distinct().ToListAsync();
        foreach (var one in ending)
        {
            await SecurityEvents.QueueAsync(transaction, new(EventTypes.SessionRevoked, one.UserId, Caep(transaction, one.UserId, "What the app was granted ended."))
            {
                SessionId = one.SessionId, ClientId = one.ClientId, AccountId = one.AccountId, Outlives = true,
            });
        }
    }

    /// <summary>An app is about to give back what it was granted. Asked before it does.</summary>
    public static Task GrantEndingAsync(HubTransaction transaction, string grantId, string clientId) => Receivers.Of(transaction).AnyWants(EventTypes.SessionRevoked)
        ? GrantsEndingAsync(transaction, transaction.Db.Grants.Where(grant => grant.Id == grantId && grant.ClientId == clientId))
        : Task.CompletedTask;

    /// <summary>A credential was made, replaced or taken away.</summary>
    internal static Task CredentialChangedAsync(HubTransaction transaction, string userId, string credentialType, CredentialEvent change)
    {
        var says = Caep(transaction, userId, $"A credential changed: {credentialType}, {Word(change)}.");
        says["credential_type"] = credentialType;
        says["change_type"] = Word(change);
        return SecurityEvents.QueueAsync(transaction, new(EventTypes.CredentialChange, userId, says));
    }

    /// <summary>A second factor is about to be taken away.</summary>
    internal static async Task FactorEndingAsync(HubTransaction transaction, string userId, FactorKind kind, string? passkeyId)
    {
        if (!Receivers.Of(transaction).AnyWants(EventTypes.CredentialChange))
        {
            return;
        }

        await transaction.FlushAsync();
        var types = kind switch
        {
            FactorKind.Totp => await transaction.Db.Totps.Where(row => row.UserId == userId).Select(_ => CredentialTypes.App).ToListAsync(),
            FactorKind.Email => await transaction.Db.EmailCodes.Where(row => row.UserId == userId).Select(_ => CredentialTypes.Email).ToListAsync(),
            _ => [.. (await transaction.Db.Passkeys.Where(row => row.UserId == userId && (passkeyId == null || row.Id == passkeyId)).Select(row => row.Transports).ToListAsync()).Select(CredentialTypes.Passkey)],
        };
        foreach (var type in types)
        {
            await CredentialChangedAsync(transaction, userId, type, CredentialEvent.Delete);
        }
    }

    /// <summary>A member's role or permission level is another now.</summary>
    internal static Task ClaimsChangedAsync(HubTransaction transaction, Membership membership, bool role, bool level)
    {
        var claims = new JsonObject();
        if (role)
        {
            claims["role"] = PermissionNames.Of(membership.Role);
        }

        if (level)
        {
            claims["permission_level"] = membership.PermissionLevel is { } given ? PermissionNames.Of(given) : null;
        }

        return ClaimsChangedAsync(transaction, membership.UserId, membership.AccountId, claims);
    }

    /// <summary>A member holds other seats now.</summary>
    internal static Task SeatsChangedAsync(HubTransaction transaction, string userId, string accountId, string membershipId) =>
        Receivers.Of(transaction).AnyWants(EventTypes.TokenClaimsChange)
            ? ClaimsChangedAsync(transaction, userId, accountId, new() { ["seats"] = new JsonArray([.. transaction.Connection.Texts(SeatsOf, membershipId).Select(seat => JsonValue.Create(seat))]) })
            : Task.CompletedTask;

    /// <summary>Somebody proved more, or less, in a session than they had before.</summary>
    internal static Task SteppedUpAsync(HubTransaction transaction, Session session, string amr)
    {
        var (before, after) = (Assurance.LevelOf(session.Amr), Assurance.LevelOf(amr));
        if (before == after)
        {
            return Task.CompletedTask;
        }

        var says = Caep(transaction, session.UserId, "The person proved again who they are.");
        says["namespace"] = AcrNamespace;
        says["current_level"] = Assurance.AcrOf(after);
        says["previous_level"] = Assurance.AcrOf(before);
        says["change_direction"] = after > before ? "increase" : "decrease";
        return SecurityEvents.QueueAsync(transaction, new(EventTypes.AssuranceLevelChange, session.UserId, says) { SessionId = session.Id });
    }

    /// <summary>A member may not sign in any more: at home nowhere, as a guest not in that account.</summary>
    internal static Task DisabledAsync(HubTransaction transaction, Membership membership) => MemberAsync(transaction, membership, EventTypes.AccountDisabled);

    /// <summary>A member may sign in again.</summary>
    internal static Task EnabledAsync(HubTransaction transaction, Membership membership) => MemberAsync(transaction, membership, EventTypes.AccountEnabled);

    /// <summary>A user is being erased: told while it is known who may hear it. Whatever else waits about them goes.</summary>
    internal static async Task PurgedAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        EventPolling.Forget(transaction, userId);
        await SecurityEvents.QueueAsync(transaction, new(EventTypes.AccountPurged, userId, []) { Outlives = true });
    }

    private static Task MemberAsync(HubTransaction transaction, Membership membership, string type) => SecurityEvents.QueueAsync(
        transaction, new(type, membership.UserId, []) { AccountId = membership.Home ? null : membership.AccountId, OnlyInAccount = !membership.Home });

    private static Task ClaimsChangedAsync(HubTransaction transaction, string userId, string accountId, JsonObject claims)
    {
        var says = Caep(transaction, userId, "What the person may do in the account changed.");
        says["claims"] = claims;
        return SecurityEvents.QueueAsync(transaction, new(EventTypes.TokenClaimsChange, userId, says) { AccountId = accountId, NamesAccount = true });
    }

    /// <summary>The members that every event of CAEP has (CAEP 1.0 §2). The reason is never empty (CAEP Interoperability Profile 1.0 §3).</summary>
    private static JsonObject Caep(HubTransaction transaction, string userId, string reason) => new()
    {
        ["event_timestamp"] = transaction.Now.ToUnixTimeSeconds(),
        ["initiating_entity"] = transaction.Actor switch
        {
            Actor.Person person => person.UserId == userId ? "user" : "admin",
            Actor.Provisioning => "admin",
            _ => "system",
        },
        ["reason_admin"] = new JsonObject { ["en"] = reason },
    };

    private static string Word(CredentialEvent change) => change switch
    {
        CredentialEvent.Create => "create",
        CredentialEvent.Update => "update",
        _ => "delete",
    };
}

/// <summary>What became of a credential.</summary>
internal enum CredentialEvent
{
    Create,
    Update,
    Delete,
}

/// <summary>Credential types of CAEP 1.0 §3.3.1, and this hub's own where it knows none that fits.</summary>
internal static class CredentialTypes
{
    public const string Password = "password";

    /// <summary>An authenticator app.</summary>
    public const string App = "app";

    /// <summary>Codes by e-mail: a type of this hub's own.</summary>
    public const string Email = "email";

    /// <summary>A type of this hub's own.</summary>
    public const string RecoveryCodes = "recovery-codes";

    /// <param name="transports">As the browser said them, separated by spaces.</param>
    public static string Passkey(string transports) => transports.Contains("internal", StringComparison.Ordinal) ? "fido2-platform" : "fido2-roaming";
}
