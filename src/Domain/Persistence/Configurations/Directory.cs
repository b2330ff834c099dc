using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder) =>
        builder.Property(account => account.Scim).HasConversion<ScimSettingsText>();
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasIndex(user => user.UserNameKey).IsUnique();
        builder.Ignore(user => user.DisplayName);
    }
}

internal sealed class MembershipConfiguration : IEntityTypeConfiguration<Membership>
{
    public const string OnePrimaryPerAccount = "IX_Memberships_OnePrimaryPerAccount";
    public const string OneHomePerUser = "IX_Memberships_OneHomePerUser";

    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(membership => membership.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Account>().WithMany().HasForeignKey(membership => membership.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(membership => new { membership.UserId, membership.AccountId }).IsUnique();
        builder.HasIndex(membership => membership.AccountId, OnePrimaryPerAccount).IsUnique().HasFilter("\"PermissionLevel\" = 'PRIMARY'");
        builder.HasIndex(membership => membership.UserId, OneHomePerUser).IsUnique().HasFilter("\"Home\"");
        builder.HasIndex(membership => new { membership.AccountId, membership.Id });
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
        builder.HasIndex(token => new { token.AccountId, token.Name }).IsUnique();
    }
}
