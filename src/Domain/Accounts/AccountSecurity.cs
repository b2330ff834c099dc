using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>What an account asks of its members' sign-ins.</summary>
/// <param name="TwoFactor">Of whom it asks a second factor.</param>
/// <param name="EmailCodesCount">Whether codes by e-mail are enough for that.</param>
/// <param name="GraceDays">For how many days members may go on without it.</param>
/// <param name="RememberedDays">For how many days a browser may be remembered; 0 for never.</param>
/// <param name="IdleMinutes">Minutes after which a session that is not used ends; null for the hub's limit.</param>
/// <param name="LifetimeMinutes">Minutes after which any session ends; null for the hub's limit.</param>
public sealed record SecuritySettings(TwoFactorPolicy TwoFactor, bool EmailCodesCount, int GraceDays, int RememberedDays, int? IdleMinutes, int? LifetimeMinutes)
{
    public const int MinSessionMinutes = 5;

    public static int MaxIdleMinutes => (int)Sessions.Sessions.IdleLifetime.TotalMinutes;

    public static int MaxLifetimeMinutes => (int)Sessions.Sessions.AbsoluteLifetime.TotalMinutes;

    /// <summary>What is wrong with it, as the field and a sentence; nothing where it may be.</summary>
    public IEnumerable<(string Field, string Sentence)> Faults()
    {
        if (!Enum.IsDefined(TwoFactor))
        {
            yield return (nameof(TwoFactor), "Choose of whom a second factor is asked.");
        }

        if (GraceDays is < 0 or > Account.MaxGraceDays)
        {
            yield return (nameof(GraceDays), $"0 to {Account.MaxGraceDays} days.");
        }

        if (RememberedDays is < 0 or > Account.MaxRememberedDeviceDays)
        {
            yield return (nameof(RememberedDays), $"0 to {Account.MaxRememberedDeviceDays} days.");
        }

        if (IdleMinutes is { } idle && (idle < MinSessionMinutes || idle > MaxIdleMinutes))
        {
            yield return (nameof(IdleMinutes), $"{MinSessionMinutes} to {MaxIdleMinutes} minutes, or nothing.");
        }

        if (LifetimeMinutes is { } lifetime && (lifetime < MinSessionMinutes || lifetime > MaxLifetimeMinutes))
        {
            yield return (nameof(LifetimeMinutes), $"{MinSessionMinutes} to {MaxLifetimeMinutes} minutes, or nothing.");
        }
        else if (IdleMinutes is { } most && LifetimeMinutes is { } all && most > all)
        {
            yield return (nameof(IdleMinutes), "No more than the minutes after which any session ends.");
        }
    }

    /// <summary>Whether a sign-in that was enough before may not be enough now.</summary>
    public bool AsksMoreThan(SecuritySettings before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return TwoFactor > before.TwoFactor || (before.EmailCodesCount && !EmailCodesCount) || GraceDays < before.GraceDays;
    }
}

/// <summary>Reading and changing what an account asks of sign-ins.</summary>
public static class AccountSecurity
{
    /// <summary>To who runs one account: ten, then one every six minutes.</summary>
    private static readonly Credentials.Limit Told = new("account-security", 10, TimeSpan.FromMinutes(6));

