using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Pages;

/// <summary>The error page, for the host.</summary>
public static class ErrorPage
{
    /// <summary>A page with a sentence, a way on and a reference id.</summary>
    public static Task WriteAsync(HttpContext context, int status, string title, string whatToDo) => PlainPage.WriteErrorAsync(context, status, title, whatToDo);
}
