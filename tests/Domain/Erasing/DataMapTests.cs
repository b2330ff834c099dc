using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace IdentityHub.Domain.Tests.Erasing;

/// <summary>The map of what the database holds of people. A column that is not on it fails, so that nobody adds one without saying how it is erased.</summary>
public sealed class DataMapTests : HubTests
{
    /// <summary>Personal data in the clear: the directory's own columns.</summary>
    private static readonly Dictionary<string, string> Clear = new(StringComparer.Ordinal)
    {
        ["User"] = "UserName UserNameKey GivenName FamilyName Email Locale ZoneInfo",
        ["Membership"] = "UserNameKey NameKey ExternalId Attributes",
        ["MemberEmail"] = "AddressKey",
        ["EmailCodeCredential"] = "Address",
        ["BillingDetails"] = "AddressLine1 AddressLine2 City ContactEmail ContactName Country PostalCode Reference",
    };

    /// <summary>Personal data sealed, under the key of a user or of the hub; and secrets as hashes or sealed.</summary>
    private static readonly Dictionary<string, string> Sealed = new(StringComparer.Ordinal)
    {
        ["AuditEntry"] = "SealedDetails SealedOrigin ActorSalt SubjectSalt Digests Hash",
        ["AuthorizationCode"] = "Hash CodeChallenge Nonce",
        ["Client"] = "SecretHash",
        ["Connection"] = "SealedOrigin",
        ["Erasure"] = "Mark",
        ["EventStream"] = "SealedAuthorization",
        ["FactorReset"] = "SealedReason",
        ["FreezeLink"] = "TokenHash",
        ["Grant"] = "ClaimsRequest",
        ["HubSecret"] = "Sealed",
        ["Invitation"] = "TokenHash SentToHash",
        ["JobItem"] = "SealedLine NameTag",
        ["Job"] = "SealedParameters",
        ["OutboxMessage"] = "SealedPayload AboutKey",
        ["PasskeyCredential"] = "Id PublicKey SealedName",
        ["PasswordCredential"] = "Hash",
        ["PasswordReset"] = "TokenHash SentToHash",
        ["PolledEvent"] = "SealedEvent",
        ["PrimaryRequest"] = "SealedWhy",
        ["ProvisioningToken"] = "TokenHash",
        ["RecoveryCode"] = "Hash",
        ["RecoveryCodeSet"] = "Salt",
        ["RememberedDevice"] = "SealedDevice SecretHash",
        ["Session"] = "SecretHash SealedDevice",
        ["SignIn"] = "BrowserHash Request EmailCodeHash PasskeyState SealedEnrolment",
        ["SigningKey"] = "SealedPrivateKey",
        ["TemporaryCode"] = "Hash",
        ["Throttle"] = "Key",
        ["TotpCredential"] = "SealedSecret",
        ["UserKey"] = "SealedKey",
    };

    /// <summary>Who it is about: an id of a user, a membership, a session or a grant.</summary>
    private static readonly Dictionary<string, string> Reference = new(StringComparer.Ordinal)
    {
        ["AuditEntry"] = "ActorId SubjectUserId",
        ["AuthorizationCode"] = "GrantId",
        ["Connection"] = "Id UserId MembershipId",
        ["EmailCodeCredential"] = "UserId",
        ["EventStreamSubject"] = "UserId",
        ["FactorReset"] = "MembershipId RequestedByUserId",
        ["FreezeLink"] = "UserId",
        ["Grant"] = "Id UserId MembershipId SessionId",
        ["GroupMember"] = "MembershipId",
        ["Invitation"] = "UserId",
        ["Job"] = "ActorUserId",
        ["JobItem"] = "MembershipId",
        ["MemberEmail"] = "MembershipId",
        ["Membership"] = "Id UserId",
        ["OutboxMessage"] = "UserId RecipientUserId",
        ["PasskeyCredential"] = "UserId",
        ["PasswordCredential"] = "UserId",
        ["PasswordReset"] = "UserId",
        ["PlanChange"] = "ByUserId",
        ["PrimaryRequest"] = "CandidateMembershipId CandidateUserId ConfirmedByUserId FormerUserId RequestedByUserId",
        ["ProvisioningLogEntry"] = "ResourceId CallerId",
        ["RecoveryCode"] = "UserId",
        ["RecoveryCodeSet"] = "UserId",
        ["RememberedDevice"] = "Id UserId",
        ["SeatAssignment"] = "MembershipId",
        ["Session"] = "Id UserId PutOff",
        ["SignIn"] = "UserId PutOff",
        ["TemporaryCode"] = "UserId",
        ["TotpCredential"] = "UserId",
        ["User"] = "Id",
        ["UserKey"] = "UserId",
    };

