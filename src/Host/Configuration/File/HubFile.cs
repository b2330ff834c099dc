using System.Collections.Immutable;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>A configuration file as it was read: its form is sound, its rules are <see cref="HubFileChecks"/>'s. What it does not name is left as it is.</summary>
internal sealed record HubFile(
    ImmutableArray<HubFileApplication> Applications,
    ImmutableArray<HubFileAccount> Accounts,
    ImmutableArray<HubFileUser> Users,
    ImmutableArray<ClientMetadata> Clients);

internal sealed record HubFileApplication(string Id, string Name, bool Seated);

/// <param name="Id">The account's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TwoFactor">Null: as it is, or optional for a new account.</param>
/// <param name="Seats">How many seats of which application.</param>
/// <param name="ProvisioningTokens">With which its HR system provisions.</param>
/// <param name="Scim">Null: as it is, or the defaults for a new account.</param>
internal sealed record HubFileAccount(
    string Id,
    string Name,
    TwoFactorPolicy? TwoFactor,
    ImmutableArray<HubFileSeats> Seats,
    ImmutableArray<HubFileToken> ProvisioningTokens,
    ScimSettings? Scim);

internal sealed record HubFileSeats(string Application, int Capacity);

internal sealed record HubFileToken(string Name, string Token)
{
    public override string ToString() => Name;
}

/// <remarks>Password and second factors: null leaves alone what the user has.</remarks>
internal sealed record HubFileUser(
    string UserName,
    string? GivenName,
    string? FamilyName,
    string? Email,
    string? Password,
    bool Operator,
    string? Totp,
    string? EmailCodesTo,
    ImmutableArray<HubFileMembership> Memberships)
{
    public override string ToString() => UserName;
}

internal sealed record HubFileMembership(string Account, Role Role, PermissionLevel? Level, bool Active, ImmutableArray<string> Seats);
