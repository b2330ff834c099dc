using System.Collections.Immutable;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Persistence;

/// <summary>The schema. Internal: other projects call named operations, never tables.</summary>
internal sealed class HubDb(DbContextOptions<HubDb> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();
    public DbSet<User> Users => Set<User>();
    public DbSet<Membership> Memberships => Set<Membership>();
    public DbSet<MemberEmail> MemberEmails => Set<MemberEmail>();
    public DbSet<Group> Groups => Set<Group>();
    public DbSet<GroupMember> GroupMembers => Set<GroupMember>();
    public DbSet<ProvisioningLogEntry> ProvisioningLog => Set<ProvisioningLogEntry>();
    public DbSet<PrimaryRequest> PrimaryRequests => Set<PrimaryRequest>();
    public DbSet<Plan> Plans => Set<Plan>();
    public DbSet<PlanChange> PlanChanges => Set<PlanChange>();
    public DbSet<BillingDetails> BillingDetails => Set<BillingDetails>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<ProvisioningToken> ProvisioningTokens => Set<ProvisioningToken>();
    public DbSet<Application> Applications => Set<Application>();
    public DbSet<SeatPool> SeatPools => Set<SeatPool>();
    public DbSet<SeatAssignment> SeatAssignments => Set<SeatAssignment>();
    public DbSet<PasswordCredential> Passwords => Set<PasswordCredential>();
    public DbSet<PasswordReset> PasswordResets => Set<PasswordReset>();
    public DbSet<TotpCredential> Totps => Set<TotpCredential>();
    public DbSet<EmailCodeCredential> EmailCodes => Set<EmailCodeCredential>();
    public DbSet<PasskeyCredential> Passkeys => Set<PasskeyCredential>();
    public DbSet<RecoveryCodeSet> RecoveryCodeSets => Set<RecoveryCodeSet>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<RememberedDevice> RememberedDevices => Set<RememberedDevice>();
    public DbSet<TemporaryCode> TemporaryCodes => Set<TemporaryCode>();
    public DbSet<FactorReset> FactorResets => Set<FactorReset>();
    public DbSet<FreezeLink> FreezeLinks => Set<FreezeLink>();
    public DbSet<Throttle> Throttles => Set<Throttle>();
    public DbSet<Client> Clients => Set<Client>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<SignIn> SignIns => Set<SignIn>();
    public DbSet<Grant> Grants => Set<Grant>();
    public DbSet<AuthorizationCode> AuthorizationCodes => Set<AuthorizationCode>();
    public DbSet<RevokedToken> RevokedTokens => Set<RevokedToken>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<EventStream> EventStreams => Set<EventStream>();
    public DbSet<EventStreamSubject> EventStreamSubjects => Set<EventStreamSubject>();
    public DbSet<PolledEvent> PolledEvents => Set<PolledEvent>();
    public DbSet<Erasure> Erasures => Set<Erasure>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<JobItem> JobItems => Set<JobItem>();
    public DbSet<Connection> Connections => Set<Connection>();
    public DbSet<SignInDay> SignInDays => Set<SignInDay>();
    public DbSet<SeatDay> SeatDays => Set<SeatDay>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();
    public DbSet<HubSecret> HubSecrets => Set<HubSecret>();
    public DbSet<UserKey> UserKeys => Set<UserKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(HubDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Moments are Unix milliseconds: they compare and index alike in every engine.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<ImmutableArray<string>>().HaveConversion<TextList, TextListComparer>();
        configurationBuilder.Properties<ImmutableArray<PermissionLevel>>().HaveConversion<LevelList, LevelListComparer>();
        configurationBuilder.Properties<Role>().HaveConversion<string>();
        configurationBuilder.Properties<PermissionLevel>().HaveConversion<LevelName>();
        configurationBuilder.Properties<MembershipStatus>().HaveConversion<string>();
        configurationBuilder.Properties<PrimaryRequestState>().HaveConversion<string>();
        configurationBuilder.Properties<PrimaryRequestEnd>().HaveConversion<string>();
        configurationBuilder.Properties<PlanChangeKind>().HaveConversion<string>();
        configurationBuilder.Properties<MemberSource>().HaveConversion<string>();
        configurationBuilder.Properties<TwoFactorPolicy>().HaveConversion<string>();
        configurationBuilder.Properties<AccountStatus>().HaveConversion<string>();
        configurationBuilder.Properties<Theme>().HaveConversion<string>();
        configurationBuilder.Properties<StreamStatus>().HaveConversion<string>();
        configurationBuilder.Properties<FactorResetOutcome>().HaveConversion<string>();
    }
}
