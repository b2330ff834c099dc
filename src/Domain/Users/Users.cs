using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>Finding users, and changing what their home account may change.</summary>
public static class Users
{
    /// <summary>The audit's word for another sign-in name.</summary>
    internal const string Renamed = "user.renamed";

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

    public abstract record ChangeResult
    {
        private ChangeResult() { }

        public sealed record Changed : ChangeResult;
        public sealed record Unchanged : ChangeResult;

        /// <summary>Another user has the name, in whatever spelling. Nothing was changed.</summary>
        public sealed record UserNameTaken : ChangeResult;

        /// <summary>Empty, too long, or with characters that no name has. Nothing was changed.</summary>
        public sealed record UserNameInvalid : ChangeResult;
    }

    /// <summary>The user has shown that they read mail at this address. Where it is not their e-mail, there is nothing to verify.</summary>
    internal static async Task VerifyEmailAsync(HubTransaction transaction, string userId, string address)
    {
        await transaction.FlushAsync();
        if (await transaction.Db.Users.SingleOrDefaultAsync(row => row.Id == userId && row.Email == address) is { EmailVerified: false } user)
        {
            user.EmailVerified = true;
            user.UpdatedAt = transaction.Now;
            await transaction.AuditAsync("user.email-verified", subjectUserId: userId);
        }
    }

    /// <summary>Gives a user these names, this address and this standing as operator, in what the home account has on file too. Called for the home account only.</summary>
    public static async Task<ChangeResult> ChangeProfileAsync(HubTransaction transaction, string userId, UserLifecycle.NewUser person)
    {
        var result = await ChangeRowAsync(transaction, userId, person);
        if (result is ChangeResult.Changed && await transaction.Db.Memberships.SingleOrDefaultAsync(row => row.UserId == userId && row.Home) is { } home)
        {
            var before = ProfileDocument.Parse(home.Attributes);
            home.Attributes = ProfileDocument.Change(home.Attributes, new(person.GivenName, person.FamilyName, person.Email));
            home.UpdatedAt = transaction.Now;
            await transaction.FlushAsync();
            MemberEmails.Replace(transaction, home.AccountId, home.Id, before, ProfileDocument.Parse(home.Attributes));
        }

        return result;
    }

    /// <summary>The user's own row, and the sign-in name where accounts find their members by it.</summary>
    internal static async Task<ChangeResult> ChangeRowAsync(HubTransaction transaction, string userId, UserLifecycle.NewUser person)
    {
        if (CanonicalName.Of(person.UserName) is not { } key)
        {
            return new ChangeResult.UserNameInvalid();
        }

        if (await transaction.Db.Users.AnyAsync(row => row.UserNameKey == key && row.Id != userId))
        {
            return new ChangeResult.UserNameTaken();
        }

        var user = await transaction.Db.Users.SingleAsync(row => row.Id == userId);
        var isRenamed = user.UserNameKey != key;
        var (formerName, formerEmail) = (user.UserName, user.Email);
        user.UserName = person.UserName.Trim();
        user.UserNameKey = key;
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
            return new ChangeResult.Unchanged();
        }

        user.UpdatedAt = transaction.Now;
        await transaction.FlushAsync();
        if (isRenamed)
        {
            await transaction.Db.Memberships.Where(row => row.UserId == userId)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.UserNameKey, key).SetProperty(row => row.UpdatedAt, transaction.Now));
            await transaction.AuditAsync(Renamed, subjectUserId: userId);
        }

        if ((isRenamed || formerEmail != user.Email) && await Passwords.HashOfAsync(transaction, userId) is null)
        {
            // The mail may have gone to somebody else's mailbox.
            await Invitations.WithdrawAsync(transaction, userId);
        }

        await UserNotices.ChangedAsync(transaction, formerName, formerEmail, user);
        await transaction.AuditAsync("user.changed", subjectUserId: userId);
        return new ChangeResult.Changed();
    }
}
