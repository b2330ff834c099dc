namespace IdentityHub.Domain.Users;

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

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Given and family name, or the user name where both are absent.</summary>
    public string DisplayName => NameOf(UserName, GivenName, FamilyName);

    /// <inheritdoc cref="DisplayName"/>
    internal static string NameOf(string userName, string? givenName, string? familyName) =>
        string.Join(' ', new[] { givenName, familyName }.Where(part => !string.IsNullOrWhiteSpace(part))) is { Length: > 0 } name ? name : userName;
}
