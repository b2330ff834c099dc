using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>One user: what is known, what can be changed, and what can be done.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class MemberModel : OneMemberPage
{
    /// <summary>From whom a seat could be moved here: so many are offered by name.</summary>
    private const int MostHolders = 50;

    public UserForm Form { get; private set; } = new();

    public IReadOnlyList<MemberRefusal> Reasons { get; private set; } = [];

    /// <summary>Whether somebody else changed the user since the form was opened.</summary>
    public bool IsStale { get; private set; }

    /// <summary>On a form that is stale: who changed the user last.</summary>
    public AuditLine? LastChange { get; private set; }

    public Invitations.Waiting Waiting { get; private set; } = new Invitations.Waiting.NotNeeded();

    /// <summary>A link to hand over, shown this once.</summary>
    public MemberAccess.Result.LinkMade? Link { get; private set; }

    /// <summary>By application of which no seat is left: some who hold one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MemberRow>> Holders { get; private set; } = new Dictionary<string, IReadOnlyList<MemberRow>>();

    /// <summary>Whether they hold no administrator's right for now, because their second factors were reset.</summary>
    public bool IsHeld => !Member.HasPasskeys && Member.RecoveryHoldUntil > HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    /// <summary>Of somebody who is deactivated: which apps were told. Null where there is nothing to tell of.</summary>
    public ToldApps? Told { get; private set; }

    public bool IsSelf => Member.UserId == Person.UserId;

    public bool MayChangeStatus => !IsSelf && Member.Status != MembershipStatus.Invited;

    public string? Wrong(MemberField what) => string.Join(' ', Reasons.Where(reason => reason.Field == what).Select(reason => reason.Sentence)) is { Length: > 0 } sentences ? sentences : null;

    /// <summary>What a field is by now where that is not what was typed; null on a form that is not stale.</summary>
    public string? Now(string? typed, string? current) => IsStale && (typed?.Trim() ?? "") != (current ?? "") ? current ?? "" : null;

    public async Task<IActionResult> OnGetAsync(string member)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        Form = UserForm.Of(Member);
        return await ShowAsync();
    }

    /// <summary>For who means to change what asks for a fresh sign-in: before anything is typed.</summary>
    public async Task<IActionResult> OnGetFreshAsync(string member) =>
        !await FindAsync(member) ? await NothingHereAsync() : await RequireFreshAsync() ?? LocalRedirect(PathOf(member));

    public async Task<IActionResult> OnPostAsync(string member, UserForm form)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        Form = form;
        Reasons = [.. form.Strange()];
        if (Reasons.Count > 0)
        {
            return await ShowAsync(StatusCodes.Status422UnprocessableEntity);
        }

        var change = form.ChangeOf(Member, MayChangeStatus, Request.Form.ContainsKey);
        return change.IsTakeover(Member) && await RequireFreshAsync() is { } first
            ? first
            : await AnswerAsync(await WriteAsync(transaction => MemberChanges.ApplyAsync(transaction, AccountId, member, change)));
    }

    public Task<IActionResult> OnPostGiveAsync(string member, string application) => ChangeAsync(member, new() { SeatsToAdd = [application] });

    public Task<IActionResult> OnPostTakeAsync(string member, string application) => ChangeAsync(member, new() { SeatsToRemove = [application] });

    public Task<IActionResult> OnPostDeactivateAsync(string member) => ChangeAsync(member, new() { Status = MembershipStatus.Inactive });

    public Task<IActionResult> OnPostReactivateAsync(string member) => ChangeAsync(member, new() { Status = MembershipStatus.Active });

    /// <summary>Moves a seat in one step: <c>to</c> somebody from this member, or <c>from</c> somebody to this member, named by the user name.</summary>
    public async Task<IActionResult> OnPostMoveAsync(string member, string application, string? to, string? from)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        var name = to ?? from ?? "";
        var other = CanonicalName.Of(name) is { } key ? await ReadAsync(reader => Task.FromResult(FindByName(reader, key))) : null;
        if (other is null)
        {
            FlashError("No user here has that user name. No seat was moved.");
            return LocalRedirect(PathOf(member));
        }

        var result = await WriteAsync(transaction => to is not null
            ? MemberActs.MoveSeatAsync(transaction, AccountId, member, other, application)
            : MemberActs.MoveSeatAsync(transaction, AccountId, other, member, application));
        return await AnswerAsync(result, $"The seat was moved {(to is not null ? "to" : "from")} {name.Trim()}.");
    }

    public async Task<IActionResult> OnPostSignOutAsync(string member) => await AnswerAsync(
        await WriteAsync(transaction => MemberActs.SignOutEverywhereAsync(transaction, AccountId, member)), "Signed out everywhere. Apps were told.");

    public Task<IActionResult> OnPostInviteAsync(string member) => HelpAsync(member, transaction => MemberAccess.InviteAsync(transaction, AccountId, member, Options.Issuer));

    public Task<IActionResult> OnPostWithdrawAsync(string member) => HelpAsync(member, transaction => MemberAccess.WithdrawInvitationAsync(transaction, AccountId, member));

    public async Task<IActionResult> OnPostResetAsync(string member) => await FindAsync(member) && await RequireFreshAsync() is { } first
        ? first
        : await HelpAsync(member, transaction => MemberAccess.SendResetAsync(transaction, AccountId, member, Options.Issuer));

    /// <summary>The one answer that is a page and no redirect: the link is kept nowhere from which it could be shown later.</summary>
    public async Task<IActionResult> OnPostLinkAsync(string member)
    {
        if (await FindAsync(member) && await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var result = await WriteAsync(transaction => MemberAccess.MakeLinkAsync(transaction, AccountId, member, Options.Issuer));
        if (result is not MemberAccess.Result.LinkMade made)
        {
            return await AnswerAsync(member, result);
        }

        await FindAsync(member);
        (Link, Form) = (made, UserForm.Of(Member));
        return await ShowAsync();
    }

    private async Task<IActionResult> HelpAsync(string member, Func<Domain.Persistence.HubTransaction, Task<MemberAccess.Result>> help) => await AnswerAsync(member, await WriteAsync(help));

    private async Task<IActionResult> AnswerAsync(string member, MemberAccess.Result result)
    {
        switch (result)
        {
            case MemberAccess.Result.NoSuchMember:
                return await NothingHereAsync();
            case MemberAccess.Result.Refused refused:
                FlashError(refused.Sentence);
                break;
            case MemberAccess.Result.Sent sent:
                Flash($"A mail is on its way. Its link is good until {Times.Text(Person, sent.Until)}.");
                break;
            default:
                Flash("The invitation was withdrawn. Its link is no good any more.");
                break;
        }

        return LocalRedirect(PathOf(member));
    }

    private async Task<IActionResult> AnswerAsync(MemberActResult result, string done)
    {
        switch (result)
        {
            case MemberActResult.NoSuchMember:
                return await NothingHereAsync();
            case MemberActResult.Refused refused:
                FlashError(refused.Reason.Sentence);
                break;
            default:
                Flash(done);
                break;
        }

        return LocalRedirect(PathOf((string)RouteData.Values["member"]!));
    }

    private async Task<IActionResult> ChangeAsync(string member, MemberChange change)
    {
        var result = await WriteAsync(transaction => MemberChanges.ApplyAsync(transaction, AccountId, member, change));
        if (result is MemberChangeResult.Refused refused)
        {
            FlashError(string.Join(' ', refused.Reasons.Select(reason => reason.Sentence)));
            return LocalRedirect(PathOf(member));
        }

        return await AnswerAsync(result);
    }

    private async Task<IActionResult> AnswerAsync(MemberChangeResult result)
    {
        switch (result)
        {
            case MemberChangeResult.Changed changed:
                Tell(changed);
                return LocalRedirect(PathOf(changed.State.Id));
            case MemberChangeResult.Unchanged unchanged:
                Flash("Nothing to change: it is so already.");
                return LocalRedirect(PathOf(unchanged.State.Id));
            case MemberChangeResult.Stale stale:
                (Member, IsStale) = (stale.Current, true);
                LastChange = await ReadAsync(reader => AuditReader.LastChangeAsync(reader, AccountId, Member.UserId));
                return await ShowAsync(StatusCodes.Status409Conflict);
            case MemberChangeResult.Refused refused:
                (Member, Reasons) = (refused.Current, refused.Reasons);
                return await ShowAsync(StatusCodes.Status422UnprocessableEntity);
            default:
                return await NothingHereAsync();
        }
    }

    private void Tell(MemberChangeResult.Changed changed)
    {
        var sentence = "Changed: " + string.Join("; ", changed.Differences.Select(one =>
            $"{MemberWords.Of(one.Field)} from {MemberWords.ValueOf(one.Field, Shown(one.Field, one.Before))} to {MemberWords.ValueOf(one.Field, Shown(one.Field, one.After))}")) + ".";
        if (changed.State.Status == MembershipStatus.Inactive && changed.Differences.Any(one => one.Field == MemberField.Status))
        {
            FlashWithUndo(
                sentence + " If that was a mistake, activate them again: their sessions stay ended, and seats are given anew.", "Activate again",
                $"{Users}/{changed.State.Id}?handler=Reactivate");
        }
        else
        {
            Flash(sentence);
        }
    }

    /// <summary>Seats by the names of their applications.</summary>
    private string Shown(MemberField what, string value) => what != MemberField.Seats
        ? value
        : string.Join(", ", value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => SeatPools.FirstOrDefault(pool => pool.ApplicationId == id)?.ApplicationName ?? id));

    private string? FindByName(Domain.Persistence.HubReader reader, string key) =>
        MemberDirectory.Page(reader, new(AccountId, new DirectoryCriterion.Term(DirectoryField.UserName, DirectoryOperator.Equal, key), Take: 1)) is [var found] ? found.Id : null;

    private async Task<IActionResult> ShowAsync(int status = StatusCodes.Status200OK)
    {
        var full = SeatPools.Where(pool => pool.Used >= pool.Capacity && !Member.Seats.Contains(pool.ApplicationId)).Select(pool => pool.ApplicationId).ToList();
        (Waiting, Holders) = await ReadAsync(async reader =>
        {
            var holders = new Dictionary<string, IReadOnlyList<MemberRow>>(StringComparer.Ordinal);
            foreach (var application in full)
            {
                holders[application] = (await MemberList.ReadAsync(reader, new(AccountId, new() { Seat = application }, new(), 1, MostHolders))).Rows;
            }

            return (await Invitations.WaitingOfAsync(reader, Member.Id), holders);
        });
        // At home a deactivation reaches everything; of a guest the account hears nothing about what apps of other accounts were told.
        if (Member is { Status: MembershipStatus.Inactive, Home: true } && await ReadAsync(reader => Deliveries.OfUserAsync(reader, Member.UserId)) is { Count: > 0 } apps)
        {
            Told = new(apps, Here);
        }

        Response.StatusCode = status;
        return Page();
    }
}
