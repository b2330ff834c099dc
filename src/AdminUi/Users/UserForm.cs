using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Users;

/// <summary>What an administrator types about a user, as the fields hold it.</summary>
public sealed class UserForm
{
    public string? Given { get; set; }
    public string? Family { get; set; }
    public string? UserName { get; set; }
    public string? Email { get; set; }
    public string? Role { get; set; }
    public string? Level { get; set; }
    public string? Status { get; set; }
    public bool TwoFactor { get; set; }
    public string? CodeAddress { get; set; }

    /// <summary>The <see cref="MemberState.Version"/> that was shown.</summary>
    public string? Version { get; set; }

    /// <summary>Of a new user: the applications of which they get a seat.</summary>
    public IReadOnlyList<string>? Seats { get; set; }

    /// <summary>Of a new user: <c>password</c> for a first password, anything else for an invitation.</summary>
    public string? Access { get; set; }

    public string? Password { get; set; }

    public static UserForm Of(MemberState state) => new()
    {
        Given = state.GivenName,
        Family = state.FamilyName,
        UserName = state.UserName,
        Email = state.Email,
        Role = PermissionNames.Of(state.Role),
        Level = state.Level is { } level ? PermissionNames.Of(level) : "",
        Status = state.Status.ToString(),
        TwoFactor = state.TwoFactorRequired,
        CodeAddress = state.CodeAddress,
        Version = state.Version,
    };

    /// <summary>The change that the form asks for. A field that was not in the form, for who may not change it or is a guest, changes nothing; one that was emptied does.</summary>
    /// <param name="state">The member as they are.</param>
    /// <param name="mayChangeStatus">Whether the form had the status.</param>
    /// <param name="has">Whether the form had a field of this name.</param>
    public MemberChange ChangeOf(MemberState state, bool mayChangeStatus, Func<string, bool> has) => new()
    {
        ExpectedVersion = Version ?? "",
        Name = state.Home && (has(nameof(Given)) || has(nameof(Family))) ? new(has(nameof(Given)) ? Given : state.GivenName, has(nameof(Family)) ? Family : state.FamilyName) : null,
        UserName = state.Home && has(nameof(UserName)) ? UserName ?? "" : null,
        Email = state.Home && has(nameof(Email)) ? new(Email) : null,
        CodeAddress = state.Home && has(nameof(CodeAddress)) ? new(CodeAddress) : null,
        Role = PermissionNames.RoleOf(Role),
        Level = Level is null ? null : new(PermissionNames.Level(Level)),
        Status = mayChangeStatus && Enum.TryParse<MembershipStatus>(Status, out var status) ? status : null,
        TwoFactorRequired = TwoFactor,
    };

    /// <summary>What no list of choices holds: sent by no form of ours.</summary>
    public IEnumerable<MemberRefusal> Strange()
    {
        if (PermissionNames.RoleOf(Role) is null)
        {
            yield return new(MemberField.Role, "Choose a role.");
        }

        if (!string.IsNullOrEmpty(Level) && PermissionNames.Level(Level) is null)
        {
            yield return new(MemberField.Level, "Choose a permission level, or none.");
        }
    }
}
