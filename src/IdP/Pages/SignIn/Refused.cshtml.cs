using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>Someone signed in but is not let on to the app: why, and what to do.</summary>
[Callers(Caller.SignIn)]
internal sealed class RefusedModel : SignInPage
{
    private readonly AccountChoices choices;
    private readonly SignOut signOut;

    public RefusedModel(SignInFlow flow, AccountChoices choices, SignOut signOut)
    {
        Flow = flow;
        this.choices = choices;
        this.signOut = signOut;
    }

    public override SignInFlow Flow { get; }

    public string Heading { get; private set; } = "";

    public string WhatToDo { get; private set; } = "";

    public string UserName { get; private set; } = "";

    public bool MayChooseAnother { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.Refuse { Refusal: var refusal })
        {
            return await GoOnAsync();
        }

        Heading = refusal.Title;
        WhatToDo = refusal.WhatToDo;
        UserName = (await Flow.SessionAsync(HttpContext))?.UserName ?? "";
        MayChooseAnother = refusal.AnotherAccountMayDo && await choices.HasAnotherAsync(HttpContext, Current);
        return Page();
    }

    /// <summary>Back to the app, with the reason.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.Refuse { Refusal: var refusal })
        {
            return await GoOnAsync();
        }

        await Flow.FailAsync(HttpContext, Current, refusal.Error);
        return new EmptyResult();
    }

    public async Task<IActionResult> OnPostAccountAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is NextStep.Refuse { Refusal.AnotherAccountMayDo: true } && await choices.HasAnotherAsync(HttpContext, Current))
        {
            await choices.AskAgainAsync(HttpContext, Current);
        }

        return await GoOnAsync();
    }

    public async Task<IActionResult> OnPostOtherAsync()
    {
        if (await Flow.StepOfAsync(HttpContext, Current) is not NextStep.Refuse)
        {
            return await GoOnAsync();
        }

        await signOut.EndAsync(HttpContext, "another user signs in");
        SignInFlow.SeeOther(HttpContext, $"/sign-in?tx={Tx}");
        return new EmptyResult();
    }
}
