using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>What a person sees of their own directory entry, and whose it is to change. The home account's; an operator who has none keeps their own names.</summary>
public static class OwnProfile
{
    public const int MaxNameLength = 256;

    /// <param name="UserName">The sign-in name.</param>
    /// <param name="GivenName">Or null.</param>
    /// <param name="FamilyName">Or null.</param>
    /// <param name="Email">Or null.</param>
    /// <param name="EmailVerified">Whether the person has shown that they read mail there.</param>
    /// <param name="HomeAccount">The name of the account whose administrators change all of this; null for an operator who has none.</param>
    public sealed record View(string UserName, string? GivenName, string? FamilyName, string? Email, bool EmailVerified, string? HomeAccount);

    public enum RenameResult
    {
        Changed,
        Unchanged,

        /// <summary>The home account's administrators change names. Nothing was changed.</summary>
        NotTheirs,

        /// <summary>Longer than <see cref="MaxNameLength"/> characters, or with control characters. Nothing was changed.</summary>
        NameInvalid,
    }

    /// <returns>Null when there is no such user.</returns>
    public static Task<View?> OfAsync(HubReader reader, string userId) => (
        from user in reader.Db.Users
        where user.Id == userId
        select new View(
            user.UserName, user.GivenName, user.FamilyName, user.Email, user.EmailVerified,
            (from place in reader.Db.Memberships
             join account in reader.Db.Accounts on place.AccountId equals account.Id
             where place.UserId == userId && place.Home
             select account.Name).FirstOrDefault())).SingleOrDefaultAsync();

    /// <summary>Gives a person without a home account other names of their own.</summary>
    public static async Task<RenameResult> RenameAsync(HubTransaction transaction, string userId, string? givenName, string? familyName)
    {
        if (new[] { givenName, familyName }.Any(name => name is not null && (name.Length > MaxNameLength || name.Any(char.IsControl))))
        {
            return RenameResult.NameInvalid;
        }

        if (await Users.FindAsync(transaction, userId) is not { } user || await transaction.Db.Memberships.AnyAsync(row => row.UserId == userId && row.Home))
        {
            return RenameResult.NotTheirs;
        }

        var person = new UserLifecycle.NewUser(user.UserName, Kept(givenName), Kept(familyName), user.Email, user.EmailVerified, user.Operator);
        return await Users.ChangeProfileAsync(transaction, userId, person) is Users.ChangeResult.Changed ? RenameResult.Changed : RenameResult.Unchanged;
    }

    private static string? Kept(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();
}
