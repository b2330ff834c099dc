using System.Buffers.Text;
using IdentityHub.Domain.Credentials;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>A passkey's signature that was verified. Its count of uses is not: <see cref="Passkeys.TryUseAsync"/> decides on that.</summary>
/// <param name="Id">The credential id, base64url.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="SignCount">How often it was used, as it says.</param>
/// <param name="BackedUp">Whether it says that there is a copy with its maker.</param>
/// <param name="Evidence">What is shown by it.</param>
internal sealed record VerifiedPasskey(string Id, string UserId, uint SignCount, bool BackedUp, Evidence Evidence);

/// <summary>Has the framework verify a passkey's answer.</summary>
internal static class PasskeyAssertions
{
    /// <returns>Null when anything about it is wrong.</returns>
    public static async Task<VerifiedPasskey?> VerifyAsync(IPasskeyHandler<PasskeyOwner> handler, HttpContext context, SentCredential sent, string state)
    {
        var result = await handler.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = sent.Json, AssertionState = state });
        if (!result.Succeeded)
        {
            return null;
        }

        var evidence = Evidence.Passkey
            | (sent.UserVerified ? Evidence.UserVerified : Evidence.None)
            | (result.Passkey.IsBackupEligible ? Evidence.None : Evidence.DeviceBound);
        return new(Base64Url.EncodeToString(result.Passkey.CredentialId), result.User.UserId, result.Passkey.SignCount, result.Passkey.IsBackedUp, evidence);
    }
}
