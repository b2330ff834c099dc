using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityHub.Domain.Persistence.Configurations;

internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.HasKey(entry => entry.Sequence);

        // An account's, the newest first, between any two moments; what was done stands in the index too, so that looking for something rare looks at no row.
        builder.HasIndex(entry => new { entry.AccountId, entry.At, entry.Sequence, entry.Action });
        builder.HasIndex(entry => new { entry.SubjectUserId, entry.At, entry.Sequence });

        // What a person did: to be read, and to be erased.
        builder.HasIndex(entry => new { entry.ActorId, entry.At, entry.Sequence }).HasFilter("\"ActorKind\" = 'person'");
    }
}

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.HasKey(message => message.Sequence);

        // What is still to be sent, by when: the dispatcher's only question.
        builder.HasIndex(message => message.NextAttemptAt).HasFilter("\"DeliveredAt\" IS NULL AND \"DeadAt\" IS NULL");
        builder.HasIndex(message => message.UserId);
        builder.HasIndex(message => message.RecipientUserId);
        builder.HasIndex(message => new { message.AboutKey, message.Sequence }).HasFilter("\"AboutKey\" IS NOT NULL");

        // What was not delivered, dead ones too: what the operator looks at.
        builder.HasIndex(message => new { message.Kind, message.Sequence }).HasFilter("\"DeliveredAt\" IS NULL");
    }
}

internal sealed class HubSecretConfiguration : IEntityTypeConfiguration<HubSecret>
{
    public void Configure(EntityTypeBuilder<HubSecret> builder) => builder.HasKey(secret => secret.Name);
}
