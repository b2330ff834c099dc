namespace IdentityHub.Domain.Accounts;

/// <summary>Of whom an account asks a second factor.</summary>
public enum TwoFactorPolicy
{
    /// <summary>Of those who have enrolled one.</summary>
    Optional,

    /// <summary>Of every Administrator and of the PRIMARY.</summary>
    Administrators,

    /// <summary>Of everyone.</summary>
    Required,
}

/// <summary>A customer organisation: the tenant in which memberships, seats and provisioning live.</summary>
public sealed class Account
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public TwoFactorPolicy TwoFactor { get; set; }
    public ScimSettings Scim { get; set; } = new();

    /// <summary>How many memberships there are, whatever their status. Counted as they come and go: a list of a million says its length at once.</summary>
    public int MemberCount { get; init; }

    /// <summary>What the account has agreed with the operator. Null when nothing was chosen yet.</summary>
    public string? PlanId { get; set; }

    /// <summary>For how many days the account keeps its reports: 30 to 3650.</summary>
    public int ReportRetentionDays { get; set; } = Reports.ReportRetention.DefaultDays;

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>How an account's SCIM endpoint meets what its HR system sends.</summary>
public sealed record ScimSettings
{
    /// <summary>Whether unknown members and managers are dropped (true) or refused with 400 (false).</summary>
    public bool AcceptUnknownReferences { get; init; }

    /// <summary>What PATCH answers: 200 with the resource, or 204.</summary>
    public int PatchAnswer { get; init; } = 200;

    /// <summary>Whether bare words pass as filter literals.</summary>
    public bool UnquotedLiterals { get; init; }
}
