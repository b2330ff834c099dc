namespace IdentityHub.Domain.Accounts;

/// <summary>Whom an organisation wants bills sent to, and where. The organisation's own data, like its name.</summary>
public sealed class BillingDetails
{
    public required string AccountId { get; init; }
    public string? ContactName { get; set; }
    public string? ContactEmail { get; set; }

    /// <summary>Street and number, or a post-office box.</summary>
    public string? AddressLine1 { get; set; }

    /// <summary>Building, department, and the like.</summary>
    public string? AddressLine2 { get; set; }

    public string? PostalCode { get; set; }
    public string? City { get; set; }

    /// <summary>ISO 3166-1 alpha-2, upper case.</summary>
    public string? Country { get; set; }

    /// <summary>The organisation's tax number, or what it wants to see on a bill.</summary>
    public string? Reference { get; set; }

    /// <summary>Moves on with every change: whoever saves says which one they saw.</summary>
    public int Version { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
