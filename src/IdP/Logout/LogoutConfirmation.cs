using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Logout;

/// <summary>Proof that the person pressed the button on the hub's own page: no other site can sign anyone out without it.</summary>
internal sealed class LogoutConfirmation(Sealer sealer)
{
    public const string Field = "confirmation";
    private readonly byte[] key = sealer.DeriveKey("logout-confirmation");

    public string For(LiveSession session) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(session.Id)));

    /// <summary>Whether the request came from the page, rightly or not.</summary>
    public static bool IsConfirmation(RequestParameters parameters) => parameters[Field] is not null;

    /// <summary>Whether it came from the page that was shown to this session. Compared in constant time.</summary>
    public bool IsConfirmed(RequestParameters parameters, LiveSession session) =>
        parameters[Field] is { } given && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(For(session)));
}
