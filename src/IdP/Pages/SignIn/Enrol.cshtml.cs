using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.IdP.Pages.SignIn;

/// <summary>A second factor is set up: one that is required before anything is let through, or one that the person came to set up from their own settings.</summary>
[Callers(Caller.SignIn)]
internal sealed class EnrolModel : SignInPage
{
    /// <summary>The check box by which every other session ends.</summary>
    public const string OthersField = "others";

    private readonly EnrolStep steps;
    private readonly EnrolConfirm confirm;

    public EnrolModel(SignInFlow flow, EnrolStep steps, EnrolConfirm confirm)
    {
        Flow = flow;
        this.steps = steps;
        this.confirm = confirm;
    }

    public enum View
    {
        Choose,
        App,
        Address,
        MailedCode,
        Passkey,
        MakeCodes,
        Codes,
    }

    public override SignInFlow Flow { get; }

    public Enrolling Enrolling { get; private set; } = null!;

    public View Shown { get; private set; }

    public bool IsWish => Enrolling.IsWish(Current);

    /// <summary>Until when it can be put off; null where it cannot.</summary>
    public DateTimeOffset? PutOffUntil => Enrolling.Step.PutOff?.Until;

    /// <summary>Whether there is another way, or another address, to go back and choose.</summary>
    public bool MayChooseAgain => Shown switch
    {
        View.App or View.Address => Enrolling.Step.Kind is null,
        View.MailedCode => true,
        _ => false,
    };

    public string? Message { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await ReadAsync())
        {
            return await GoOnAsync();
        }

        await steps.RecordAskedAsync(HttpContext, Current, Enrolling);
        if (Enrolling is { Pending: null, Step.Kind: Enrolment.Totp })
        {
            // Who came for an authenticator app and nothing else has nothing to choose.
            await steps.BeginTotpAsync(HttpContext, Current, Enrolling);
            return ReadAgain();
        }

