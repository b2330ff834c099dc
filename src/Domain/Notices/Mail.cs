namespace IdentityHub.Domain.Notices;

/// <summary>A mail as it waits in the outbox: which template, and with what. What it says is made when it is sent.</summary>
/// <param name="To">One address.</param>
/// <param name="Template">One of <see cref="MailTemplates"/>.</param>
/// <param name="Values">What stands in the template's placeholders; what people wrote is cleaned there.</param>
public sealed record Mail(string To, string Template, IReadOnlyDictionary<string, string> Values)
{
    public const string Kind = "mail";

    /// <summary>The same at every try, so that a server that took it already can tell.</summary>
    public string Id { get; init; } = "";

    /// <summary>A pseudonym of the user whom it is about, under a key of the hub's: by it what was written to disk is found when the user is erased. Null for a last notice.</summary>
    public string? About { get; init; }

    /// <summary>A pseudonym of the user who reads it, for the same: their address stands in it. Null for who is erased in the transaction that queues it.</summary>
    public string? For { get; init; }
}
