namespace IdentityHub.Domain.Audit;

/// <summary>Who does something: every write names one.</summary>
public abstract record Actor
{
    public const string PersonKind = "person";

    private Actor() { }

    /// <summary>The word under which the audit keeps this kind of actor.</summary>
    public abstract string Kind { get; }

    /// <summary>The identifier of the actor within its kind, or null where there is only one.</summary>
    public abstract string? Id { get; }

    /// <summary>A signed-in user.</summary>
    public sealed record Person(string UserId) : Actor
    {
        /// <summary>The network address from which they act; null where none is known.</summary>
        public string? From { get; init; }

        public override string Kind => PersonKind;
        public override string? Id => UserId;
    }

    /// <summary>A provisioning client of one account, known by its token or client.</summary>
    public sealed record Provisioning(string AccountId, string TokenId) : Actor
    {
        public override string Kind => "provisioning";
        public override string? Id => TokenId;
    }

    /// <summary>A relying app that acts for itself.</summary>
    public sealed record RelyingApp(string ClientId) : Actor
    {
        public override string Kind => "client";
        public override string? Id => ClientId;
    }

    /// <summary>The hub itself, or an operator through its command line and configuration file.</summary>
    public sealed record Hub(string Reason) : Actor
    {
        public override string Kind => "hub";
        public override string? Id => Reason;
    }
}
