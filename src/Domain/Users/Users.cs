using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>Finding users, and changing what their home account may change.</summary>
public static class Users
{
    /// <summary>What a sign-in must know of a user before it knows whether the password is right.</summary>
    public sealed record SignInFacts(string UserId, string UserName, bool Active, int Epoch, string? PasswordHash, bool Operator);

    /// <returns>The user of this sign-in name in any spelling; null when there is none.</returns>
    public static Task<SignInFacts?> FindForSignInAsync(HubReader reader, string canonicalName) => (
        from user in reader.Db.Users.AsNoTracking()
        where user.UserNameKey == canonicalName
        join password in reader.Db.Passwords on user.Id equals password.UserId into passwords
        from password in passwords.DefaultIfEmpty()
        select new SignInFacts(user.Id, user.UserName, user.Active, user.Epoch, password == null ? null : password.Hash, user.Operator)).SingleOrDefaultAsync();

    /// <returns>The user, or null.</returns>
    public static Task<User?> FindAsync(HubReader reader, string userId) => reader.Db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId);

    /// <returns>The user of this sign-in name in any spelling; null when there is none.</returns>
    public static Task<User?> FindByNameAsync(HubReader reader, string canonicalName) =>
        reader.Db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.UserNameKey == canonicalName);

    public static Task<bool> AnyAsync(HubReader reader) => reader.Db.Users.AnyAsync();

    /// <summary>Gives a user these names, this address and this standing as operator. Called for the home account only.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> ChangeProfileAsync(HubTransaction transaction, string userId, UserLifecycle.NewUser person)
    {
        var user = await transaction.Db.Users.SingleAsync(row => row.Id == userId);
        user.UserName = person.UserName.Trim();
        user.GivenName = person.GivenName;
        user.FamilyName = person.FamilyName;
        user.Email = person.Email;
        user.EmailVerified = person.EmailVerified && person.Email is not null;
        if (user.Operator && !person.Operator)
        {
            user.Epoch++;
        }

        user.Operator = person.Operator;
        if (transaction.Db.Entry(user).State == EntityState.Unchanged)
        {
            return false;
        }

        user.UpdatedAt = transaction.Now;
        await transaction.AuditAsync("user.changed", subjectUserId: userId);
        return true;
    }
}
