namespace IdentityHub.Domain.Accounts;

/// <summary>One request by which an HR system changed something in an account, or tried to. Names attributes, never their values.</summary>
public sealed class ProvisioningLogEntry
{
    public long Sequence { get; init; }
    public required string AccountId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The id of the provisioning token, or of the client whose access token it was.</summary>
    public required string CallerId { get; init; }

    /// <summary>What was asked: POST, PUT, PATCH, DELETE.</summary>
    public required string Method { get; init; }

    /// <summary>User, Group or Bulk.</summary>
    public required string ResourceType { get; init; }

    /// <summary>The id of what was changed; gone when that was erased.</summary>
    public string? ResourceId { get; set; }

    /// <summary>The HTTP status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>The attributes that changed, separated by spaces, or the <c>scimType</c> of the refusal.</summary>
    public string? Detail { get; init; }
}
