using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>How many mails a change that is made again and again may cause. What goes beyond is not sent; the audit has every change all the same.</summary>
internal static class MailLimits
{
    /// <summary>To one address, about access: ten, then one every six minutes.</summary>
    public static readonly Limit Notices = new("notice", 10, TimeSpan.FromMinutes(6));

    /// <summary>To one address of one user, about their sign-in: ten, then one every six minutes. Apart, so that nobody hides such a change behind others.</summary>
    public static readonly Limit Changes = new("change", 10, TimeSpan.FromMinutes(6));

    /// <summary>To one address, that a user was deleted. Apart, so that no other notice is in the way of the last one.</summary>
    public static readonly Limit LastNotices = new("last-notice", 10, TimeSpan.FromMinutes(6));

    /// <summary>To the PRIMARY, about one member: ten, then one every six minutes.</summary>
    public static readonly Limit ToPrimary = new("notice-to-primary", 10, TimeSpan.FromMinutes(6));

    /// <summary>Links to one user with which to choose another password, for whoever names them: three, then one every ten minutes.</summary>
    public static readonly Limit Resets = new("password-reset", 3, TimeSpan.FromMinutes(10));

    /// <summary>The same, sent by the administrators of their home. Apart, so that nobody who is not signed in stands in their way.</summary>
    public static readonly Limit ResetsByAdministrators = new("password-reset-by-administrator", 3, TimeSpan.FromMinutes(10));

    /// <summary>To one user, that they signed in where they had not before: five, then one every ten minutes.</summary>
    public static readonly Limit NewDevices = new("new-device", 5, TimeSpan.FromMinutes(10));

    /// <summary>To one user, that a passkey of theirs seems to be copied: three, then one every ten minutes.</summary>
    public static readonly Limit CopiedPasskeys = new("copied-passkey", 3, TimeSpan.FromMinutes(10));

    /// <summary>To one user, whoever invites: three, then one every ten minutes. Three, because an address may be corrected at once.</summary>
    public static readonly Limit Invitations = new("invitation", 3, TimeSpan.FromMinutes(10));

    /// <summary>Of one account's people, to all whom they invite: two thousand, then one a second, so that no file makes the hub a source of spam.</summary>
    public static readonly Limit InvitationsOfAccount = new("invitation-of-account", 2000, TimeSpan.FromSeconds(1));

    /// <summary>To who runs an account, about all of its members: a hundred, then one a minute, so that a first synchronisation or a change of thousands floods nobody.</summary>
    public static readonly Limit ToPrimaryOfAll = new("notice-of-account", 100, TimeSpan.FromMinutes(1));

    /// <param name="transaction">The transaction.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="membershipId">About whom; null for a last notice, which no other is in the way of.</param>
    public static bool AllowsToPrimary(HubTransaction transaction, string accountId, string? membershipId) =>
        (membershipId is null || Allows(transaction, ToPrimary, membershipId)) && Allows(transaction, ToPrimaryOfAll, accountId);

    /// <summary>Gives back what was allowed and then not sent.</summary>
    public static void GiveBack(HubTransaction transaction, Limit limit, string subject) => Throttles.GiveBack(transaction, limit, subject);

    public static bool Allows(HubTransaction transaction, Limit limit, string subject) => Throttles.TryReserve(transaction, limit, subject);
}
