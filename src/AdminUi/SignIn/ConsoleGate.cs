using System.Reflection;
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
    private const string MultiFactor = "https://refeds.org/profile/mfa";

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
        if (await StopAsync(http, person, context.RouteData.Values["account"] as string) || !await MayAsync(http, person!, ((CompiledPageActionDescriptor)context.ActionDescriptor).ModelTypeInfo!))
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

    private static async Task<bool> StopAsync(HttpContext http, ConsolePerson? person, string? account)
    {
        var signIn = http.RequestServices.GetRequiredService<ConsoleSignIn>();
        if (person is null)
        {
            await signIn.BeginAsync(http, new(FormAddress(http)) { Account = account });
            return true;
        }

        if (account is not null && person.Place?.AccountId != account)
        {
            await (person.Places.FirstOrDefault(place => place.AccountId == account) is { } other
                ? SwitchAsync(http, signIn, person, other)
                : ConsoleAnswer.WriteAsync(http, StatusCodes.Status404NotFound, "There is nothing here", "The address is wrong, or what was here is gone, or you are not a member of that account.", "/admin", "Go to the console"));
            return true;
        }

        if (person.Place?.RequiresSecondFactor == true && !person.Amr.Split(' ').Contains("mfa"))
        {
            // Asked for since this session began.
            await signIn.BeginAsync(http, new(FormAddress(http)) { Account = person.Place.AccountId, AcrValues = MultiFactor });
            return true;
        }

        return false;
    }

    /// <summary>An address leads into another account by a step of the protocol; a form does not: what was typed under one account is never done in another.</summary>
    private static Task SwitchAsync(HttpContext http, ConsoleSignIn signIn, ConsolePerson person, Domain.Accounts.MembershipView other) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? signIn.BeginAsync(http, new(FormAddress(http)) { Account = other.AccountId })
            : ConsoleAnswer.WriteAsync(
                http, StatusCodes.Status409Conflict, "You act in another account now",
                $"This form belongs to {other.AccountName}, but you act in {person.Place?.AccountName ?? "no account"}. Nothing was changed. Open the form again to act in {other.AccountName}.",
                FormAddress(http), $"Open it in {other.AccountName}");

    private static async Task<bool> MayAsync(HttpContext http, ConsolePerson person, TypeInfo page)
    {
        var caller = page.GetCustomAttribute<CallersAttribute>()?.Caller ?? throw new InvalidOperationException($"{page.Name} does not say who may call it.");
        var may = caller switch
        {
            Caller.Person => true,
            Caller.Operator => person.Operator,
            Caller.Administrator => page.GetCustomAttribute<NeedsAttribute>() is { } needs && person.May(needs.Permission),
            _ => throw new InvalidOperationException($"{page.Name} is for {caller}, whom the console does not know."),
        };
        if (!may)
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
