using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class ClientConfiguration : IEntityTypeConfiguration<Client>
{
    public void Configure(EntityTypeBuilder<Client> builder)
    {
        builder.Ignore(client => client.IsPublic);
        builder.Ignore(client => client.IsUsable);
        builder.Ignore(client => client.AccountIsShut);
        builder.HasIndex(client => client.AccountId).HasFilter("\"AccountId\" IS NOT NULL");
    }
}

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(session => session.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(session => session.SecretHash).IsUnique();
        builder.HasIndex(session => session.ExpiresAt);
        builder.Property(session => session.IdleMilliseconds).HasDefaultValue((long)Sessions.Sessions.IdleLifetime.TotalMilliseconds);

        // What is to be ended because its time is over, so that its apps hear.
        builder.HasIndex(session => session.EndsAt).HasFilter("\"EndedAt\" IS NULL");

        // Who was seen just now.
        builder.HasIndex(session => new { session.LastSeenAt, session.UserId }).HasFilter("\"EndedAt\" IS NULL");
    }
}

internal sealed class SignInConfiguration : IEntityTypeConfiguration<SignIn>
{
    public void Configure(EntityTypeBuilder<SignIn> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(signIn => signIn.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(signIn => signIn.ExpiresAt);
    }
}

internal sealed class GrantConfiguration : IEntityTypeConfiguration<Grant>
{
    public void Configure(EntityTypeBuilder<Grant> builder)
    {
        builder.HasOne<User>().WithMany().HasForeignKey(grant => grant.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(grant => grant.AccountEpoch).HasDefaultValue(0);
        builder.HasIndex(grant => grant.SessionId);
        builder.HasIndex(grant => grant.MembershipId);
        builder.HasIndex(grant => grant.ExpiresAt);

        // What ends for want of use, so that its app hears.
        builder.HasIndex(grant => grant.IdleEndsAt).HasFilter("\"IdleEndsAt\" IS NOT NULL AND \"RevokedAt\" IS NULL");
    }
}

internal sealed class AuthorizationCodeConfiguration : IEntityTypeConfiguration<AuthorizationCode>
{
    public void Configure(EntityTypeBuilder<AuthorizationCode> builder)
    {
        builder.HasKey(code => code.Hash);
        builder.HasOne<Grant>().WithMany().HasForeignKey(code => code.GrantId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(code => code.ExpiresAt);
    }
}

internal sealed class RevokedTokenConfiguration : IEntityTypeConfiguration<RevokedToken>
{
    public void Configure(EntityTypeBuilder<RevokedToken> builder)
    {
        builder.HasKey(token => token.TokenId);
        builder.HasIndex(token => token.ExpiresAt);
    }
}
