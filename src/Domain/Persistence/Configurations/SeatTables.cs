using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Seats;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>
{
    public void Configure(EntityTypeBuilder<Application> builder) => builder.HasKey(application => application.Id);
}

internal sealed class SeatPoolConfiguration : IEntityTypeConfiguration<SeatPool>
{
    public void Configure(EntityTypeBuilder<SeatPool> builder)
    {
        builder.HasKey(pool => new { pool.AccountId, pool.ApplicationId });
        builder.HasOne<Account>().WithMany().HasForeignKey(pool => pool.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Application>().WithMany().HasForeignKey(pool => pool.ApplicationId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(table => table.HasCheckConstraint("CK_SeatPools_NeverOversold", "\"Used\" >= 0 AND \"Used\" <= \"Capacity\""));
    }
}

internal sealed class SeatAssignmentConfiguration : IEntityTypeConfiguration<SeatAssignment>
{
    public void Configure(EntityTypeBuilder<SeatAssignment> builder)
    {
        builder.HasKey(assignment => new { assignment.MembershipId, assignment.ApplicationId });
        builder.HasOne<Membership>().WithMany().HasForeignKey(assignment => assignment.MembershipId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<SeatPool>().WithMany().HasForeignKey(assignment => new { assignment.AccountId, assignment.ApplicationId })
            .OnDelete(DeleteBehavior.Restrict);
    }
}
