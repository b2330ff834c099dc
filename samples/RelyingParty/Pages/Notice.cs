using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdentityHub.RelyingParty.Pages;

/// <summary>A plain page: what happened, what to do, and where to go on.</summary>
/// <remarks>The detail is for support staff only; the page makes sense without it.</remarks>
public sealed record Notice(int Status, string Title, IReadOnlyList<string> Paragraphs, IReadOnlyList<Notice.Link> Links, string? Detail = null)
    : IResult
{
    public sealed record Link(string Label, string Href);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "5";
        }

        var page = new RazorComponentResult<NoticePage>(new { Notice = this }) { StatusCode = Status, PreventStreamingRendering = true };
        return page.ExecuteAsync(httpContext);
    }
}
