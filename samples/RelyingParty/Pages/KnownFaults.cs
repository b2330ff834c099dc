using IdentityHub.RelyingParty.SignIn;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.RelyingParty.Pages;

/// <summary>Faults that are no bug get their own page; everything else stays an unhandled exception, logged and answered with 500.</summary>
internal sealed partial class KnownFaults(ILogger<KnownFaults> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Page(exception) is not { } page)
        {
            return false;
        }

        LogFault(logger, exception.Message);
        await page.ExecuteAsync(httpContext);
        return true;
    }

    public static Notice? Page(Exception? fault) => fault switch
    {
        HubUnreachableException => Notices.HubUnreachable,
        SignInRefusedException refused => Notices.Of(refused),
        BadHttpRequestException bad => Notices.OfStatus(bad.StatusCode),
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Fault}")]
    private static partial void LogFault(ILogger logger, string fault);
}
