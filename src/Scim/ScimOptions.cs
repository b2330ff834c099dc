namespace IdentityHub.Scim;

/// <summary>What the SCIM service provider must be told.</summary>
/// <param name="Issuer">The hub's issuer without trailing slash. Every address in an answer begins with it, never with the Host header.</param>
public sealed record ScimOptions(string Issuer)
{
    public const string Path = "/scim/v2";

    /// <summary>Below which every resource has its address.</summary>
    public string BaseAddress { get; } = Issuer + Path;

    /// <summary>Where the endpoint is described, as discovery announces it: by itself, unless the operator has a page for people.</summary>
    public string DocumentationAddress { get; init; } = Issuer + Path + "/openapi.json";

    /// <summary>Requests that one token may make at once.</summary>
    public int RequestBurst { get; init; } = 25_000;

    /// <summary>Requests a second that one token may make in the long run.</summary>
    public int RequestsPerSecond { get; init; } = 2_500;

    /// <summary>So many members are looked at to answer a filter that no index answers, and no more.</summary>
    public int MaxScan { get; init; } = 50_000;

    /// <summary>How long such a search may take.</summary>
    public TimeSpan MaxScanTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How large the resources of a page may be together: it ends before, and the next one goes on from there.</summary>
    public int MaxPageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long a cursor is good.</summary>
    public TimeSpan CursorLifetime { get; init; } = TimeSpan.FromHours(1);

    public const int DefaultPageSize = 100;
    public const int MaxPageSize = 1_000;
    public const int MaxBulkOperations = 1_000;
    public const int MaxBody = 1024 * 1024;
}
