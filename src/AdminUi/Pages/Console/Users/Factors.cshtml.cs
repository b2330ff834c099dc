using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>One user's second factors: what there is, a reset for who lost theirs, and letting in again who was frozen out.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageSecondFactors)]
internal sealed class FactorsModel : OneMemberPage
{
    /// <summary>Null of a guest: their factors are their home account's to know.</summary>
    public FactorOverview? Factors { get; private set; }

    public ResetSafeguard Safeguard { get; private set; }

    /// <summary>The request that waits for somebody who agrees; null when there is none.</summary>
    public WaitingReset? Waiting { get; private set; }

    /// <summary>A code to hand over, shown this once.</summary>
    public FactorResets.Result.Reset? Code { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>What is wrong with the reset that was asked for.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Why the person may not reset this user's factors; null when they may.</summary>
    public string? MayNotReset => FactorResets.Check(Acting, Member);

    /// <summary>Whether it takes a passkey, and the person did not sign in with one.</summary>
    public bool LacksPasskey => Safeguard > ResetSafeguard.FreshSignIn && Person.Level < AssuranceLevel.PhishingResistant;

    public bool HasPasskey => Person.Reach >= AssuranceLevel.PhishingResistant;

    /// <summary>Whether the person may agree to the request that waits, as far as their rank goes.</summary>
    public bool MayAgree => Waiting is { } waiting && MayNotReset is null && AdministrationRules.CheckApproval(Acting, Member.ActedOn, waiting.RequestedByUserId) is null;

    public bool IsOwnRequest => Waiting?.RequestedByUserId == Person.UserId;

    public static string WhatToDoWithoutPasskey => PasskeyNeeded;

    public async Task<IActionResult> OnGetAsync(string member) => await FindAsync(member) ? await ShowAsync() : await NothingHereAsync();

    /// <summary>For who means to do something: before anything is typed.</summary>
    public async Task<IActionResult> OnGetFreshAsync(string member) =>
        !await FindAsync(member) ? await NothingHereAsync() : await RequireFreshAsync() ?? LocalRedirect(Path(member));

    /// <summary>The same with a passkey.</summary>
    public async Task<IActionResult> OnGetPasskeyAsync(string member) =>
        !await FindAsync(member) ? await NothingHereAsync() : HasPasskey && Person.Level < AssuranceLevel.PhishingResistant ? await SignInWithPasskeyAsync(say: false) : LocalRedirect(Path(member));

    public async Task<IActionResult> OnPostResetAsync(string member, string? reason)
    {
        Reason = reason ?? "";
        return await DoAsync(member, transaction => FactorResets.ResetAsync(transaction, AccountId, member, reason, Person.Amr));
    }

    public Task<IActionResult> OnPostCodeAsync(string member) => DoAsync(member, transaction => FactorResets.IssueCodeAsync(transaction, AccountId, member, Person.Amr));

    public Task<IActionResult> OnPostApproveAsync(string member, string? request) =>
        DoAsync(member, transaction => FactorResets.ApproveAsync(transaction, AccountId, request ?? "", Person.Amr), request);

    public Task<IActionResult> OnPostRefuseAsync(string member, string? request) => DoAsync(member, transaction => FactorResets.RefuseAsync(transaction, AccountId, request ?? ""), request);

    public Task<IActionResult> OnPostWithdrawAsync(string member, string? request) => DoAsync(member, transaction => FactorResets.WithdrawAsync(transaction, AccountId, request ?? ""), request);

    public async Task<IActionResult> OnPostThawAsync(string member)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        switch (await WriteAsync(transaction => MemberAccess.ThawAsync(transaction, AccountId, member, Options.Issuer)))
        {
            case MemberAccess.Result.NoSuchMember:
                return await NothingHereAsync();
            case MemberAccess.Result.Refused refused:
                FlashError(refused.Sentence);
                break;
            case MemberAccess.Result.LetIn letIn:
                // A page and no redirect, as after a reset.
                await FindAsync(member);
                Code = new(letIn.Code, letIn.Until);
                return await ShowAsync();
            default:
                Flash("They can sign in again, with the password that they choose by the link in the mail which is on its way.");
                break;
        }

        return LocalRedirect(Path(member));
    }

    /// <param name="member">The user of this page.</param>
    /// <param name="work">What is done.</param>
    /// <param name="request">The request that it is about, which must be one about this user; null where it is about none.</param>
    private async Task<IActionResult> DoAsync(string member, Func<HubTransaction, Task<FactorResets.Result>> work, string? request = "")
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        await ReadWaitingAsync();
        var result = request is "" || request == Waiting?.Id ? await WriteAsync(work) : new FactorResets.Result.NothingThere();
        switch (result)
        {
            case FactorResets.Result.Reset reset:
                // The one answer that is a page and no redirect: the code is kept nowhere from which it could be shown later.
                await FindAsync(member);
                Code = reset;
                return await ShowAsync();
            case FactorResets.Result.NeedsPasskey when HasPasskey:
                return await SignInWithPasskeyAsync();
            case FactorResets.Result.NeedsPasskey:
                FlashError("Nothing was changed. " + PasskeyNeeded);
                break;
            case FactorResets.Result.Refused refused when Reason is not null:
                // What was typed stays.
                Wrong = refused.Sentence;
                return await ShowAsync(StatusCodes.Status422UnprocessableEntity);
            case FactorResets.Result.Refused refused:
                FlashError("Nothing was changed. " + refused.Sentence);
                break;
            case FactorResets.Result.Requested requested:
                Flash($"It waits for another administrator, or the operator, until {Times.Text(Person, requested.Until)}. They and the Primary User are told.");
                break;
            case FactorResets.Result.Ended:
                Flash("The request is over. Nothing was reset, and everyone concerned is told.");
                break;
            default:
                FlashError("That request is over already, or was never made. Nothing was changed.");
                break;
        }

        return LocalRedirect(Path(member));
    }

    private string Path(string member) => PathOf(member, "/factors");

    private async Task ReadWaitingAsync() =>
        Waiting = (await ReadAsync(reader => FactorResets.WaitingInAsync(reader, AccountId))).FirstOrDefault(one => one.MembershipId == Member.Id);

    private async Task<IActionResult> ShowAsync(int status = StatusCodes.Status200OK)
    {
        await ReadWaitingAsync();
        (Factors, Safeguard) = await ReadAsync(async reader => (
            Member.Home ? await FactorOverview.OfAsync(reader, Member.UserId) : null, FactorResets.SafeguardOf(reader, Member)));
        Response.StatusCode = status;
        return Page();
    }
}
