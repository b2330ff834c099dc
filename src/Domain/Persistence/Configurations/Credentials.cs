using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class PasswordConfiguration : IEntityTypeConfiguration<PasswordCredential>
{
    public void Configure(EntityTypeBuilder<PasswordCredential> builder)
    {
        builder.HasKey(password => password.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<PasswordCredential>(password => password.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PasswordResetConfiguration : IEntityTypeConfiguration<PasswordReset>
{
    public void Configure(EntityTypeBuilder<PasswordReset> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(reset => reset.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(reset => reset.TokenHash).IsUnique();
        builder.HasIndex(reset => reset.ExpiresAt);
    }
}

internal sealed class TotpConfiguration : IEntityTypeConfiguration<TotpCredential>
{
    public void Configure(EntityTypeBuilder<TotpCredential> builder)
    {
        builder.HasKey(totp => totp.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<TotpCredential>(totp => totp.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class EmailCodeConfiguration : IEntityTypeConfiguration<EmailCodeCredential>
{
    public void Configure(EntityTypeBuilder<EmailCodeCredential> builder)
    {
        builder.HasKey(email => email.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<EmailCodeCredential>(email => email.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UserKeyConfiguration : IEntityTypeConfiguration<UserKey>
{
    public void Configure(EntityTypeBuilder<UserKey> builder)
    {
        builder.HasKey(key => key.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<UserKey>(key => key.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ThrottleConfiguration : IEntityTypeConfiguration<Throttle>
{
    public void Configure(EntityTypeBuilder<Throttle> builder)
    {
        builder.HasKey(throttle => throttle.Key);
        builder.HasIndex(throttle => throttle.EmptyAt);
    }
}

internal sealed class PasskeyConfiguration : IEntityTypeConfiguration<PasskeyCredential>
{
    public void Configure(EntityTypeBuilder<PasskeyCredential> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(passkey => passkey.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(passkey => passkey.UserId);
    }
}

internal sealed class RecoveryCodeSetConfiguration : IEntityTypeConfiguration<RecoveryCodeSet>
{
    public void Configure(EntityTypeBuilder<RecoveryCodeSet> builder)
    {
        builder.HasKey(codes => codes.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<RecoveryCodeSet>(codes => codes.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.HasKey(code => new { code.UserId, code.Hash });
        builder.HasOne<User>().WithMany().HasForeignKey(code => code.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RememberedDeviceConfiguration : IEntityTypeConfiguration<RememberedDevice>
{
    public void Configure(EntityTypeBuilder<RememberedDevice> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(device => device.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(device => device.UserId);
        builder.HasIndex(device => device.SecretHash).IsUnique();
        builder.HasIndex(device => device.ExpiresAt);
    }
}

internal sealed class TemporaryCodeConfiguration : IEntityTypeConfiguration<TemporaryCode>
{
    public void Configure(EntityTypeBuilder<TemporaryCode> builder)
    {
        builder.HasKey(code => code.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<TemporaryCode>(code => code.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class FactorResetConfiguration : IEntityTypeConfiguration<FactorReset>
{
    public const string OneOpenPerMember = "IX_FactorResets_OneOpenPerMember";

    public void Configure(EntityTypeBuilder<FactorReset> builder)
    {
        builder.HasOne<Membership>().WithMany().HasForeignKey(reset => reset.MembershipId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(reset => reset.RequestedByUserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(reset => reset.MembershipId, OneOpenPerMember).IsUnique().HasFilter("\"EndedAt\" IS NULL");
        builder.HasIndex(reset => reset.AccountId);
        builder.HasIndex(reset => reset.ExpiresAt);
    }
}

internal sealed class FreezeLinkConfiguration : IEntityTypeConfiguration<FreezeLink>
{
    public void Configure(EntityTypeBuilder<FreezeLink> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(link => link.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(link => link.TokenHash).IsUnique();
        builder.HasIndex(link => link.ExpiresAt);
    }
}
