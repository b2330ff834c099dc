using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class ConnectionConfiguration : IEntityTypeConfiguration<Connection>
{
    public void Configure(EntityTypeBuilder<Connection> builder)
    {
        builder.ToTable("Connections");
        builder.Property(connection => connection.Ending).HasConversion<string>();
        builder.HasOne<Membership>().WithMany().HasForeignKey(connection => connection.MembershipId).OnDelete(DeleteBehavior.Cascade);

        // The newest first, of an account and of one app in it. How they ended stands in the index too: to look for a rare end looks at no row.
        builder.HasIndex(connection => new { connection.AccountId, connection.StartedAt, connection.Ending });
        builder.HasIndex(connection => new { connection.AccountId, connection.ClientId, connection.StartedAt, connection.Ending });
        builder.HasIndex(connection => new { connection.MembershipId, connection.StartedAt });
        builder.HasIndex(connection => connection.UserId).HasFilter("\"MembershipId\" IS NULL");
        builder.HasIndex(connection => connection.ExpiresAt).HasFilter("\"EndedAt\" IS NULL");
    }
}

internal sealed class SignInDayConfiguration : IEntityTypeConfiguration<SignInDay>
{
    public void Configure(EntityTypeBuilder<SignInDay> builder)
    {
        builder.HasKey(day => new { day.AccountId, day.Day, day.ClientId });
        builder.HasOne<Account>().WithMany().HasForeignKey(day => day.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class SeatDayConfiguration : IEntityTypeConfiguration<SeatDay>
{
    public void Configure(EntityTypeBuilder<SeatDay> builder)
    {
        builder.HasKey(day => new { day.AccountId, day.ApplicationId, day.Day });
        builder.HasOne<Account>().WithMany().HasForeignKey(day => day.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
