using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Jobs;

/// <summary>What a job does to each of its members.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ChangeRole), nameof(ChangeRole))]
[JsonDerivedType(typeof(ChangeLevel), nameof(ChangeLevel))]
[JsonDerivedType(typeof(GiveSeat), nameof(GiveSeat))]
[JsonDerivedType(typeof(TakeSeat), nameof(TakeSeat))]
[JsonDerivedType(typeof(Deactivate), nameof(Deactivate))]
[JsonDerivedType(typeof(Reactivate), nameof(Reactivate))]
[JsonDerivedType(typeof(RequireTwoFactor), nameof(RequireTwoFactor))]
[JsonDerivedType(typeof(Delete), nameof(Delete))]
[JsonDerivedType(typeof(Import), nameof(Import))]
public abstract record JobAction
{
    private JobAction() { }

    public sealed record ChangeRole(Role Role) : JobAction;

    /// <param name="Level">Null: none.</param>
    public sealed record ChangeLevel(PermissionLevel? Level) : JobAction;

    public sealed record GiveSeat(string ApplicationId) : JobAction;

    public sealed record TakeSeat(string ApplicationId) : JobAction;

    public sealed record Deactivate : JobAction;

    public sealed record Reactivate : JobAction;

    public sealed record RequireTwoFactor(bool Required) : JobAction;

    public sealed record Delete : JobAction;

    /// <summary>Adds the members of a file, and changes those who are there already.</summary>
    /// <param name="Header">The file's own names of its columns.</param>
    /// <param name="Columns">What each column is; empty until that was said.</param>
    /// <param name="Issuer">The hub's issuer, with which the links of invitations begin.</param>
    public sealed record Import(IReadOnlyList<string> Header, IReadOnlyList<ImportField> Columns, string Issuer) : JobAction;
}

/// <summary>What a job remembers of how it was asked for.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Filter">Which members, where they were not named one by one: the filter of the list that the person saw. Forgotten once they are gathered.</param>
/// <param name="From">The network address from which it was confirmed; the audit says it of each change.</param>
internal sealed record JobParameters(JobAction Action, MemberFilter? Filter, string? From)
{
    private const string Purpose = "job";

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public byte[] Seal(Sealer sealer, string jobId) => sealer.Seal(Purpose, jobId, JsonSerializer.SerializeToUtf8Bytes(this, Json));

    public static JobParameters Open(Sealer sealer, string jobId, byte[] sealedBytes) =>
        JsonSerializer.Deserialize<JobParameters>(sealer.Open(Purpose, jobId, sealedBytes) ?? throw new InvalidDataException("A job's parameters do not open under this hub's root key."), Json)
        ?? throw new InvalidDataException("A job has no parameters.");
}
