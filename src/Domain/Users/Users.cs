using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>Finding users, and changing what their home account may change.</summary>
public static class Users
{
    /// <summary>The audit's word for another sign-in name.</summary>
    internal const string Renamed = "user.renamed";

    private static readonly Statement OfAnother = new("""SELECT 1 FROM "Users" WHERE "UserNameKey" = @key AND "Id" <> @user""", "@key", "@user");

    private static readonly Statement One = new(
        """SELECT "UserName", "UserNameKey", "GivenName", "FamilyName", "Email", "EmailVerified", "Operator" FROM "Users" WHERE "Id" = @user""", "@user");

    private static readonly Statement Change = new(
        """
        UPDATE "Users" SET "UserName" = @name, "UserNameKey" = @key, "GivenName" = @given, "FamilyName" = @family, "Email" = @email, "EmailVerified" = @verified,
            "Operator" = @operator, "Epoch" = "Epoch" + @step, "UpdatedAt" = @now
        WHERE "Id" = @user
        """,
        "@user", "@name", "@key", "@given", "@family", "@email", "@verified", "@operator", "@step", "@now");

    private static readonly Statement Rename = new("""UPDATE "Memberships" SET "UserNameKey" = @key, "UpdatedAt" = @now WHERE "UserId" = @user""", "@user", "@key", "@now");

    /// <summary>What of a user's row can be changed.</summary>
    internal sealed record Row(string UserName, string UserNameKey, string? GivenName, string? FamilyName, string? Email, bool EmailVerified, bool Operator);

    /// <summary>What a sign-in must know of a user before it knows whether the password is right. Who is frozen is not active here: the answer is the same plain one.</summary>
    public sealed record SignInFacts(string UserId, string UserName, bool Active, int Epoch, string? PasswordHash, bool Operator);

    /// <returns>The user of this sign-in name in any spelling; null when there is none.</returns>
    public static Task<SignInFacts?> FindForSignInAsync(HubReader reader, string canonicalName) => (
        from user in reader.Db.Users.AsNoTracking()
        where user.UserNameKey == canonicalName
        join password in reader.Db.Passwords on user.Id equals password.UserId into passwords
        from password in passwords.DefaultIfEmpty()
        select new SignInFacts(user.Id, user.UserName, user.Active && user.FrozenAt == null, user.Epoch, password == null ? null : password.Hash, user.Operator)).SingleOrDefaultAsync();

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

        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(OfAnother, key, userId) is not null)
        {
            return new ChangeResult.UserNameTaken();
        }

        var before = ReadRow(transaction, userId);
        var after = new Row(
            person.UserName.Trim(), key, person.GivenName, person.FamilyName, person.Email, person.EmailVerified && person.Email is not null, person.Operator);
        if (before == after)
        {
            return new ChangeResult.Unchanged();
        }

        var now = transaction.Now.ToUnixTimeMilliseconds();
        transaction.Connection.Execute(
            Change, userId, after.UserName, key, after.GivenName, after.FamilyName, after.Email, after.EmailVerified, after.Operator,
            before.Operator && !after.Operator ? 1 : 0, now);
        if (before.Operator && !after.Operator)
        {
            Connections.EndOfUser(transaction, userId, ConnectionEnd.AccessChanged);
        }

        if (before.UserNameKey != key)
        {
            transaction.Connection.Execute(Rename, userId, key, now);
            await transaction.AuditAsync(Renamed, subjectUserId: userId);
        }

        await transaction.RefreshAsync(userId, withMemberships: before.UserNameKey != key);
        if ((before.UserName, before.GivenName, before.FamilyName) != (after.UserName, after.GivenName, after.FamilyName))
        {
            await MemberNames.RenewAsync(transaction, userId);
        }

        if (before.UserNameKey != key || before.Email != after.Email)
        {
            await Invitations.WithdrawUnlessPasswordAsync(transaction, userId);
            PasswordResets.Withdraw(transaction, userId);
        }

        transaction.Noting.OfUser(userId).Row(before);
        await transaction.AuditAsync("user.changed", subjectUserId: userId, details: AuditChanges.Of(
            ("userName", before.UserName, after.UserName), ("givenName", before.GivenName, after.GivenName), ("familyName", before.FamilyName, after.FamilyName),
            ("email", before.Email, after.Email), ("emailVerified", before.EmailVerified, after.EmailVerified), ("operator", before.Operator, after.Operator)));
        return new ChangeResult.Changed();
    }

    internal static Row ReadRow(HubTransaction transaction, string userId) =>
        FindRow(transaction, userId) ?? throw new InvalidOperationException("There is no such user.");

    /// <returns>Null when the user is gone.</returns>
    internal static Row? FindRow(HubTransaction transaction, string userId)
    {
        using var row = transaction.Connection.Bind(One, userId).ExecuteReader();
        return row.Read() ? new(row.GetString(0), row.GetString(1), row.Text(2), row.Text(3), row.Text(4), row.GetBoolean(5), row.GetBoolean(6)) : null;
    }
}
