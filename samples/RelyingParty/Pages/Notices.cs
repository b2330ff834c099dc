using IdentityHub.RelyingParty.SignIn;

namespace IdentityHub.RelyingParty.Pages;

/// <summary>Every plain page of the applications, in words for the person in front of it.</summary>
internal static class Notices
{
    private static readonly Notice.Link TryAgain = new("Try again", "/signin");
    private static readonly Notice.Link ChooseAccount = new("Choose another account", "/choose-account");
    private static readonly Notice.Link SignInAgain = new("Sign in again", "/signin");
    private static readonly Notice.Link Home = new("Go to the start page", "/");

    public static readonly Notice SignedOut = new(
        200, "You are signed out", ["You are signed out of this application and of IdentityHub."], [SignInAgain, Home]);

    public static readonly Notice SignedOutHere = new(
        200, "You are signed out here", ["You are signed out of this application. IdentityHub could not be told, so you may still be signed in there."], [SignInAgain]);

    public static readonly Notice NotOurSignOut = new(
        400, "This is not the end of a sign-out", ["Nothing was changed: this link does not belong to a sign-out of this browser."], [Home]);

    public static readonly Notice Stale = new(
        400, "This page was out of date", ["Nothing was changed. Go back to the start page and do it once more."], [Home]);

    public static readonly Notice NotFound = new(
        404, "There is no such page", ["The address may be mistyped or out of date."], [Home]);

    public static readonly Notice Failure = new(
        500, "Something went wrong here", ["This was our fault, and it has been recorded. Trying once more may help."], [Home]);

    public static readonly Notice HubUnreachable = new(
        503, "Sign-in is not available right now",
        ["IdentityHub, which signs you in, cannot be reached. Wait a moment, then try again."], [TryAgain, Home]);

    public static Notice Of(SignInRefusedException refused) => refused.Fault switch
    {
        SignInFault.NotOurs => new Notice(
            400, "This sign-in cannot be used",
            ["It was begun in another browser, took too long, or was used already. Nothing is wrong with your password."],
            [TryAgain, Home], refused.Detail),
        SignInFault.ErrorAnswer => OfError(refused),
        _ => new Notice(
            400, "You were not signed in",
            ["The answer of IdentityHub did not pass the checks of this application, so it was not used."],
            [TryAgain, Home], refused.Detail),
    };

    public static Notice OfStatus(int status) => status switch
    {
        404 => NotFound,
        >= 500 => Failure with { Status = status },
        _ => Stale with { Status = status },
    };

    private static Notice OfError(SignInRefusedException refused)
    {
        var description = refused.Description ?? "";
        var detail = description.Length > 0 ? $"{refused.Detail}: {description}" : refused.Detail;
        if (refused.Detail != "access_denied")
        {
            return new Notice(400, "You were not signed in", ["IdentityHub ended the sign-in without signing you in."], [TryAgain, ChooseAccount], detail);
        }

        return description switch
        {
            _ when description.StartsWith("no seat", StringComparison.Ordinal) => new Notice(
                403, "You have no seat for this application",
                [
                    "Only members with a seat may use it, and you have none in the account you chose.",
                    "Ask an administrator of your account to give you a seat. As soon as you have one, try again.",
                ],
                [TryAgain, ChooseAccount], detail),
            _ when description.StartsWith("permission level", StringComparison.Ordinal) => new Notice(
                403, "Your permission level does not reach this application",
                ["Ask an administrator of your account to change your permission level, or choose an account where you have it. Then try again."],
                [TryAgain, ChooseAccount], detail),
            _ => new Notice(
                403, "You may not sign in to this application",
                ["IdentityHub did not let you in. Choose another account, or ask an administrator of your account, then try again."],
                [TryAgain, ChooseAccount], detail),
        };
    }
}
