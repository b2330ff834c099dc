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
