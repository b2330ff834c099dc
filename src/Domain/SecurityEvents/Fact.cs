using System.Text.Json.Nodes;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>Something that happened to a person, before it is known which receivers want it.</summary>
/// <param name="Type">The event type URI.</param>
/// <param name="UserId">The person.</param>
/// <param name="Says">The members of the event.</param>
internal sealed record Fact(string Type, string UserId, JsonObject Says)
{
    /// <summary>Only this account's receivers, and the hub-wide ones, hear of it; null: of every account that the person is in.</summary>
    public string? AccountId { get; init; }

    /// <summary>Hub-wide receivers do not hear of it: elsewhere it is not so.</summary>
    public bool OnlyInAccount { get; init; }

    /// <summary>The account is part of whom it is about.</summary>
    public bool NamesAccount { get; init; }

    /// <summary>The session that it is about; null for none in particular.</summary>
    public string? SessionId { get; init; }

    /// <summary>The app whose part of the session it is about; null for the whole session.</summary>
    public string? ClientId { get; init; }

    /// <summary>It is told even when the person is erased meanwhile: it names them by <c>sub</c> alone, and says that something is over.</summary>
    public bool Outlives { get; init; }
}
