using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Codes mailed to an address that somebody wants for codes: they prove the address, and sign nobody in.</summary>
internal sealed class EnrolmentCodes(Sealer sealer)
{
    private readonly byte[] key = sealer.DeriveKey("enrolment-code");

    public Task<MailedCodeSent> SendAsync(HubTransaction transaction, HttpContext context, CurrentSignIn current, string userId, string address) =>
        MailedCodes.SendAsync(transaction, context, current, userId, address, MailTemplates.EnrolmentCode, code => HashOf(current.Row.Id, userId, address, code));

    /// <summary>Uses the code, once. The caller has counted the attempt.</summary>
    public async Task<bool> TryUseAsync(HubTransaction transaction, string signInId, string userId, string address, string? typed)
    {
        if (!await SignIns.TryUseEmailCodeAsync(transaction, signInId, HashOf(signInId, userId, address, MailedCode.DigitsOf(typed))))
        {
            return false;
        }

        Throttles.GiveBack(transaction, MailedCode.Sends, userId);
        return true;
    }

    /// <summary>Bound to the sign-in, the user and the address.</summary>
    private string HashOf(string signInId, string userId, string address, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{signInId}|{userId}|{address}|{code}")));
}
