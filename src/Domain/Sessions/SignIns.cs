using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Sessions;

/// <summary>Sign-ins under way. Each step looks up the one that it belongs to by id and browser, and records only what it proved itself.</summary>
public static class SignIns
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>Codes that may be tried in one sign-in.</summary>
    public const int MaxCodeAttempts = 5;

    private const string Unclaimed = "";
    private const string CeremonyPlace = "passkey-ceremony|";

    private const string RequestPurpose = "sign-in-request";

    /// <param name="transaction">The transaction.</param>
    /// <param name="browserSecret">The browser's secret; null where the browser could not send its cookie (a POST from another site), for <see cref="TryClaimAsync"/>.</param>
    /// <param name="request">The authorization request as JSON.</param>
    /// <returns>The id under which it is found again.</returns>
    public static async Task<string> BeginAsync(HubTransaction transaction, string? browserSecret, string request)
    {
        var signIn = new SignIn
        {
            Id = RandomId.New(),
            BrowserHash = browserSecret is null ? Unclaimed : RandomId.HashOf(browserSecret),
            Request = Convert.ToBase64String(transaction.Sealer.Seal(RequestPurpose, "", Encoding.UTF8.GetBytes(request))),
            StartedAt = transaction.Now,
            ExpiresAt = transaction.Now + Lifetime,
        };
        transaction.Db.SignIns.Add(signIn);
        await transaction.Db.SaveChangesAsync();
        return signIn.Id;
    }

    /// <summary>Binds a sign-in that was begun without a browser to the first one that comes for it, under a new id: whoever began it does not know that one.</summary>
    /// <returns>The new id; null when there is no such sign-in to bind.</returns>
    public static async Task<string?> TryClaimAsync(HubTransaction transaction, string id, string browserSecret)
    {
        var row = await transaction.Db.SignIns.AsNoTracking().SingleOrDefaultAsync(signIn => signIn.Id == id && signIn.BrowserHash == Unclaimed);
        if (row is null || row.ExpiresAt <= transaction.Now)
        {
            return null;
        }

        await transaction.Db.SignIns.Where(signIn => signIn.Id == id).ExecuteDeleteAsync();
        var claimed = new SignIn
        {
            Id = RandomId.New(), BrowserHash = RandomId.HashOf(browserSecret), Request = row.Request, StartedAt = row.StartedAt, ExpiresAt = row.ExpiresAt,
        };
        transaction.Db.SignIns.Add(claimed);
        await transaction.Db.SaveChangesAsync();
        return claimed.Id;
    }

    /// <returns>The sign-in under way of this id in this browser; null when it is another browser's, expired, done or unknown.</returns>
    public static async Task<SignIn?> FindAsync(HubReader reader, string id, string browserSecret)
    {
        var signIn = await reader.Db.SignIns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id);
        return signIn is { CompletedAt: null } && signIn.ExpiresAt > reader.Now && IsSameBrowser(signIn, browserSecret) ? signIn : null;
    }

    /// <returns>The authorization request as JSON; null when it does not open.</returns>
    public static string? RequestOf(HubReader reader, SignIn signIn)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(signIn);
        var bytes = new byte[signIn.Request.Length];
        return Convert.TryFromBase64String(signIn.Request, bytes, out var length) && reader.Sealer.Open(RequestPurpose, "", bytes.AsSpan(0, length)) is { } plain
            ? Encoding.UTF8.GetString(plain)
            : null;
    }

    /// <returns>The sign-in of this id while it is under way, as it stands in this transaction; otherwise null.</returns>
    public static Task<SignIn?> FindOpenAsync(HubTransaction transaction, string id) =>
        transaction.Db.SignIns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.CompletedAt == null && row.ExpiresAt > transaction.Now);

    /// <summary>Records that the password of this user was right.</summary>
    public static Task RecordPasswordAsync(HubTransaction transaction, string id, string userId, int userEpoch) =>
        transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.UserId, userId).SetProperty(row => row.UserEpoch, userEpoch).SetProperty(row => row.PasswordAt, transaction.Now)
            .SetProperty(row => row.CodeAttempts, 0).SetProperty(row => row.EmailCodeHash, (string?)null).SetProperty(row => row.EmailCodeExpiresAt, (DateTimeOffset?)null));

    /// <summary>Uses up the password that was given in this sign-in: with its code it has led to a session, and leads to no other.</summary>
    public static Task UseUpPasswordAsync(HubTransaction transaction, string id) =>
        transaction.Db.SignIns.Where(row => row.Id == id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.UserId, (string?)null).SetProperty(row => row.PasswordAt, (DateTimeOffset?)null));

    /// <summary>Records which account was picked.</summary>
    public static Task RecordAccountAsync(HubTransaction transaction, string id, string accountId) =>
        transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.AccountId, accountId));

    /// <summary>Records that the person does not want to answer now whether they accept this membership: they are not asked again in this sign-in.</summary>
    public static Task RecordPutOffAsync(HubTransaction transaction, string id, string membershipId) =>
        transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.PutOff, row => (row.PutOff ?? "") + membershipId + " "));

    /// <summary>Takes one of the attempts at a code that a sign-in has.</summary>
    /// <returns>False when none is left.</returns>
    public static async Task<bool> TryTakeCodeAttemptAsync(HubTransaction transaction, string id) =>
        await transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null && row.CodeAttempts < MaxCodeAttempts)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.CodeAttempts, row => row.CodeAttempts + 1)) == 1;

    /// <summary>Keeps a factor that is being enrolled, sealed, in the sign-in in which that is done; attempts are counted anew. Null: none any more.</summary>
    internal static Task SetEnrolmentAsync(HubTransaction transaction, string id, byte[]? sealedEnrolment) =>
        transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.SealedEnrolment, sealedEnrolment).SetProperty(row => row.CodeAttempts, 0));

    /// <summary>Takes what was being enrolled out of the sign-in, once.</summary>
    /// <returns>False when something else stands there by now, or nothing.</returns>
    internal static async Task<bool> TryTakeEnrolmentAsync(HubTransaction transaction, string id, byte[] sealedEnrolment) =>
        await transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null && row.SealedEnrolment == sealedEnrolment)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.SealedEnrolment, (byte[]?)null)) == 1;

    /// <summary>Sets the code by e-mail that this sign-in waits for; the former one is no good any more.</summary>
    public static Task SetEmailCodeAsync(HubTransaction transaction, string id, string codeHash, DateTimeOffset expiresAt) =>
        transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.EmailCodeHash, codeHash).SetProperty(row => row.EmailCodeExpiresAt, expiresAt).SetProperty(row => row.CodeAttempts, 0));

    /// <summary>Uses the code by e-mail, once.</summary>
    public static async Task<bool> TryUseEmailCodeAsync(HubTransaction transaction, string id, string codeHash) =>
        await transaction.Db.SignIns.Where(row => row.Id == id && row.EmailCodeHash == codeHash && row.EmailCodeExpiresAt > transaction.Now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.EmailCodeHash, (string?)null).SetProperty(row => row.EmailCodeExpiresAt, (DateTimeOffset?)null)) == 1;

    /// <summary>Sets the passkey ceremony that this sign-in waits for; the former one is no good any more.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="id">The sign-in.</param>
    /// <param name="userId">Whose passkey it asks for: what is kept is sealed under their key, and is of no use to another. Null where that is not known yet.</param>
    /// <param name="state">What the ceremony needs to know when the answer comes.</param>
    public static async Task SetPasskeyStateAsync(HubTransaction transaction, string id, string? userId, string state)
    {
        await transaction.FlushAsync();
        var kept = userId is null ? state : Convert.ToBase64String(UserSealing.Seal(transaction, userId, CeremonyPlace + id, Encoding.UTF8.GetBytes(state)));
        await transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null).ExecuteUpdateAsync(update => update.SetProperty(row => row.PasskeyState, kept));
    }

    /// <summary>Takes the passkey ceremony that this sign-in waits for, in one statement: of all who come with an answer to it, one gets it.</summary>
    /// <returns>Null when there is none, another took it, or it is another user's.</returns>
    public static async Task<string?> TryTakePasskeyStateAsync(HubTransaction transaction, string id, string? userId)
    {
        await transaction.FlushAsync();
        if (await FindOpenAsync(transaction, id) is not { PasskeyState: { } kept }
            || await transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null && row.PasskeyState == kept)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.PasskeyState, (string?)null)) != 1)
        {
            return null;
        }

        if (userId is null)
        {
            return kept;
        }

        var bytes = new byte[kept.Length];
        return Convert.TryFromBase64String(kept, bytes, out var length) && await UserSealing.OpenAsync(transaction, userId, CeremonyPlace + id, bytes[..length]) is { } plain
            ? Encoding.UTF8.GetString(plain)
            : null;
    }

    /// <summary>Marks the sign-in as done: it answers one authorization request, once.</summary>
    /// <returns>False when it was done before.</returns>
    public static async Task<bool> TryCompleteAsync(HubTransaction transaction, string id) =>
        await transaction.Db.SignIns.Where(row => row.Id == id && row.CompletedAt == null)
            .ExecuteUpdateAsync(update => update
                .SetProperty(row => row.CompletedAt, transaction.Now).SetProperty(row => row.SealedEnrolment, (byte[]?)null).SetProperty(row => row.PasskeyState, (string?)null)
                .SetProperty(row => row.EmailCodeHash, (string?)null)) == 1;

    private static bool IsSameBrowser(SignIn signIn, string browserSecret) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(signIn.BrowserHash), Encoding.ASCII.GetBytes(RandomId.HashOf(browserSecret)));
}
