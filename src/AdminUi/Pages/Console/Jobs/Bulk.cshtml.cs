using IdentityHub.AdminUi.Jobs;
using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>What is to be done to the users who were selected in the table: those on the page, or all who match.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class BulkModel : JobPage
{
    /// <summary>Those who were selected one by one.</summary>
    public IReadOnlyList<string> Members { get; private set; } = [];

    /// <summary>Whether all who match are meant.</summary>
    public bool All { get; private set; }

    public MemberQuery View { get; private set; } = MemberQuery.Read(_ => null);

    /// <summary>How many users are selected at this moment.</summary>
    public int Count { get; private set; }

    /// <summary>What is wrong with the choice.</summary>
    public string? Wrong { get; private set; }

    public string? Chosen { get; private set; }

    public IReadOnlyList<JobChoice> Choices => JobChoice.Of(SeatPools);

    /// <summary>A selection is sent, not addressed: whoever comes without one is shown the way.</summary>
    public Task OnGetAsync() => SelectAsync(name => Request.Query[name]);

    public async Task<IActionResult> OnPostAsync()
    {
        await SelectAsync(name => Request.Form[name]);
        if (Count == 0)
        {
            FlashError("Nobody was selected. Select users first, then choose what to change.");
            return Redirect($"{Root}/users{View.ToQuery()}");
        }

        if (!Request.Form.ContainsKey("step"))
        {
            return Page();
        }

        Chosen = Request.Form["do"];
        if (Choices.FirstOrDefault(choice => choice.Value == Chosen) is not { } choice)
        {
            Wrong = "Choose what to change.";
            return Page();
        }

        Domain.Jobs.Jobs.Selection selection = All ? new Domain.Jobs.Jobs.Selection.Matching(View.Filter) : new Domain.Jobs.Jobs.Selection.Named(Members);
        switch (await WriteAsync(transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, AccountId, choice.Action, selection)))
        {
            case Domain.Jobs.Jobs.PrepareResult.Preparing preparing:
                return await GoOnAsync(preparing.JobId);
            default:
                Wrong = $"There are {Domain.Jobs.Jobs.MostUnfinished} unfinished jobs in this account. Finish or discard some of them first.";
                return Page();
        }
    }

    private async Task SelectAsync(Func<string, Microsoft.Extensions.Primitives.StringValues> valuesOf)
    {
        View = MemberQuery.Read(name => valuesOf(name).FirstOrDefault());
        All = valuesOf("all") == "true";
        Members = All ? [] : [.. valuesOf("member").OfType<string>().Distinct(StringComparer.Ordinal).Take(Domain.Jobs.Jobs.MostNamed)];
        Count = All ? await ReadAsync(reader => MemberList.CountAsync(reader, AccountId, View.Filter)) : (await ReadAsync(reader => MemberList.ReadOnesAsync(reader, AccountId, Members))).Count;
    }
}
