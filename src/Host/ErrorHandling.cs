using System.Data.Common;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim;
using Microsoft.AspNetCore.Diagnostics;

namespace IdentityHub.Host;

/// <summary>What is answered when something goes wrong that no endpoint answers itself: JSON to programs, a plain page to people, and never the fault itself.</summary>
internal static class ErrorHandling
{
    public static void UseHubErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = HandleAsync, SuppressDiagnosticsCallback = _ => false });
        app.UseStatusCodePages(context => context.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(context.HttpContext, "not_found", "There is nothing here", "The address is wrong, or what was here is gone."),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(context.HttpContext, "invalid_request", "This address is not used like that", "Go back and try again."),
            var status when ScimErrors.Owns(context.HttpContext) => ScimErrors.WriteAsync(context.HttpContext, status),
            _ => Task.CompletedTask,
        });
    }

    private static Task HandleAsync(HttpContext context)
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (fault is BadHttpRequestException bad)
        {
            context.Response.StatusCode = bad.StatusCode;
            return WriteAsync(context, "invalid_request", "The request could not be read", "Go back and try again.");
        }

        // Busy and broken storage alike: nothing was changed, and it is worth trying again.
        var unavailable = fault is StoreBusyException or StoreFailedException or DbException or { InnerException: DbException };
        context.Response.StatusCode = unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        if (unavailable)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        return WriteAsync(
            context, unavailable ? "temporarily_unavailable" : "server_error", "Something went wrong here",
            "It is not your fault. Try again in a moment; if it stays, tell the people who run this service, with the reference below.");
    }

    private static Task WriteAsync(HttpContext context, string code, string title, string whatToDo)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (ScimErrors.Owns(context))
        {
            return ScimErrors.WriteAsync(context, context.Response.StatusCode);
        }

        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return IdP.Pages.ErrorPage.WriteAsync(context, context.Response.StatusCode, title, whatToDo);
        }

        return context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = code, ["error_description"] = title, ["reference"] = context.TraceIdentifier });
    }
}
