using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Accounts;

/// <summary>What of a member can be changed, as pages and lists name it.</summary>
public enum MemberField
{
    /// <summary>The member as a whole.</summary>
    Member,
    Name,
    UserName,
    Email,
    Role,
    Level,
    Status,
    TwoFactor,
    CodeAddress,
    Seats,
    Password,
}

/// <summary>All that an account's administrators see and change of one member, at one moment.</summary>
public sealed record MemberState
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string AccountId { get; init; }

    /// <summary>Whether this account is the user's home.</summary>
    public required bool Home { get; init; }

    /// <summary>Whether the user has become a member; false of a guest who has not accepted.</summary>
    public required bool Accepted { get; init; }

    /// <summary>Whether the user runs the hub itself.</summary>
    public required bool Operator { get; init; }

    /// <summary>Whether the user's home account lets them sign in at all.</summary>
    public required bool UserActive { get; init; }

    public required string UserName { get; init; }

    /// <summary>Of a guest, what this account has on file: see <see cref="MemberNames"/>.</summary>
    public required string DisplayName { get; init; }

    /// <inheritdoc cref="DisplayName"/>
    public string? GivenName { get; init; }

    /// <inheritdoc cref="DisplayName"/>
    public string? FamilyName { get; init; }

    /// <inheritdoc cref="DisplayName"/>
    public string? Email { get; init; }

    public required bool EmailVerified { get; init; }
    public required Role Role { get; init; }
    public PermissionLevel? Level { get; init; }
    public required MembershipStatus Status { get; init; }

    /// <summary>Whether a second factor is asked of this member, whatever the account asks of others.</summary>
    public required bool TwoFactorRequired { get; init; }

    /// <summary>What the account asks of everyone.</summary>
    public required TwoFactorPolicy AccountTwoFactor { get; init; }

    public required bool HasTotp { get; init; }

    /// <summary>Where codes by e-mail go; null where they are not enrolled, and of whoever is not at home here.</summary>
    public string? CodeAddress { get; init; }

    /// <summary>Whether codes by e-mail are enrolled.</summary>
    public required bool HasEmailCodes { get; init; }

    /// <summary>Whether there is a passkey.</summary>
    public bool HasPasskeys { get; init; }

    /// <summary>Whether codes by e-mail are enough for what this account asks.</summary>
    public bool EmailCodesCount { get; init; }

    /// <summary>Since when nobody signs in as this user; null where they may, and of whoever is not at home here.</summary>
    public DateTimeOffset? FrozenAt { get; init; }

    /// <summary>Whether their second factors were reset and none was enrolled since; false of whoever is not at home here.</summary>
    public bool MustEnrol { get; init; }

    /// <summary>Whether they are the Primary User of another account.</summary>
    public bool PrimaryElsewhere { get; init; }

    /// <summary>See <see cref="Users.User.RecoveryHoldUntil"/>; null of whoever is not at home here.</summary>
    public DateTimeOffset? RecoveryHoldUntil { get; init; }

    /// <summary>Whether the user has a password; null of whoever is not at home here.</summary>
    public bool? HasPassword { get; init; }

    public required MemberSource Source { get; init; }
    public string? ExternalId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? LastSignInAt { get; init; }
    public required bool ActiveNow { get; init; }

    /// <summary>Whether an app that they use in this account holds a live connection for them.</summary>
    public bool IsLive { get; init; }

    /// <summary>The applications of which the member holds a seat, in order of their ids.</summary>
    public required IReadOnlyList<string> Seats { get; init; }

    /// <summary>What the rules need to know of the member.</summary>
    public MemberActedOn ActedOn => new(UserId, Operator && Home, Role, Level) { PrimaryElsewhere = Home && PrimaryElsewhere };

    /// <summary>Stands for everything that can be changed: whoever changes a member on the ground of what they saw says which version that was. No clock is in it.</summary>
    public string Version
    {
        get
        {
            var all = new StringBuilder();
            foreach (var each in Enum.GetValues<MemberField>())
            {
                all.Append(ValueOf(each)).Append('\0');
            }

            all.Append(GivenName).Append('\0').Append(FamilyName);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))[..12]);
        }
    }

    /// <summary>The value of a field as text, empty where there is none.</summary>
    public string ValueOf(MemberField field) => field switch
    {
        MemberField.Name => DisplayName,
        MemberField.UserName => UserName,
        MemberField.Email => Email ?? "",
        MemberField.Role => PermissionNames.Of(Role),
        MemberField.Level => Level is { } level ? PermissionNames.Of(level) : "",
        MemberField.Status => Status.ToString(),
        MemberField.TwoFactor => TwoFactorRequired.ToString(CultureInfo.InvariantCulture),
        MemberField.CodeAddress => CodeAddress ?? "",
        MemberField.Seats => string.Join(' ', Seats),
        _ => "",
    };
}

/// <summary>What of a member became different.</summary>
public sealed record MemberDifference(MemberField Field, string Before, string After)
{
    /// <summary>Everything in which two states of a member differ.</summary>
    public static IReadOnlyList<MemberDifference> Between(MemberState before, MemberState after) =>
    [
        .. from field in Enum.GetValues<MemberField>()
           let values = (Before: before.ValueOf(field), After: after.ValueOf(field))
           where values.Before != values.After
           select new MemberDifference(field, values.Before, values.After),
    ];
}

/// <summary>Why something asked for was not done.</summary>
/// <param name="Field">What it is about.</param>
/// <param name="Sentence">For the person who asked.</param>
public sealed record MemberRefusal(MemberField Field, string Sentence)
{
    /// <summary>The application of which no seat is left; null where it is about something else.</summary>
    public string? NoSeatLeft { get; init; }
}
