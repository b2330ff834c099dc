namespace IdentityHub.Domain.Permissions;

/// <summary>Who may call an endpoint.</summary>
public enum Caller
{
    /// <summary>Everyone: it gives nothing away and changes nothing for anyone else.</summary>
    Anyone,

    /// <summary>A registered client that proves itself as registered.</summary>
    Client,

    /// <summary>The bearer of an access token.</summary>
    AccessToken,

    /// <summary>The browser in which a sign-in was begun.</summary>
    SignIn,

    /// <summary>A browser that is signed in.</summary>
    Session,

    /// <summary>An account's HR system: the bearer of a provisioning token, or of an access token with the scope <c>scim</c>.</summary>
    Provisioning,

    /// <summary>Whoever holds the one-time set-up token that a fresh hub prints.</summary>
    SetupToken,

    /// <summary>Whoever holds the link of an invitation that was mailed.</summary>
    Invitation,

    /// <summary>A person who is signed in to the console, about themselves.</summary>
    Person,

    /// <summary>A person who is signed in to the console and may do there what <see cref="NeedsAttribute"/> names, in the account in which they act.</summary>
    Administrator,

    /// <summary>Who runs the hub itself, signed in to the console.</summary>
    Operator,

    /// <summary>Whoever holds the link of a password reset that was mailed.</summary>
    PasswordReset,

    /// <summary>Whoever holds the link of a mail about how somebody signs in, to say that it was not them.</summary>
    FreezeLink,
}

/// <summary>Every endpoint says who may call it; a test walks the routes and fails where one does not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CallersAttribute(Caller caller) : Attribute
{
    public Caller Caller { get; } = caller;
}

/// <summary>What of <see cref="PermissionMatrix"/> the caller of a page of an account must be allowed.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;
}
