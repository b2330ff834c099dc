using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class EventStreamConfiguration : IEntityTypeConfiguration<EventStream>
{
    public void Configure(EntityTypeBuilder<EventStream> builder)
    {
        builder.HasOne<Client>().WithMany().HasForeignKey(stream => stream.ClientId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(stream => stream.ClientId).IsUnique();
    }
}

internal sealed class EventStreamSubjectConfiguration : IEntityTypeConfiguration<EventStreamSubject>
{
    public void Configure(EntityTypeBuilder<EventStreamSubject> builder)
    {
        builder.HasKey(subject => new { subject.StreamId, subject.UserId });
        builder.HasOne<EventStream>().WithMany().HasForeignKey(subject => subject.StreamId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(subject => subject.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(subject => subject.UserId);
    }
}

internal sealed class PolledEventConfiguration : IEntityTypeConfiguration<PolledEvent>
{
    public void Configure(EntityTypeBuilder<PolledEvent> builder)
    {
        builder.HasKey(polled => polled.Sequence);
        builder.HasOne<EventStream>().WithMany().HasForeignKey(polled => polled.StreamId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(polled => new { polled.StreamId, polled.Sequence });
        builder.HasIndex(polled => polled.Id).IsUnique();
        builder.HasIndex(polled => polled.CreatedAt);
    }
}

internal sealed class ErasureConfiguration : IEntityTypeConfiguration<Erasure>
{
    public void Configure(EntityTypeBuilder<Erasure> builder)
    {
        builder.HasOne<Account>().WithMany().HasForeignKey(erasure => erasure.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(erasure => new { erasure.AccountId, erasure.At });
        builder.HasIndex(erasure => erasure.Mark).IsUnique();
        builder.HasIndex(erasure => erasure.At).HasFilter("\"BytesGoneAt\" IS NULL");
    }
}
