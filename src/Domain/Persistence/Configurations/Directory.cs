using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.Property(account => account.Scim).HasConversion<ScimSettingsText>();
        builder.Property(account => account.Status).HasDefaultValue(AccountStatus.Open);
        builder.Property(account => account.Epoch).HasDefaultValue(0);
        builder.HasOne<Plan>().WithMany().HasForeignKey(account => account.PlanId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(account => account.EmailCodesCount).HasDefaultValue(false);
        builder.Property(account => account.TwoFactorGraceDays).HasDefaultValue(0);
        builder.Property(account => account.RememberedDeviceDays).HasDefaultValue(Account.MaxRememberedDeviceDays);
        builder.Property(account => account.ReportRetentionDays).HasDefaultValue(Reports.ReportRetention.DefaultDays);
    }
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasIndex(user => user.UserNameKey).IsUnique();

        // The few who run the hub, among however many users.
        builder.HasIndex(user => user.Operator).HasFilter("\"Operator\"");
        builder.Ignore(user => user.DisplayName);
        builder.Property(user => user.MustEnrol).HasDefaultValue(false);
        builder.Property(user => user.Theme).HasDefaultValue(Theme.System);
    }
}

internal sealed class MembershipConfiguration : IEntityTypeConfiguration<Membership>
{
    public const string OnePrimaryPerAccount = "IX_Memberships_OnePrimaryPerAccount";
    public const string Administrators = "IX_Memberships_Administrators";
    public const string OneHomePerUser = "IX_Memberships_OneHomePerUser";
    public const string Table = "IX_Memberships_Table";

    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(membership => membership.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Account>().WithMany().HasForeignKey(membership => membership.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(membership => new { membership.UserId, membership.AccountId }).IsUnique();
        builder.HasIndex(membership => membership.AccountId, OnePrimaryPerAccount).IsUnique().HasFilter("\"PermissionLevel\" = 'PRIMARY'");
        builder.HasIndex(membership => membership.UserId, OneHomePerUser).IsUnique().HasFilter("\"Home\"");

        // In the order in which members came: how they are listed, and where a cursor stands.
        builder.HasIndex(membership => new { membership.AccountId, membership.CreatedAt, membership.Id });
        builder.HasIndex(membership => new { membership.AccountId, membership.UpdatedAt, membership.Id });
        builder.HasIndex(membership => new { membership.AccountId, membership.UserNameKey }).IsUnique();
        builder.HasIndex(membership => new { membership.AccountId, membership.ExternalId }).HasFilter("\"ExternalId\" IS NOT NULL");

        // All that the table of users is found, filtered, sorted and counted by, so that no row with a profile in it is read for a line that is not shown.
        builder.HasIndex(
            membership => new
            {
                membership.AccountId, membership.NameKey, membership.Id, membership.UserNameKey, membership.Role, membership.PermissionLevel, membership.Status,
                membership.TwoFactorRequired, membership.LastSignInAt, membership.Source, membership.AcceptedAt, membership.UserId,
            },
            Table);
        builder.Property(membership => membership.NameKey).HasDefaultValue("");
        builder.Property(membership => membership.Source).HasDefaultValue(MemberSource.File);

        // Who could administer the account if another ceased to: few, however many members there are.
        builder.HasIndex(membership => membership.AccountId, Administrators).HasFilter("\"Role\" = 'Administrator' OR \"PermissionLevel\" = 'PRIMARY'");
    }
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(invitation => invitation.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Account>().WithMany().HasForeignKey(invitation => invitation.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(invitation => invitation.TokenHash).IsUnique();
        builder.HasIndex(invitation => invitation.ExpiresAt);
    }
}

internal sealed class ProvisioningTokenConfiguration : IEntityTypeConfiguration<ProvisioningToken>
{
    public void Configure(EntityTypeBuilder<ProvisioningToken> builder)
    {
        builder.HasOne<Account>().WithMany().HasForeignKey(token => token.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(token => token.TokenHash).IsUnique();
        builder.HasIndex(token => new { token.AccountId, token.Name }).IsUnique().HasFilter("\"RotatedAt\" IS NULL");
    }
}

internal sealed class MemberEmailConfiguration : IEntityTypeConfiguration<MemberEmail>
{
    public void Configure(EntityTypeBuilder<MemberEmail> builder)
    {
        builder.HasKey(email => new { email.AccountId, email.AddressKey, email.MembershipId });
        builder.HasOne<Membership>().WithMany().HasForeignKey(email => email.MembershipId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class GroupConfiguration : IEntityTypeConfiguration<Group>
{
    public void Configure(EntityTypeBuilder<Group> builder)
    {
        builder.HasOne<Account>().WithMany().HasForeignKey(group => group.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(group => new { group.AccountId, group.DisplayNameKey }).IsUnique();
        builder.HasIndex(group => new { group.AccountId, group.CreatedAt, group.Id });
        builder.HasIndex(group => new { group.AccountId, group.ExternalId }).HasFilter("\"ExternalId\" IS NOT NULL");
    }
}

internal sealed class GroupMemberConfiguration : IEntityTypeConfiguration<GroupMember>
{
    public void Configure(EntityTypeBuilder<GroupMember> builder)
    {
        builder.HasKey(member => new { member.GroupId, member.MembershipId });
        builder.HasOne<Group>().WithMany().HasForeignKey(member => member.GroupId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Membership>().WithMany().HasForeignKey(member => member.MembershipId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ProvisioningLogConfiguration : IEntityTypeConfiguration<ProvisioningLogEntry>
{
    public const string Refused = "IX_ProvisioningLog_Refused";

    public void Configure(EntityTypeBuilder<ProvisioningLogEntry> builder)
    {
        builder.HasKey(entry => entry.Sequence);
        builder.HasIndex(entry => new { entry.AccountId, entry.Sequence });

        // What went wrong, among however much that went well.
        builder.HasIndex(entry => new { entry.AccountId, entry.Sequence }, Refused).HasFilter("\"Status\" >= 400");
        builder.HasIndex(entry => entry.ResourceId);
    }
}