    /// <summary>References that no foreign key takes along, with what does.</summary>
    private static readonly Dictionary<string, string> Handled = new(StringComparer.Ordinal)
    {
        ["AuditEntry"] = "AuditLog.EraseAsync empties the entry and keeps the chain whole",
        ["BillingDetails"] = "Billing.ForgetContact; the rest is the organisation's",
        ["Connection"] = "Connections.Erase, and with the membership",
        ["Job"] = "Jobs.ForgetAsync",
        ["JobItem"] = "Jobs.ForgetAsync",
        ["OutboxMessage"] = "UserLifecycle.DeleteAsync deletes what is about them or to them; AboutKey tells nobody",
        ["ProvisioningLogEntry"] = "names a membership by its random id, which leads nowhere once that is gone",
        ["SeatAssignment"] = "Seats.ReleaseAllAsync",
    };

    [Fact]
    public Task Every_column_is_on_the_map_or_holds_nothing_of_people() => Hub.ReadAsync(reader =>
    {
        var unknown = new List<string>();
        foreach (var entity in reader.Db.Model.GetEntityTypes())
        {
            var name = entity.ClrType.Name;
            var known = Words(Clear, name).Concat(Words(Sealed, name)).Concat(Words(Reference, name)).Concat(Words(Neutral, name)).ToHashSet(StringComparer.Ordinal);
            unknown.AddRange(entity.GetProperties().Where(property => !known.Contains(property.Name)).Select(property => $"{name}.{property.Name} ({property.ClrType.Name})"));
        }

        Assert.Empty(unknown);
        return Task.FromResult(true);
    });

    [Fact]
    public Task The_map_names_nothing_that_is_not_there() => Hub.ReadAsync(reader =>
    {
        var columns = reader.Db.Model.GetEntityTypes().ToDictionary(entity => entity.ClrType.Name, entity => entity.GetProperties().Select(property => property.Name).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (table, words) in new[] { Clear, Sealed, Reference, Neutral }.SelectMany(map => map))
        {
            Assert.True(columns.TryGetValue(table, out var present), table);
            Assert.Empty(words.Split(' ').Where(word => !present!.Contains(word)).Select(word => $"{table}.{word}"));
        }

        return Task.FromResult(true);
    });

    [Fact]
    public Task What_is_about_a_person_goes_with_them_by_the_database_or_by_a_named_operation() => Hub.ReadAsync(reader =>
    {
        var people = reader.Db.Model.GetEntityTypes().Single(entity => entity.ClrType.Name == "User");
        foreach (var entity in reader.Db.Model.GetEntityTypes().Where(entity => Words(Clear, entity.ClrType.Name).Concat(Words(Reference, entity.ClrType.Name)).Any()))
        {
            var name = entity.ClrType.Name;
            var alone = Words(Reference, name).Where(column => !entity.GetForeignKeys().Any(key => key.Properties.Any(property => property.Name == column) && key.DeleteBehavior is DeleteBehavior.SetNull or DeleteBehavior.Cascade));
            Assert.True(entity == people || GoesWith(entity, people, []) || !alone.Any() || Handled.ContainsKey(name), $"Nothing takes {name} along.");
        }

        return Task.FromResult(true);
    });

    private static bool GoesWith(IReadOnlyEntityType entity, IReadOnlyEntityType people, HashSet<IReadOnlyEntityType> seen) =>
        entity == people || (seen.Add(entity) && entity.GetForeignKeys().Any(key => key.DeleteBehavior == DeleteBehavior.Cascade && GoesWith(key.PrincipalEntityType, people, seen)));

    private static string[] Words(Dictionary<string, string> map, string table) => map.TryGetValue(table, out var words) ? words.Split(' ') : [];

