using IdentityHub.Domain.Accounts;

namespace IdentityHub.AdminUi.Pages.Console.Primary;

/// <summary>What the pages say of requests for another Primary User.</summary>
internal static class PrimaryWords
{
    public static string Of(PrimaryRequests.Someone someone) => someone.Name ?? "somebody who is no member any more";

    public static string AskedBy(PrimaryRequests.View request) => request.RequestedByOperator && request.RequestedBy.Name is null ? "the operator" : Of(request.RequestedBy);

    public static string ConfirmedBy(PrimaryRequests.View request) => request.ConfirmedByOperator ? "the operator" : $"{Of(request.ConfirmedBy)}, the Primary User";

    public static string StateOf(PrimaryRequests.View request) => request.State switch
    {
        PrimaryRequestState.Requested => "Waits to be confirmed",
        PrimaryRequestState.Confirmed => "Waits to be accepted",
        PrimaryRequestState.Accepted => "Done",
        PrimaryRequestState.Declined => "Declined",
        PrimaryRequestState.Expired => "Expired",
        _ => "Ended",
    };

    public static string EndOf(PrimaryRequests.View request) => request.End switch
    {
        PrimaryRequestEnd.ByCandidate => "declined by the one whom it was for",
        PrimaryRequestEnd.ByPrimary => "declined by the Primary User",
        PrimaryRequestEnd.ByOperator => "declined by the operator",
        PrimaryRequestEnd.ByRequester => "taken back by whoever asked",
        PrimaryRequestEnd.CandidateLeft => "the one whom it was for can no longer sign in here",
        PrimaryRequestEnd.PrimaryLeft => "the Primary User can no longer sign in here",
        PrimaryRequestEnd.RequesterLeft => "whoever asked can no longer sign in here",
        PrimaryRequestEnd.Overtaken => "the account was given a Primary User meanwhile",
        PrimaryRequestEnd.TimeOut => "nobody acted within 72 hours",
        _ => request.State == PrimaryRequestState.Accepted ? "accepted" : "",
    };

    public static string BadgeOf(PrimaryRequests.View request) => request.State switch
    {
        PrimaryRequestState.Accepted => "good",
        PrimaryRequestState.Requested or PrimaryRequestState.Confirmed => "warn",
        _ => "",
    };

    /// <summary>What came of a step, for who took it; null when it was done.</summary>
    public static string? Refusal(PrimaryTransfer.StepResult result) => result switch
    {
        PrimaryTransfer.StepResult.Done => null,
        PrimaryTransfer.StepResult.MayNot => "Nothing was changed: this step is not yours.",
        PrimaryTransfer.StepResult.Held => "Nothing was changed: your second factors were reset just now. Set up a passkey, or wait for an hour, and accept then.",
        PrimaryTransfer.StepResult.SignInTooOld => "Nothing was changed: sign in again to accept.",
        _ => "Nothing was changed: somebody acted on this request before you, or its time is over.",
    };
}
