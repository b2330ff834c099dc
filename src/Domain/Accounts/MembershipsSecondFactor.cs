using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Accounts;

public static partial class Memberships
{
    private static readonly Statement AskFirst = new(
        """UPDATE "Memberships" SET "SecondFactorAskedAt" = @now WHERE "Id" = @id AND "SecondFactorAskedAt" IS NULL""", "@id", "@now");

    /// <summary>Notes that a member is asked to enrol the second factor that is required of them: the account's days of grace run from the first time.</summary>
    public static async Task RecordSecondFactorAskedAsync(HubTransaction transaction, string membershipId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.FlushAsync();
        transaction.Connection.Execute(AskFirst, membershipId, transaction.Now.ToUnixTimeMilliseconds());
    }
}
