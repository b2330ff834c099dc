using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A user's second factors with their dates, as pages list them.</summary>
/// <param name="Enrolled">What they have.</param>
/// <param name="TotpSince">When the authenticator app was enrolled; null for none.</param>
/// <param name="EmailVerifiedAt">When a code was first typed from the address for codes; null before.</param>
/// <param name="RecoveryCodesSince">When the present recovery codes were made; null for none.</param>
/// <param name="Passkeys">The passkeys, the oldest first.</param>
/// <param name="Remembered">The browsers in which they are not asked for a while.</param>
public sealed record FactorOverview(
    EnrolledFactors Enrolled, DateTimeOffset? TotpSince, DateTimeOffset? EmailVerifiedAt, DateTimeOffset? RecoveryCodesSince, IReadOnlyList<PasskeyView> Passkeys,
    IReadOnlyList<RememberedDeviceView> Remembered)
{
    public static async Task<FactorOverview> OfAsync(HubReader reader, string userId) => new(
        SecondFactors.Of(reader, userId),
        await reader.Db.Totps.Where(row => row.UserId == userId).Select(row => (DateTimeOffset?)row.EnrolledAt).SingleOrDefaultAsync(),
        await reader.Db.EmailCodes.Where(row => row.UserId == userId).Select(row => row.VerifiedAt).SingleOrDefaultAsync(),
        await reader.Db.RecoveryCodeSets.Where(row => row.UserId == userId).Select(row => (DateTimeOffset?)row.CreatedAt).SingleOrDefaultAsync(),
        await Credentials.Passkeys.ListOfAsync(reader, userId),
        await RememberedDevices.ListOfAsync(reader, userId));
}
