using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class PrimaryRequestConfiguration : IEntityTypeConfiguration<PrimaryRequest>
{
    public const string OneOpenPerAccount = "IX_PrimaryRequests_OneOpenPerAccount";

    public void Configure(EntityTypeBuilder<PrimaryRequest> builder)
    {
        builder.HasOne<Account>().WithMany().HasForeignKey(request => request.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Membership>().WithMany().HasForeignKey(request => request.CandidateMembershipId).OnDelete(DeleteBehavior.SetNull);

        // Who is erased is nobody in the history.
        builder.HasOne<User>().WithMany().HasForeignKey(request => request.CandidateUserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<User>().WithMany().HasForeignKey(request => request.RequestedByUserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<User>().WithMany().HasForeignKey(request => request.ConfirmedByUserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<User>().WithMany().HasForeignKey(request => request.FormerUserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(request => request.AccountId, OneOpenPerAccount).IsUnique().HasFilter("\"EndedAt\" IS NULL");
        builder.HasIndex(request => new { request.AccountId, request.CreatedAt });
        builder.HasIndex(request => request.NextStepAt).HasFilter("\"EndedAt\" IS NULL");
    }
}

internal sealed class PlanConfiguration : IEntityTypeConfiguration<Plan>
{
    public void Configure(EntityTypeBuilder<Plan> builder) => builder.HasKey(plan => plan.Id);
}

internal sealed class PlanChangeConfiguration : IEntityTypeConfiguration<PlanChange>
{
    public void Configure(EntityTypeBuilder<PlanChange> builder)
    {
        builder.HasKey(change => change.Sequence);
        builder.HasOne<Account>().WithMany().HasForeignKey(change => change.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(change => change.ByUserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(change => new { change.AccountId, change.Sequence });
    }
}

internal sealed class BillingDetailsConfiguration : IEntityTypeConfiguration<BillingDetails>
{
    public void Configure(EntityTypeBuilder<BillingDetails> builder)
    {
        builder.HasKey(billing => billing.AccountId);
        builder.HasOne<Account>().WithOne().HasForeignKey<BillingDetails>(billing => billing.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
