using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>Which second factors a user has enrolled.</summary>
/// <param name="Totp">An authenticator app.</param>
/// <param name="EmailCodesTo">The address to which codes are mailed; null for none.</param>
public sealed record EnrolledFactors(bool Totp, string? EmailCodesTo)
{
    public static readonly EnrolledFactors None = new(false, null);

    /// <summary>Whether a code from <see cref="EmailCodesTo"/> was ever typed; the address of one who never did was named by an administrator.</summary>
    public bool EmailIsVerified { get; init; }

    /// <summary>How many passkeys.</summary>
    public int Passkeys { get; init; }

    /// <summary>How many recovery codes are left.</summary>
    public int RecoveryCodes { get; init; }

    /// <summary>They were reset: another one is enrolled, with an administrator's code, before anything is let through.</summary>
    public bool MustEnrol { get; init; }

    public bool Any => MakesTwo || EmailCodesTo is not null;

    /// <summary>Whether one of them makes two factors of a sign-in with the password.</summary>
    public bool MakesTwo => Totp || Passkeys > 0;

    /// <summary>The strongest sign-in that they allow.</summary>
    public AssuranceLevel Reach => Passkeys > 0 ? AssuranceLevel.PhishingResistant : Totp ? AssuranceLevel.TwoFactors : AssuranceLevel.OneFactor;
}

/// <summary>Users' second factors.</summary>
public static class SecondFactors
{
    private const string Purpose = "totp";

    private static readonly Statement OfUser = new(
        """
        SELECT t."UserId", e."Address", e."VerifiedAt", u."MustEnrol",
               (SELECT COUNT(*) FROM "Passkeys" p WHERE p."UserId" = u."Id"), (SELECT COUNT(*) FROM "RecoveryCodes" r WHERE r."UserId" = u."Id")
        FROM "Users" u
        LEFT JOIN "Totps" t ON t."UserId" = u."Id"
        LEFT JOIN "EmailCodes" e ON e."UserId" = u."Id"
        WHERE u."Id" = @user
        """,
        "@user");

    public static Task<EnrolledFactors> OfAsync(HubReader reader, string userId) => Task.FromResult(Of(reader, userId));

    internal static EnrolledFactors Of(HubReader reader, string userId)
    {
        using var row = reader.Connection.Bind(OfUser, userId).ExecuteReader();
        return row.Read()
            ? new(!row.IsDBNull(0), row.Text(1)) { EmailIsVerified = !row.IsDBNull(2), MustEnrol = row.GetBoolean(3), Passkeys = row.GetInt32(4), RecoveryCodes = row.GetInt32(5) }
            : EnrolledFactors.None;
    }

