using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells people what was changed of how they sign in, at the former address too.</summary>
internal static class SignInNotices
{
    /// <param name="transaction">The transaction.</param>
    /// <param name="change">What was changed.</param>
    /// <param name="account">The name of the home account; null where there is none.</param>
    /// <param name="alsoChanged">What else the one mail is to say.</param>
    public static async Task QueueAsync(HubTransaction transaction, SignInChange change, string? account, IReadOnlyList<string> alsoChanged)
    {
        if (!change.OfSignIn)
        {
            return;
        }

        var (former, present) = (EmailAddress.Of(change.Before.Email, change.Before.UserName), EmailAddress.Of(change.After.Email, change.After.UserName));
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["person"] = MailText.Person(User.NameOf(change.After.UserName, change.After.GivenName, change.After.FamilyName), change.After.UserName),
            ["what"] = What(change),
            ["whom"] = account is null ? "the operator" : $"an administrator of {account}",
            ["userName"] = change.Email || change.UserName ? MailText.UserName(change.After.UserName) : "",
            ["changes"] = string.Join('\n', alsoChanged),
        };
        string?[] left = [former, .. change.CodeAddress ? [change.FormerCodes] : Array.Empty<string?>()];
        foreach (var address in left.OfType<string>().DistinctBy(ProfileDocument.AddressKey).Where(address => address != present))
        {
            // One that was for mail and is for codes now, or the other way round, is in use still.
            await SendAsync(transaction, change.UserId, address == change.Codes ? MailTemplates.SignInChanged : MailTemplates.SignInChangedToFormer, values, address);
        }

        await SendAsync(transaction, change.UserId, MailTemplates.SignInChanged, values, present);
    }

    private static string What(SignInChange change)
    {
        string[] things =
        [
            .. change.Email ? ["e-mail address"] : Array.Empty<string>(),
            .. change.UserName ? ["user name"] : Array.Empty<string>(),
            .. change.Password ? ["password"] : Array.Empty<string>(),
            .. change.CodeAddress ? ["address for sign-in codes"] : Array.Empty<string>(),
            .. change.Factors.Count > 0 ? ["second factors"] : Array.Empty<string>(),
        ];
        return things is ["second factors"] ? "second factors were" : things.Length == 1 ? things[0] + " was" : $"{string.Join(", ", things[..^1])} and {things[^1]} were";
    }

    private static Task SendAsync(HubTransaction transaction, string userId, string template, Dictionary<string, string> values, string? address) =>
        address is not null && MailLimits.Allows(transaction, MailLimits.Changes, $"{userId}|{ProfileDocument.AddressKey(address)}")
            ? Notices.QueueAsync(transaction, userId, template, values, address)
            : Task.CompletedTask;
}
