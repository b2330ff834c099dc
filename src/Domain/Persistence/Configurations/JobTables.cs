using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.HasOne<Account>().WithMany().HasForeignKey(job => job.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(job => job.ActorUserId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(job => job.Status).HasConversion<string>();
        builder.ComplexProperty(job => job.Counts);
        builder.HasIndex(job => new { job.AccountId, job.CreatedAt });

        // What a runner looks for: few, however many jobs there were.
        builder.HasIndex(job => job.LeasedUntil).HasFilter("\"Status\" IN ('Preparing', 'Waiting', 'Running')");
        builder.HasIndex(job => job.FinishedAt).HasFilter("\"FinishedAt\" IS NOT NULL");
    }
}

internal sealed class JobItemConfiguration : IEntityTypeConfiguration<JobItem>
{
    public void Configure(EntityTypeBuilder<JobItem> builder)
    {
        builder.HasKey(item => new { item.JobId, item.Ordinal });
        builder.HasOne<Job>().WithMany().HasForeignKey(item => item.JobId).OnDelete(DeleteBehavior.Cascade);

        // Whom it was about goes with them; that it happened stays.
        builder.HasOne<Membership>().WithMany().HasForeignKey(item => item.MembershipId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(item => item.Outcome).HasConversion<string>();
        builder.HasIndex(item => new { item.JobId, item.Outcome, item.Ordinal });
        builder.HasIndex(item => item.NameTag).HasFilter("\"NameTag\" IS NOT NULL");
    }
}