    /// <summary>Enrols an authenticator app or replaces its secret.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> PutTotpAsync(HubTransaction transaction, string userId, byte[] secret)
    {
        var present = await transaction.Db.Totps.SingleOrDefaultAsync(row => row.UserId == userId);
        if (present is not null && transaction.Sealer.Open(Purpose, userId, present.SealedSecret) is { } former && former.AsSpan().SequenceEqual(secret))
        {
            return false;
        }

        var sealedSecret = transaction.Sealer.Seal(Purpose, userId, secret);
        if (present is null)
        {
            transaction.Db.Totps.Add(new() { UserId = userId, SealedSecret = sealedSecret, EnrolledAt = transaction.Now });
        }
        else
        {
            present.SealedSecret = sealedSecret;
            present.EnrolledAt = transaction.Now;
            present.LastStep = 0;
            await CredentialChange.EndEverythingAsync(transaction, userId, "authenticator app replaced");
        }

        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.App, present is null ? CredentialEvent.Create : CredentialEvent.Update);
        await transaction.AuditAsync("second-factor.enrolled", subjectUserId: userId, details: new { method = "totp" });
        return true;
    }

    /// <summary>Sets the address for codes by e-mail. The caller knows that the address was verified.</summary>
    /// <returns>Whether anything changed.</returns>
    public static Task<bool> PutEmailCodesAsync(HubTransaction transaction, string userId, string address) => PutEmailCodesAsync(transaction, userId, address, transaction.Now);

    /// <summary>Sets the address for codes by e-mail as an administrator names it: verified by the first code from there that is typed. Null takes such codes away.</summary>
    /// <returns>Whether anything changed.</returns>
    public static Task<bool> NameEmailCodesAsync(HubTransaction transaction, string userId, string? address) =>
        address is null ? RemoveEmailCodesAsync(transaction, userId) : PutEmailCodesAsync(transaction, userId, address, verifiedAt: null);

    /// <summary>The user has typed a code that was mailed to their address for codes.</summary>
    public static Task VerifyEmailCodesAsync(HubTransaction transaction, string userId) =>
        transaction.Db.EmailCodes.Where(row => row.UserId == userId && row.VerifiedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.VerifiedAt, transaction.Now));

    internal static byte[] SealTotp(HubTransaction transaction, string userId, byte[] secret) => transaction.Sealer.Seal(Purpose, userId, secret);

    /// <summary>Deletes a factor and has it told. What hangs on it is the caller's to end.</summary>
    /// <returns>False when there is none.</returns>
    internal static async Task<bool> DeleteAsync(HubTransaction transaction, string userId, FactorKind kind, string? passkeyId = null)
    {
        await transaction.FlushAsync();
        if (kind == FactorKind.Email && (await OfAsync(transaction, userId)).EmailCodesTo is { } former)
        {
            transaction.Noting.OfUser(userId).CodeAddress(former);
        }

        await Signals.FactorEndingAsync(transaction, userId, kind, passkeyId);
        var deleted = kind switch
        {
            FactorKind.Totp => await transaction.Db.Totps.Where(row => row.UserId == userId).ExecuteDeleteAsync(),
            FactorKind.Email => await transaction.Db.EmailCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync(),
            _ => await transaction.Db.Passkeys.Where(row => row.UserId == userId && (passkeyId == null || row.Id == passkeyId)).ExecuteDeleteAsync(),
        };
        if (deleted == 0)
        {
            return false;
        }

        if (kind != FactorKind.Email)
        {
            transaction.Noting.OfUser(userId).Factor(kind == FactorKind.Totp ? "authenticator app was removed" : "passkey was removed");
        }

        await transaction.AuditAsync("second-factor.removed", subjectUserId: userId, details: new { method = kind.ToString().ToLowerInvariant() });
        return true;
    }

    private static async Task<bool> RemoveEmailCodesAsync(HubTransaction transaction, string userId)
    {
        if (await transaction.Db.EmailCodes.SingleOrDefaultAsync(row => row.UserId == userId) is not { } present)
        {
            return false;
        }

        transaction.Noting.OfUser(userId).CodeAddress(present.Address);
        transaction.Db.EmailCodes.Remove(present);
        await CredentialChange.EndEverythingAsync(transaction, userId, "codes by e-mail removed");
        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.Email, CredentialEvent.Delete);
        await transaction.AuditAsync("second-factor.removed", subjectUserId: userId, details: new { method = "email" });
        return true;
    }

    private static async Task<bool> PutEmailCodesAsync(HubTransaction transaction, string userId, string address, DateTimeOffset? verifiedAt)
    {
        var present = await transaction.Db.EmailCodes.SingleOrDefaultAsync(row => row.UserId == userId);
        if (present?.Address == address)
        {
            return false;
        }

        transaction.Noting.OfUser(userId).CodeAddress(present?.Address);
        if (present is null)
        {
            transaction.Db.EmailCodes.Add(new() { UserId = userId, Address = address, VerifiedAt = verifiedAt });
        }
        else
        {
            present.Address = address;
            present.VerifiedAt = verifiedAt;
            await CredentialChange.EndEverythingAsync(transaction, userId, "address for codes replaced");
        }

        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.Email, present is null ? CredentialEvent.Create : CredentialEvent.Update);
        await transaction.AuditAsync("second-factor.enrolled", subjectUserId: userId, details: new { method = "email" });
        return true;
    }

    /// <summary>Accepts the code of a time step once: a step that was accepted, and any before it, is accepted no more (RFC 6238 §5.2).</summary>
    /// <returns>Whether this call was the one that used the code.</returns>
    public static async Task<bool> TryUseTotpAsync(HubTransaction transaction, string userId, string code)
    {
        var row = await transaction.Db.Totps.AsNoTracking().SingleOrDefaultAsync(totp => totp.UserId == userId);
        if (row is null || transaction.Sealer.Open(Purpose, userId, row.SealedSecret) is not { } secret || Totp.Match(secret, code, transaction.Now) is not { } step)
        {
            return false;
        }

        return await transaction.Db.Totps.Where(totp => totp.UserId == userId && totp.LastStep < step)
            .ExecuteUpdateAsync(update => update.SetProperty(totp => totp.LastStep, step)) == 1;
    }
}