    private static readonly Statement NextEpoch = new("""UPDATE "Accounts" SET "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", "@id");

    public abstract record Result
    {
        private Result() { }

        /// <param name="SignedOut">Whether everybody signs in to the account's apps anew.</param>
        public sealed record Changed(bool SignedOut) : Result;

        public sealed record Unchanged : Result;

        /// <summary>Somebody else changed it since. Nothing was changed.</summary>
        public sealed record Stale(SecuritySettings Current) : Result;

        /// <summary>Nothing was changed, for these reasons.</summary>
        public sealed record Invalid(IReadOnlyList<(string Field, string Sentence)> Faults) : Result;

        /// <summary>They do not administer second factors here. Nothing was changed.</summary>
        public sealed record MayNot : Result;
    }

    public static Task<SecuritySettings?> FindAsync(HubReader reader, string accountId) => reader.Db.Accounts.Where(row => row.Id == accountId)
        .Select(row => new SecuritySettings(row.TwoFactor, row.EmailCodesCount, row.TwoFactorGraceDays, row.RememberedDeviceDays, row.SessionIdleMinutes, row.SessionLifetimeMinutes))
        .SingleOrDefaultAsync();

    /// <summary>
    /// Changes what an account asks. Where that is more than before, everything that was granted in the account ends: whoever has given enough signs in to its apps again without
    /// being asked, and nobody goes on with less.
    /// </summary>
    /// <param name="transaction">The transaction and who changes it.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="wanted">What it is to be.</param>
    /// <param name="seen">What it was when they made up their mind.</param>
    public static async Task<Result> ChangeAsync(HubTransaction transaction, string accountId, SecuritySettings wanted, SecuritySettings seen)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        await transaction.FlushAsync();
        if (!MemberStates.Administrator(transaction, transaction.Actor, accountId).May(PermissionMatrix.ManageSecondFactors)
            || await transaction.Db.Accounts.SingleOrDefaultAsync(row => row.Id == accountId) is not { } account)
        {
            return new Result.MayNot();
        }

        if (wanted.Faults().ToList() is { Count: > 0 } faults)
        {
            return new Result.Invalid(faults);
        }

        var before = (await FindAsync(transaction, accountId))!;
        if (before == wanted)
        {
            return new Result.Unchanged();
        }

        if (before != seen)
        {
            return new Result.Stale(before);
        }

        (account.TwoFactor, account.EmailCodesCount, account.TwoFactorGraceDays) = (wanted.TwoFactor, wanted.EmailCodesCount, wanted.GraceDays);
        (account.RememberedDeviceDays, account.SessionIdleMinutes, account.SessionLifetimeMinutes) = (wanted.RememberedDays, wanted.IdleMinutes, wanted.LifetimeMinutes);
        await transaction.AuditAsync("account.security-changed", accountId, details: AuditChanges.Of(
            ("twoFactor", before.TwoFactor, wanted.TwoFactor), ("emailCodesCount", before.EmailCodesCount, wanted.EmailCodesCount),
            ("twoFactorGraceDays", before.GraceDays, wanted.GraceDays), ("rememberedDeviceDays", before.RememberedDays, wanted.RememberedDays),
            ("sessionIdleMinutes", before.IdleMinutes, wanted.IdleMinutes), ("sessionLifetimeMinutes", before.LifetimeMinutes, wanted.LifetimeMinutes)));
        var asksMore = wanted.AsksMoreThan(before);
        if (asksMore)
        {
            transaction.Connection.Execute(NextEpoch, accountId);

            // Nothing of it works from here on; apps are told after the commit, a bite of the members at a time.
            await transaction.EnqueueAsync(AccountShut.Kind, "", userId: null, new AccountShut(accountId, account.Epoch + 1) { IsOpen = true });
        }

        await TellAsync(transaction, account, before, wanted);
        return new Result.Changed(asksMore);
    }

    private static async Task TellAsync(HubTransaction transaction, Account account, SecuritySettings before, SecuritySettings after)
    {
        if (transaction.Actor is not Actor.Person person || !MailLimits.Allows(transaction, Told, account.Id))
        {
            return;
        }

        var by = Users.Users.FindRow(transaction, person.UserId);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["account"] = MailText.Account(account.Name),
            ["requester"] = by is null ? "Somebody" : MailText.Person(Users.User.NameOf(by.UserName, by.GivenName, by.FamilyName), by.UserName),
            ["changes"] = string.Join('\n', LinesOf(before, after)),
        };
        foreach (var addressee in Recipients.OfAccount(transaction, account.Id, exceptUserId: null))
        {
            await Notices.Notices.QueueAsync(transaction, person.UserId, MailTemplates.AccountSecurity, values, addressee);
        }
    }

    private static IEnumerable<string> LinesOf(SecuritySettings before, SecuritySettings after)
    {
        (string What, string Before, string After)[] lines =
        [
            ("Second factor", WordsOf(before.TwoFactor), WordsOf(after.TwoFactor)),
            ("Codes by e-mail are enough", YesNo(before.EmailCodesCount), YesNo(after.EmailCodesCount)),
            ("Days to set one up", Number(before.GraceDays), Number(after.GraceDays)),
            ("Days for which a browser is remembered", Number(before.RememberedDays), Number(after.RememberedDays)),
            ("Minutes until an unused session ends", Limit(before.IdleMinutes), Limit(after.IdleMinutes)),
            ("Minutes until any session ends", Limit(before.LifetimeMinutes), Limit(after.LifetimeMinutes)),
        ];
        return lines.Where(line => line.Before != line.After).Select(line => $"{line.What}: {line.Before} \u2192 {line.After}");
    }

    /// <summary>What a policy is called, for people.</summary>
    public static string WordsOf(TwoFactorPolicy policy) => policy switch
    {
        TwoFactorPolicy.Required => "asked of everybody",
        TwoFactorPolicy.Administrators => "asked of administrators",
        _ => "asked of who has one",
    };

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Limit(int? minutes) => minutes is { } some ? Number(some) : "the hub’s limit";
}
