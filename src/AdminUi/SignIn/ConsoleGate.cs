using System.Reflection;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>
/// Stands before every page of the console: who is not signed in signs in and lands on the same page; who is, acts in the account that the address names, and may there what
/// the page's model declares. Comes before the framework's antiforgery check, so that a form of an ended session leads to the sign-in and not to a fault.
/// </summary>
internal sealed class ConsoleGate : IAsyncAuthorizationFilter, IAlwaysRunResultFilter
{
    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        ConsoleAnswer.Secure(http);
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            await ConsoleAnswer.WriteAsync(http, StatusCodes.Status403Forbidden, "This form came from somewhere else", "Nothing was changed.", "/admin", "Go to the console");
            context.Result = new EmptyResult();
            return;
        }

        var person = await http.RequestServices.GetRequiredService<ConsoleSessions>().FindAsync(http);
        http.Items[typeof(ConsolePerson)] = person;
        var page = ((CompiledPageActionDescriptor)context.ActionDescriptor).ModelTypeInfo!;
        var caller = page.GetCustomAttribute<CallersAttribute>()?.Caller ?? throw new InvalidOperationException($"{page.Name} does not say who may call it.");
        if (await StopAsync(http, person, context.RouteData.Values["account"] as string, caller) || !await MayAsync(http, person!, page, caller))
        {
            context.Result = new EmptyResult();
        }
    }

    /// <summary>A form that lost its proof of origin changes nothing; the person lands on it again.</summary>
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult)
        {
            return;
        }

        var http = context.HttpContext;
        var flash = http.RequestServices.GetRequiredService<ITempDataDictionaryFactory>().GetTempData(http);
        flash[ConsolePage.FlashErrorKey] = "Nothing was changed: this form was opened too long ago, or under another sign-in or account. Here it is again.";
        flash.Save();
        context.Result = new RedirectResult(http.Request.PathBase + FormAddress(http));
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }

    /// <summary>The address at which the form of a POST is shown: that of a page is its own.</summary>
    public static string FormAddress(HttpContext http)
    {
        var query = QueryString.Create(http.Request.Query.Where(pair => pair.Key != "handler"));
        return http.Request.Path + query.ToUriComponent();
    }

    private static async Task<bool> StopAsync(HttpContext http, ConsolePerson? person, string? account, Caller caller)
    {
        var signIn = http.RequestServices.GetRequiredService<ConsoleSignIn>();
        var wish = new ConsoleSignIn.Wish(FormAddress(http)) { Account = account, AcrValues = caller == Caller.Person ? null : Assurance.MultiFactor };
        if (person is null)
        {
            await signIn.BeginAsync(http, wish);
            return true;
        }

        if (account is not null && person.Place?.AccountId != account)
        {
            await (person.Places.FirstOrDefault(place => place.AccountId == account) is { } other
                ? SwitchAsync(http, signIn, person, other, wish)
                : ConsoleAnswer.WriteAsync(http, StatusCodes.Status404NotFound, "There is nothing here", "The address is wrong, or what was here is gone, or you are not a member of that account.", "/admin", "Go to the console"));
            return true;
        }

        if (MissesFactor(http, person, caller) is { } essential)
        {
            // Asked for since this session began, or spared because the browser is remembered.
            await signIn.BeginAsync(http, wish with { Account = person.Place?.AccountId, AcrValues = Assurance.MultiFactor, IsEssential = essential });
            return true;
        }

        return false;
    }

    /// <summary>
    /// Pages of the administration take two factors of everybody who has or must have them, and codes by e-mail are none. One's own settings take what the account asks of
    /// any sign-in, which may be such a code, and wait for the days of grace: in them one sets up what is missing.
    /// </summary>
    /// <returns>Null when nothing is missing; otherwise whether the sign-in fails where it cannot be given.</returns>
    private static bool? MissesFactor(HttpContext http, ConsolePerson person, Caller caller)
    {
        if (caller == Caller.Person)
        {
            return person.Place is { } place && !FactorRules.IsEnoughFor(person.Amr, place) && !HasGrace(http, place) ? !place.EmailCodesCount : null;
        }

        return person.Level >= AssuranceLevel.TwoFactors ? null
            : person.Place?.RequiresSecondFactor == true ? true
            : person.OwesFactor ? false
            : null;
    }

    private static bool HasGrace(HttpContext http, MembershipView place) =>
        place.TwoFactorGraceDays > 0
        && (place.SecondFactorAskedAt is not { } asked || asked + TimeSpan.FromDays(place.TwoFactorGraceDays) > http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    /// <summary>An address leads into another account by a step of the protocol; a form does not: what was typed under one account is never done in another.</summary>
    private static Task SwitchAsync(HttpContext http, ConsoleSignIn signIn, ConsolePerson person, MembershipView other, ConsoleSignIn.Wish wish) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? signIn.BeginAsync(http, wish with { Account = other.AccountId })
            : ConsoleAnswer.WriteAsync(
                http, StatusCodes.Status409Conflict, "You act in another account now",
                $"This form belongs to {other.AccountName}, but you act in {person.Place?.AccountName ?? "no account"}. Nothing was changed. Open the form again to act in {other.AccountName}.",
                FormAddress(http), $"Open it in {other.AccountName}");

    private static async Task<bool> MayAsync(HttpContext http, ConsolePerson person, TypeInfo page, Caller caller)
    {
        var may = caller switch
        {
            Caller.Person => true,
            Caller.Operator => person.Operator,
            Caller.Administrator => page.GetCustomAttribute<NeedsAttribute>() is { } needs && person.May(needs.Permission),
            _ => throw new InvalidOperationException($"{page.Name} is for {caller}, whom the console does not know."),
        };
        if (!may && person.HeldUntil is { } until)
        {
            await ConsoleAnswer.WriteAsync(
                http, StatusCodes.Status403Forbidden, "Not yet",
                $"Your second factors were reset, so you hold no administrator’s right until {Times.Text(person, until)}. If you set up a passkey, you hold it again at once.",
                "/me/security", "Set up a passkey");
        }
        else if (!may)
        {
            await ConsoleAnswer.WriteAsync(
                http, StatusCodes.Status403Forbidden, "You may not do this",
                caller == Caller.Operator
                    ? "These pages are for those who run the hub."
                    : $"Your role in {person.Place?.AccountName ?? "this hub"} does not allow it. An administrator there can change your role or permission level.",
                "/me", "Go to your own settings");
        }

        return may;
    }
}
