using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
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
            ["by"] = By(transaction.Actor, change.UserId, account),
            ["whom"] = WhomToAsk(account),
            ["userName"] = change.Email || change.UserName ? MailText.UserName(change.After.UserName) : "",
            ["changes"] = string.Join('\n', alsoChanged),
            ["link"] = await FreezeLinks.MakeAsync(transaction, change.UserId),
        };

        // An address that was named just now is told nothing of somebody whose it may not be.
        string?[] left = [former, change.CodeAddress ? change.FormerCodes : change.CodesAreVerified ? change.Codes : null];
        foreach (var address in left.OfType<string>().DistinctBy(ProfileDocument.AddressKey).Where(address => address != present))
        {
            // One that was for mail and is for codes now, or the other way round, is in use still.
            await SendAsync(transaction, change.UserId, address == change.Codes ? MailTemplates.SignInChanged : MailTemplates.SignInChangedToFormer, values, address);
        }

        await SendAsync(transaction, change.UserId, MailTemplates.SignInChanged, values, present);
    }

    /// <summary>Who lets a frozen user in again, and helps them otherwise.</summary>
    public static string WhomToAsk(string? account) => account is null ? "the operator" : $"an administrator of {account}";

    private static string By(Actor actor, string userId, string? account) => actor switch
    {
        Actor.Person person when person.UserId == userId => "You did this, or somebody who was signed in as you.",
        Actor.Provisioning => $"The system that looks after the users of {account ?? "your account"} did this.",
        _ => account is null ? "The operator did this." : $"An administrator of {account} did this.",
    };

    /// <summary>Goes on after "Your".</summary>
    private static string What(SignInChange change)
    {
        string[] things =
        [
            .. change.Email ? ["e-mail address"] : Array.Empty<string>(),
            .. change.UserName ? ["user name"] : Array.Empty<string>(),
            .. change.Password ? ["password"] : Array.Empty<string>(),
            .. change.CodeAddress ? ["address for sign-in codes"] : Array.Empty<string>(),
        ];
        var changed = things switch
        {
            [] => Array.Empty<string>(),
            [var one] => [one + " was changed"],
            _ => [$"{string.Join(", ", things[..^1])} and {things[^1]} were changed"],
        };
        return string.Join(", and your ", changed.Concat(change.Factors.Distinct()));
    }

    private static Task SendAsync(HubTransaction transaction, string userId, string template, Dictionary<string, string> values, string? address) =>
        address is not null && MailLimits.Allows(transaction, MailLimits.Changes, $"{userId}|{ProfileDocument.AddressKey(address)}")
            ? Notices.QueueAsync(transaction, userId, template, values, address)
            : Task.CompletedTask;
}
