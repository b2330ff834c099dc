namespace IdentityHub.Domain.Users;

/// <summary>Dark letters on light ground, or the other way round.</summary>
public enum Theme
{
    /// <summary>As the person's device has it.</summary>
    System,
    Light,
    Dark,
}

/// <summary>A person with one sign-in. The id is random, never reused, and is the <c>sub</c> that relying apps see.</summary>
public sealed class User
{
    public required string Id { get; init; }

    /// <summary>The sign-in name as the person writes it.</summary>
    public required string UserName { get; set; }

    /// <summary>The form in which names are compared and unique: see <see cref="CanonicalName"/>.</summary>
    public required string UserNameKey { get; set; }

    public string? GivenName { get; set; }
    public string? FamilyName { get; set; }
    public string? Email { get; set; }
    public bool EmailVerified { get; set; }

    /// <summary>May run the hub itself: open accounts, register clients, approve transfers of PRIMARY.</summary>
    public bool Operator { get; set; }

    /// <summary>False once the home account has deactivated the user: then no account lets them in.</summary>
    public bool Active { get; set; } = true;

    /// <summary>Everything that hangs on the user remembers this number and dies when it moves on.</summary>
    public int Epoch { get; set; }

    /// <summary>When the user, or somebody who reads their mail, said that something was done in their name: nobody signs in with their credentials until an administrator lets them in again. Null otherwise.</summary>
    public DateTimeOffset? FrozenAt { get; set; }

    /// <summary>Until when, after a reset of their second factors, they hold no right of an administrator at the hub; null where nothing holds them.</summary>
    public DateTimeOffset? RecoveryHoldUntil { get; set; }

    /// <summary>Their second factors were reset: they enrol another before anything is let through, and need an administrator's code to do so.</summary>
    public bool MustEnrol { get; set; }

    /// <summary>The language that apps are told, as a tag of BCP 47; null where the person chose none.</summary>
    public string? Locale { get; set; }

    /// <summary>The time zone that apps are told and in which the hub shows times, as its IANA name; null where the person chose none.</summary>
    public string? ZoneInfo { get; set; }

    /// <summary>How the hub's own pages look to this person.</summary>
    public Theme Theme { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Given and family name, or the user name where both are absent.</summary>
    public string DisplayName => NameOf(UserName, GivenName, FamilyName);

    /// <inheritdoc cref="DisplayName"/>
    internal static string NameOf(string userName, string? givenName, string? familyName) =>
        string.Join(' ', new[] { givenName, familyName }.Where(part => !string.IsNullOrWhiteSpace(part))) is { Length: > 0 } name ? name : userName;
}
