using System.Collections.Immutable;
using IdentityHub.Host.Mail;

namespace IdentityHub.Host.Configuration;

/// <summary>The part of the hub that a process may serve.</summary>
internal enum MountedPart
{
    IdP,
    Scim,
    AdminUi,
}

/// <summary>The database engine.</summary>
internal enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>How the connection to the mail server is protected.</summary>
internal enum SmtpSecurity
{
    /// <summary>Plain at first, then STARTTLS (RFC 3207), without which nothing is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>Never encrypted; no sign-in to the mail server then.</summary>
    None,
}

/// <summary>The section <c>Hub</c> of the configuration, read and found right. Every path is absolute.</summary>
/// <param name="Issuer">The issuer, character for character: absolute, in normal form, without a trailing slash.</param>
/// <param name="AllowHttp">An <c>http</c> issuer of this machine and cookies that are not Secure are accepted.</param>
/// <param name="DataDirectory">Not made yet.</param>
/// <param name="Database">Engine and connection string.</param>
/// <param name="ConfigurationFile">An existing file to apply at start, or null.</param>
/// <param name="Mount">What this process serves; never empty.</param>
/// <param name="Mail">Where mail goes.</param>
/// <param name="RootKey">The root key's file; default <c>keys/root.key</c> in the data directory.</param>
/// <param name="SignIn">Limits of signing in.</param>
/// <param name="Scim">Limits of provisioning.</param>
internal sealed record HubOptions(
    string Issuer,
    bool AllowHttp,
    string DataDirectory,
    DatabaseOptions Database,
    string? ConfigurationFile,
    ImmutableHashSet<MountedPart> Mount,
    MailOptions Mail,
    RootKeyOptions RootKey,
    SignInOptions SignIn,
    ScimLimits Scim)
{
    /// <summary>Where it is written that somebody was erased, apart from the database and its backups: what a restored backup is held against. Absolute.</summary>
    public required string ErasureLedgerFile { get; init; }
}

/// <summary>Where the root key is.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="IsGiven">Named in the configuration: it exists and holds 32 bytes in base64. Otherwise this node makes it when it is absent.</param>
internal sealed record RootKeyOptions(string File, bool IsGiven);

/// <summary>The database. Its text form leaves the connection string out, which may hold a password.</summary>
internal sealed record DatabaseOptions(DatabaseProvider Provider, string ConnectionString)
{
    public override string ToString() => $"{nameof(DatabaseOptions)} {{ {nameof(Provider)} = {Provider} }}";
}

/// <summary>How many sign-in attempts one network address has.</summary>
/// <param name="AddressBurst">Attempts at once.</param>
/// <param name="AddressRefill">The time after which one attempt comes back.</param>
internal sealed record SignInOptions(int AddressBurst, TimeSpan AddressRefill);

/// <summary>How much one provisioning token may ask for.</summary>
/// <param name="RequestBurst">Requests at once.</param>
/// <param name="RequestsPerSecond">Requests a second in the long run.</param>
/// <param name="MaxScan">How many members are looked at for a filter that no index answers.</param>
internal sealed record ScimLimits(int RequestBurst, int RequestsPerSecond, int MaxScan);

/// <summary>Where mail goes: a closed set.</summary>
/// <param name="From">The sender of every mail.</param>
internal abstract record MailOptions(Mailbox From)
{
    /// <summary>Each mail becomes a file in <paramref name="Directory"/>.</summary>
    public sealed record Pickup(Mailbox From, string Directory) : MailOptions(From);

    /// <summary>Each mail is handed to <paramref name="Server"/>.</summary>
    public sealed record Smtp(Mailbox From, SmtpServer Server) : MailOptions(From);
}

/// <summary>A mail server.</summary>
/// <param name="Host">Name or address; its certificate has to be for it.</param>
/// <param name="Port">Default: 587 for StartTls, 465 for Tls, 25 for None.</param>
/// <param name="Security">How the connection is protected.</param>
/// <param name="Credentials">Null: no sign-in. Never with <see cref="SmtpSecurity.None"/>.</param>
internal sealed record SmtpServer(string Host, int Port, SmtpSecurity Security, SmtpCredentials? Credentials);

/// <summary>Name and password for the mail server, free of control characters. The text form shows neither.</summary>
internal sealed record SmtpCredentials(string UserName, string Password)
{
    public override string ToString() => nameof(SmtpCredentials);
}
