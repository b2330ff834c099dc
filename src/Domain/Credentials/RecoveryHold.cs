using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Credentials;

/// <summary>After a reset of their second factors whoever administers holds no right of an administrator for a while: somebody who talked their way to a reset does nothing with it before the owner has read their mail. A passkey ends it.</summary>
public static class RecoveryHold
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(1);

    private static readonly Statement Held = new(
        """
        SELECT u."RecoveryHoldUntil" FROM "Users" u
        WHERE u."Id" = @user AND u."RecoveryHoldUntil" > @now AND NOT EXISTS (SELECT 1 FROM "Passkeys" p WHERE p."UserId" = u."Id")
        """,
        "@user", "@now");

    /// <returns>Until when the user holds no administrator's right; null where nothing holds them.</returns>
    public static DateTimeOffset? Of(HubReader reader, string userId) =>
        reader.Connection.Scalar(Held, userId, reader.Now.ToUnixTimeMilliseconds()) is long until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;
}
