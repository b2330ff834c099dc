using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Users;

/// <summary>What the pages about users call things.</summary>
internal static class MemberWords
{
    public static string Of(MembershipStatus status) => status switch
    {
        MembershipStatus.Active => "Active",
        MembershipStatus.Inactive => "Inactive",
        _ => "Invited",
    };

    /// <summary>The class of a status' badge; its shape says the same as its colour.</summary>
    public static string BadgeOf(MembershipStatus status) => status switch
    {
        MembershipStatus.Active => "badge good",
        MembershipStatus.Inactive => "badge bad",
        _ => "badge warn",
    };

    public static string Of(MemberSource source) => source switch
    {
        MemberSource.Pages => "Added here",
        MemberSource.Provisioning => "HR system",
        MemberSource.Import => "Uploaded list",
        _ => "Operator",
    };

    public static string Of(PermissionLevel? level) => level is { } held ? PermissionNames.Of(held) : "None";

    public static string Of(TwoFactorStanding standing) => standing switch
    {
        TwoFactorStanding.Required => "Required",
        TwoFactorStanding.Enrolled => "Set up",
        TwoFactorStanding.None => "Not set up",
        _ => "Required, not set up",
    };

    public static string Of(MemberColumn column) => column switch
    {
        MemberColumn.UserName => "User name",
        MemberColumn.TwoFactor => "Second factor",
        MemberColumn.LastSignIn => "Last sign-in",
        MemberColumn.ActiveNow => "Active now",
        MemberColumn.Source => "Came by",
        _ => column.ToString(),
    };

    public static string Of(MemberField field) => field switch
    {
        MemberField.UserName => "user name",
        MemberField.Email => "e-mail",
        MemberField.Level => "permission level",
        MemberField.TwoFactor => "second factor required",
        MemberField.CodeAddress => "address for codes",
        _ => field.ToString().ToLowerInvariant(),
    };

    /// <summary>A value of a field as people read it.</summary>
    public static string ValueOf(MemberField field, string value) => (field, value) switch
    {
        (_, "") => "none",
        (MemberField.TwoFactor, "True") => "yes",
        (MemberField.TwoFactor, "False") => "no",
        _ => value,
    };

    /// <summary>A user name up to the @ of an address, before which a line may be broken.</summary>
    public static string LocalOf(string userName) => userName.LastIndexOf('@') is > 0 and var at ? userName[..at] : userName;

    /// <summary>The rest of <see cref="LocalOf"/>.</summary>
    public static string DomainOf(string userName) => userName[LocalOf(userName).Length..];

    /// <summary>What enrolled factors are called; "None" where there are none.</summary>
    public static string FactorsOf(bool passkeys, bool totp, bool emailCodes) => (passkeys, totp, emailCodes) switch
    {
        (true, false, false) => "Passkey",
        (true, true, false) => "Passkey and app",
        (true, false, true) => "Passkey and e-mail codes",
        (true, true, true) => "Passkey, app and e-mail codes",
        (false, true, true) => "App and e-mail codes",
        (false, true, false) => "Authenticator app",
        (false, false, true) => "E-mail codes",
        _ => "None",
    };

    /// <summary>What of presence a badge says; null for nothing.</summary>
    public static string? PresenceOf(bool activeNow, bool isLive) => isLive ? "Live" : activeNow ? "Active now" : null;

    public static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
