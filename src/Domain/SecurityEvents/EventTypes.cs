using System.Collections.Immutable;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>The events that receivers can be told of, by their type URIs.</summary>
public static class EventTypes
{
    private const string Caep = "https://schemas.openid.net/secevent/caep/event-type/";
    private const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";
    private const string Ssf = "https://schemas.openid.net/secevent/ssf/event-type/";

    public const string SessionRevoked = Caep + "session-revoked";
    public const string CredentialChange = Caep + "credential-change";
    public const string TokenClaimsChange = Caep + "token-claims-change";
    public const string AssuranceLevelChange = Caep + "assurance-level-change";
    public const string AccountDisabled = Risc + "account-disabled";
    public const string AccountEnabled = Risc + "account-enabled";
    public const string AccountPurged = Risc + "account-purged";

    /// <summary>About the stream itself; sent whether or not it was asked for (OpenID Shared Signals Framework 1.0 §8.1.4.1).</summary>
    public const string Verification = Ssf + "verification";

    /// <summary>About the stream itself; sent when the operator changed its status (§8.1.5).</summary>
    public const string StreamUpdated = Ssf + "stream-updated";

    /// <summary>What a receiver can ask for.</summary>
    public static readonly ImmutableArray<string> Supported =
        [SessionRevoked, CredentialChange, TokenClaimsChange, AssuranceLevelChange, AccountDisabled, AccountEnabled, AccountPurged];
}
