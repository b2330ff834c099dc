using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>The operator gives an account that nobody administers its first administrator, who is its PRIMARY.</summary>
public static class FirstAdministrator
{
    /// <summary>Who it is to be. The address is the user name as well.</summary>
    public sealed record Person(string? GivenName, string? FamilyName, string Email);

    public enum Result
    {
        /// <summary>They are a member, and a link to choose a password is on its way.</summary>
        Invited,

        /// <summary>Somebody who signs in already: they are Administrator, and are asked at their next sign-in whether they accept.</summary>
        Asked,

        NoSuchAccount,

        /// <summary>It is suspended or closed. Nothing was changed.</summary>
        NotOpen,

        /// <summary>The account has a PRIMARY or an Administrator: they add the others. Nothing was changed.</summary>
        NotFirst,

        /// <summary>Not an e-mail address. Nothing was changed.</summary>
        AddressInvalid,

        /// <summary>They are in the account already. Nothing was changed.</summary>
        AlreadyMember,
    }

    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="person">Who it is to be.</param>
    /// <param name="issuer">The hub's issuer without trailing slash, from the configuration: the link begins with it.</param>
    public static async Task<Result> AppointAsync(HubTransaction transaction, string accountId, Person person, string issuer)
    {
        var email = person.Email.Trim();
        if (!EmailAddress.IsPlausible(email) || CanonicalName.Of(email) is null)
        {
            return Result.AddressInvalid;
        }

        if (await Accounts.FindAsync(transaction, accountId) is not { } account)
        {
            return Result.NoSuchAccount;
        }

        if (account.Status != AccountStatus.Open)
        {
            return Result.NotOpen;
        }

        if (await transaction.Db.Memberships.AnyAsync(row =>
            row.AccountId == accountId && (row.Role == Role.Administrator || row.PermissionLevel == PermissionLevel.Primary)))
        {
            return Result.NotFirst;
        }

        var given = string.IsNullOrWhiteSpace(person.GivenName) ? null : person.GivenName.Trim();
        var family = string.IsNullOrWhiteSpace(person.FamilyName) ? null : person.FamilyName.Trim();
        return await UserLifecycle.CreateAsync(transaction, new(email, given, family, email, EmailVerified: false, Operator: false)) switch
        {
            UserLifecycle.CreateResult.Created created => await AddAsync(transaction, created.User.Id, accountId, issuer, email),
            UserLifecycle.CreateResult.UserNameTaken taken => await AddAsync(transaction, taken.UserId, accountId, issuer, email),
            _ => Result.AddressInvalid,
        };
    }

    private static async Task<Result> AddAsync(HubTransaction transaction, string userId, string accountId, string issuer, string email)
    {
        // Nobody becomes a member of an account that they did not ask for: who has a home already is invited, with the address by which they are meant.
        var isKnown = await transaction.Db.Memberships.AnyAsync(row => row.UserId == userId);
        var added = await Memberships.AddAsync(transaction, new(userId, accountId, Role.Administrator, null, isKnown ? MembershipStatus.Invited : MembershipStatus.Active)
        {
            Attributes = isKnown ? ProfileDocument.Parse(ProfileDocument.Change(null, new(null, null, email))) : null,
        });
        if (added is not Memberships.AddResult.Added { Membership: var membership })
        {
            return Result.AlreadyMember;
        }

        if (!membership.Home)
        {
            return Result.Asked;
        }

        await PrimaryTransfer.AppointFirstAsync(transaction, membership.Id);
        await Invitations.InviteAsync(transaction, membership.Id, issuer);
        return Result.Invited;
    }
}
