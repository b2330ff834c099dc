using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>The account chooser.</summary>
[Callers(Caller.SignIn)]
internal sealed class AccountModel : SignInPage
{
    private readonly IHubStore store;
    private readonly SignOut signOut;

    public AccountModel(SignInFlow flow, IHubStore store, SignOut signOut)
    {
        Flow = flow;
        this.store = store;
        this.signOut = signOut;
    }

    public override SignInFlow Flow { get; }

    public IReadOnlyList<MembershipView> Accounts { get; private set; } = [];

    public string UserName { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.ChooseAccount choice)
        {
            return await GoOnAsync();
        }

        Accounts = choice.Accounts;
        UserName = (await Flow.SessionAsync(HttpContext))?.UserName ?? "";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.ChooseAccount choice
            || form["account"] is not { } picked || !choice.Accounts.Any(place => place.AccountId == picked))
        {
            return await GoOnAsync();
        }

        await store.WriteAsync(
            new Actor.Hub("sign-in"),
            async transaction =>
            {
                await SignIns.RecordAccountAsync(transaction, Tx, picked);
                return true;
            },
            HttpContext.RequestAborted);
        Current.Row.AccountId = picked;
        return await GoOnAsync();
    }

    public async Task<IActionResult> OnPostOtherAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.ChooseAccount)
        {
            return await GoOnAsync();
        }

        await signOut.EndAsync(HttpContext, "another user signs in");
        SignInFlow.SeeOther(HttpContext, $"/sign-in?tx={Tx}");
        return new EmptyResult();
    }
}
