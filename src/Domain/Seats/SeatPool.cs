namespace IdentityHub.Domain.Seats;

/// <summary>Something that people sign in to. Seated: only members with a seat may.</summary>
public sealed class Application
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public bool Seated { get; set; }
}

/// <summary>How many seats of an application an account has, and how many are taken. The database holds 0 ≤ used ≤ capacity.</summary>
public sealed class SeatPool
{
    public required string AccountId { get; init; }
    public required string ApplicationId { get; init; }
    public int Capacity { get; set; }
    public int Used { get; set; }
}

/// <summary>The right of one member to use a seated application.</summary>
public sealed class SeatAssignment
{
    public required string MembershipId { get; init; }
    public required string ApplicationId { get; init; }
    public required string AccountId { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
}
