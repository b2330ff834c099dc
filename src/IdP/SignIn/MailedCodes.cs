using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whether a code was mailed.</summary>
internal enum MailedCodeSent
{
    Sent,

    /// <summary>One was sent in this sign-in a moment ago.</summary>
    TooSoon,

    TooMany,

    /// <summary>What it would complete does not stand any more.</summary>
    NotNow,
}

/// <summary>Codes mailed to sign in with, to an address that is a user's for them. The newest one counts, in the sign-in that asked for it only.</summary>
internal sealed class MailedCodes(IHubStore store, Sealer sealer)
{
    private readonly byte[] key = sealer.DeriveKey("email-code");

    /// <summary>Mails a fresh code to the owner's address for codes.</summary>
    public Task<MailedCodeSent> SendAsync(HttpContext context, CurrentSignIn current, CodeOwner owner) => store.WriteAsync(
        new Actor.Person(owner.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            if (owner.Factors.EmailCodesTo is not { } address || !await CodeStep.StillStandsAsync(transaction, current.Row.Id, owner))
            {
                return MailedCodeSent.NotNow;
            }

            return await SendAsync(transaction, context, current, owner.UserId, address, MailTemplates.SignInCode, code => HashOf(current.Row.Id, owner.UserId, code));
        },
        context.RequestAborted);

    /// <summary>Mails a fresh code in a sign-in, where the limits of every mailed code let it.</summary>
    public static async Task<MailedCodeSent> SendAsync(
        HubTransaction transaction, HttpContext context, CurrentSignIn current, string userId, string address, string template, Func<string, string> hashOf)
    {
        if (await SignIns.FindOpenAsync(transaction, current.Row.Id) is not { } row)
        {
            return MailedCodeSent.NotNow;
        }

        if (row.EmailCodeExpiresAt - MailedCode.Lifetime + MailedCode.Pause > transaction.Now)
        {
            return MailedCodeSent.TooSoon;
        }

        if (!Throttles.TryReserve(transaction, MailedCode.Sends, userId))
        {
            return MailedCodeSent.TooMany;
        }

        var code = MailedCode.New();
        await SignIns.SetEmailCodeAsync(transaction, row.Id, hashOf(code), transaction.Now + MailedCode.Lifetime);
        var device = BrowserFacts.Device(context);
        var values = new Dictionary<string, string>
        {
            ["code"] = code,
            ["app"] = MailText.Name(current.Client.Name ?? current.Client.Id) ?? MailText.Name(current.Client.Id) ?? "an app",
            ["time"] = MailText.Moment(transaction.Now),
            ["device"] = device.Words,
            ["network"] = device.Network ?? "",
        };
        await Notices.QueueAsync(transaction, userId, template, values, address);
        return MailedCodeSent.Sent;
    }

    /// <summary>Uses the code, once. The caller has counted the attempt. From then on the address is known to be read by its owner.</summary>
    public async Task<bool> TryUseAsync(HubTransaction transaction, string signInId, string userId, string? typed)
    {
        if (!await SignIns.TryUseEmailCodeAsync(transaction, signInId, HashOf(signInId, userId, MailedCode.DigitsOf(typed))))
        {
            return false;
        }

        await SecondFactors.VerifyEmailCodesAsync(transaction, userId);
        Throttles.GiveBack(transaction, MailedCode.Sends, userId);
        return true;
    }

    /// <summary>Bound to the sign-in and to the user: a code mailed to one is none for another.</summary>
    private string HashOf(string signInId, string userId, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{signInId}|{userId}|{code}")));
}