    /// <summary>Nothing of people: settings, counts, moments, states, and names of accounts, apps and groups.</summary>
    private static readonly Dictionary<string, string> Neutral = new(StringComparer.Ordinal)
    {
        ["Account"] = "Id CreatedAt EmailCodesCount Epoch MemberCount Name PlanId RememberedDeviceDays ReportRetentionDays Scim SessionIdleMinutes SessionLifetimeMinutes Status TwoFactor TwoFactorGraceDays",
        ["Application"] = "Id Name Seated",
        ["AuditEntry"] = "Sequence AccountId Action ActorKind At",
        ["AuthorizationCode"] = "ClientId ExpiresAt RedeemedAt RedirectUri",
        ["BillingDetails"] = "AccountId UpdatedAt Version",
        ["Client"] = "Id AccountId ApplicationType BackchannelLogoutUri CreatedAt DefaultMaxAge Disabled Epoch GrantTypes IdTokenSignedResponseAlg Name OpaqueAccessTokens PermissionLevels PostLogoutRedirectUris RedirectUris RequireMfa RequirePkce RequireSeat Scopes SessionIdleMinutes SessionLifetimeMinutes TokenEndpointAuthMethod",
        ["Connection"] = "AccountId ClientId ClientName EndedAt Ending ExpiresAt LastSeenAt StartedAt",
        ["EmailCodeCredential"] = "VerifiedAt",
        ["Erasure"] = "Id AccountId At BytesGoneAt Counts",
        ["EventStream"] = "Id ClientId CreatedAt Description EventsRequested PushEndpoint Status StatusReason VerifiedAt",
        ["EventStreamSubject"] = "StreamId",
        ["FactorReset"] = "Id AccountId CreatedAt EndedAt ExpiresAt Outcome",
        ["FreezeLink"] = "Id ExpiresAt UsedAt",
        ["Grant"] = "AccountEpoch Acr Amr AuthTime ClientEpoch ClientId CreatedAt ExpiresAt Generation IdleEndsAt IdleMilliseconds LiveUntil MembershipEpoch Offline RevokedAt RotatedAt Scope UserEpoch",
        ["Group"] = "Id AccountId CreatedAt DisplayName DisplayNameKey ExternalId UpdatedAt Version",
        ["GroupMember"] = "GroupId",
        ["HubSecret"] = "Name",
        ["Invitation"] = "Id AccountId CreatedAt ExpiresAt UsedAt UserEpoch WithdrawnAt",
        ["Job"] = "Id AccountId CreatedAt FinishedAt Gathering Holder Kind LeasedUntil Note StartedAt Status Total",
        ["JobItem"] = "JobId Ordinal Line Note Outcome",
        ["MemberEmail"] = "AccountId",
        ["Membership"] = "AcceptedAt AccountId CreatedAt Epoch Home LastSignInAt PermissionLevel Role SecondFactorAskedAt Source Status TwoFactorRequired UpdatedAt",
        ["OutboxMessage"] = "Sequence Attempts CreatedAt DeadAt DeliveredAt Destination Kind LastError NextAttemptAt",
        ["PasskeyCredential"] = "BackedUp BackupEligible CreatedAt LastUsedAt SignCount Transports",
        ["PasswordCredential"] = "ChangedAt MustChange",
        ["PasswordReset"] = "Id CreatedAt ExpiresAt UsedAt UserEpoch WithdrawnAt",
        ["Plan"] = "Id CreatedAt Description Name Retired",
        ["PlanChange"] = "Sequence AccountId After ApplicationId At Before Kind",
        ["PolledEvent"] = "Sequence CreatedAt Id StreamId",
        ["PrimaryRequest"] = "Id AccountId ConfirmedAt ConfirmedByOperator CreatedAt End EndedAt ExpiresAt NextStepAt OperatorsToldAt Reminders RequestedByOperator State",
        ["ProvisioningLogEntry"] = "Sequence AccountId At Detail Method ResourceType Status",
        ["ProvisioningToken"] = "Id AccountId ActsOnPrimary CreatedAt ExpiresAt LastUsedAt Name RevokedAt RotatedAt",
        ["RecoveryCodeSet"] = "CreatedAt",
        ["RememberedDevice"] = "CreatedAt ExpiresAt LastUsedAt UserEpoch",
        ["RevokedToken"] = "TokenId ExpiresAt",
        ["SeatAssignment"] = "ApplicationId AccountId AssignedAt",
        ["SeatDay"] = "AccountId ApplicationId Day Capacity Peak Used",
        ["SeatPool"] = "AccountId ApplicationId Capacity Used",
        ["Session"] = "AccountId Amr AuthTime ByTemporaryCode EndedAt EndsAt ExpiresAt IdleMilliseconds LastSeenAt Remembered StartedAt UserEpoch",
        ["SignIn"] = "Id AccountId CodeAttempts CompletedAt EmailCodeExpiresAt ExpiresAt PasswordAt StartedAt UserEpoch",
        ["SignInDay"] = "AccountId Day ClientId People SignIns",
        ["SigningKey"] = "Id Algorithm AnnouncedAt GoneAt PublicKey RetiresAt SignsFrom",
        ["TemporaryCode"] = "ExpiresAt",
        ["Throttle"] = "EmptyAt",
        ["TotpCredential"] = "EnrolledAt LastStep",
        ["User"] = "Active CreatedAt EmailVerified Epoch FrozenAt MustEnrol Operator RecoveryHoldUntil Theme UpdatedAt",
    };
}
