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

/// <summary>Whether an account lets anybody in.</summary>
public enum AccountStatus
{
    Open,

    /// <summary>Shut by the operator for now. Nothing that is granted in it works; its members may be in other accounts still.</summary>
    Suspended,

    /// <summary>Shut for good. The data stay until a command deletes them.</summary>
    Closed,
}

/// <summary>A customer organisation: the tenant in which memberships, seats and provisioning live.</summary>
public sealed class Account
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public TwoFactorPolicy TwoFactor { get; set; }
    public ScimSettings Scim { get; set; } = new();

    /// <summary>Changed by <see cref="AccountLifecycle"/> alone.</summary>
    public AccountStatus Status { get; init; }

    /// <summary>Grants remember this number and die when it moves on: with every suspension, so that nothing revives when the account is resumed.</summary>
    public int Epoch { get; init; }

    /// <summary>How many memberships there are, whatever their status. Counted as they come and go: a list of a million says its length at once.</summary>
    public int MemberCount { get; init; }

    /// <summary>Whether a code by e-mail beside the password is enough where this account asks for a second factor.</summary>
    public bool EmailCodesCount { get; set; }

    /// <summary>For how many days after they were first asked members may go on without the second factor that the account requires: 0 to 14.</summary>
    public int TwoFactorGraceDays { get; set; }

    /// <summary>For how many days a browser may be remembered: 0 (never) to 30.</summary>
    public int RememberedDeviceDays { get; set; } = MaxRememberedDeviceDays;

    public const int MaxRememberedDeviceDays = 30;
    public const int MaxGraceDays = 14;

    /// <summary>Minutes after which a session that is not used ends, where that is less than the hub's own limit; null for the hub's.</summary>
    public int? SessionIdleMinutes { get; set; }

    /// <summary>Minutes after which a session ends however much it is used, where that is less than the hub's own limit; null for the hub's.</summary>
    public int? SessionLifetimeMinutes { get; set; }

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