        return Page();
    }

    /// <summary>A way was chosen, or another one is to be.</summary>
    public async Task<IActionResult> OnPostChooseAsync()
    {
        var form = await FormAsync();
        if (!await ReadAsync())
        {
            return await GoOnAsync();
        }

        if (Enrolling.Pending?.RecoveryCodes is null)
        {
            await (form["way"] == "app" ? steps.BeginTotpAsync(HttpContext, Current, Enrolling) : steps.ForgetAsync(HttpContext, Current, Enrolling));
        }

        return ReadAgain(form["way"] is "mail" ? "&way=mail" : "");
    }

    /// <summary>An address for codes was typed, or another code is wanted there.</summary>
    public async Task<IActionResult> OnPostAddressAsync()
    {
        var form = await FormAsync();
        if (!await ReadAsync() || !Enrolling.Offers(Enrolment.Email))
        {
            return await GoOnAsync();
        }

        var address = (form["address"] ?? Enrolling.Pending?.EmailAddress ?? "").Trim();
        if (!EmailAddress.IsPlausible(address))
        {
            Shown = View.Address;
            return Again("This is no e-mail address. Type it again.");
        }

        var sent = await steps.BeginEmailAsync(HttpContext, Current, Enrolling, address);
        if (sent == MailedCodeSent.Sent)
        {
            return ReadAgain();
        }

        return Again(MailedCode.WordsOf(sent));
    }

    /// <summary>A code of what is being set up was typed.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        var form = await FormAsync();
        if (!await ReadAsync())
        {
            return await GoOnAsync();
        }

        var endOthers = IsWish && form[OthersField] is not null;
        var outcome = Enrolling.Pending switch
        {
            { TotpSecret: not null } => await confirm.ConfirmTotpAsync(HttpContext, Current, Enrolling, form["code"], endOthers),
            { EmailAddress: not null } => await confirm.ConfirmEmailAsync(HttpContext, Current, Enrolling, form["code"], endOthers),
            _ => EnrolConfirm.Outcome.Wrong,
        };
        return outcome switch
        {
            EnrolConfirm.Outcome.Done => Continue(),
            EnrolConfirm.Outcome.Busy => Busy(),
            _ => Again(Shown == View.App
                ? "This code is not right. Wait for the next one that your app shows and type it. If that does not help, look whether the clock of your device is right."
                : "This code is not right, or it was used before. Type it again, or have a new one sent. After several wrong ones only a new one helps."),
        };
    }

    /// <summary>Other recovery codes are wanted.</summary>
    public async Task<IActionResult> OnPostCodesAsync()
    {
        if (!await ReadAsync() || !Enrolling.Offers(Enrolment.RecoveryCodes) || Enrolling.Pending is not null)
        {
            return await GoOnAsync();
        }

        return await confirm.MakeCodesAsync(HttpContext, Current, Enrolling.Session) == EnrolConfirm.Outcome.Busy ? Busy() : ReadAgain();
    }

    /// <summary>The recovery codes that are shown are kept.</summary>
    public async Task<IActionResult> OnPostKeptAsync()
    {
        var form = await FormAsync();
        if (!await ReadAsync() || Enrolling.Pending?.RecoveryCodes is null)
        {
            return await GoOnAsync();
        }

        if (form["kept"] is null)
        {
            return Again("Keep the codes first, then tick the box: they are not shown again.");
        }

        await steps.TryKeepCodesAsync(HttpContext, Current, Enrolling);
        return Continue();
    }

    /// <summary>Another day.</summary>
    public async Task<IActionResult> OnPostLaterAsync()
    {
        if (await ReadAsync())
        {
            await steps.PutOffAsync(HttpContext, Current, Enrolling);
        }

        return Continue();
    }

    /// <summary>Back to where the person came from: without, where they came of themselves; without being signed in, where it is required.</summary>
    public async Task<IActionResult> OnPostCancelAsync()
    {
        if (await ReadAsync() && IsWish && Enrolling.Step.Kind == Current.Request.Enrol)
        {
            await steps.LeaveAsync(HttpContext, Current, Enrolling);
            return Continue();
        }

        await Flow.FailAsync(HttpContext, Current, OAuthError.AccessDenied("the user went back"));
        return new EmptyResult();
    }

    /// <returns>False when this is not the step that the sign-in is at.</returns>
    private async Task<bool> ReadAsync()
    {
        if (await steps.ReadAsync(HttpContext, Current) is not { } enrolling)
        {
            return false;
        }

        Enrolling = enrolling;
        Shown = enrolling switch
        {
            { Pending.RecoveryCodes: not null } => View.Codes,
            { Pending.TotpSecret: not null } => View.App,
            { Pending.EmailAddress: not null } => View.MailedCode,
            { Step.Kind: Enrolment.Email } => View.Address,
            { Step.Kind: Enrolment.Passkey } => View.Passkey,
            { Step.Kind: Enrolment.RecoveryCodes } => View.MakeCodes,
            _ => Request.Query["way"] == "mail" && enrolling.Offers(Enrolment.Email) ? View.Address : View.Choose,
        };
        return true;
    }

    /// <summary>The page once more, from what stands by now.</summary>
    private EmptyResult ReadAgain(string more = "")
    {
        SignInFlow.SeeOther(HttpContext, $"/sign-in/enrol?tx={Tx}{more}");
        return new EmptyResult();
    }

    /// <summary>The next step, from what stands by now.</summary>
    private EmptyResult Continue()
    {
        SignInFlow.SeeOther(HttpContext, $"/authorize/continue?tx={Tx}");
        return new EmptyResult();
    }

    private PageResult Busy()
    {
        Response.Headers.RetryAfter = "2";
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return Again("Too much is going on just now. Wait a moment and try again.");
    }

    private PageResult Again(string message)
    {
        Message = message;
        return Page();
    }
}
