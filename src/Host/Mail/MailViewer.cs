using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail;

/// <summary>Shows the mails of a pickup directory in a browser: for the demo, on a loopback port of its own and nowhere else.</summary>
internal static partial class MailViewer
{
    private const int MostListed = 200;
    private const string Style =
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}" +
        "body{overflow-wrap:anywhere}li{margin:.5rem 0}dt{font-weight:600}dd{margin:0 0 .5rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:1rem;font:inherit}a{color:#0b57d0}" +
        "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#14171c}pre{background:#20252d}a{color:#8ab4f8}}";

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; " +
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps <c>GET /</c>, the list with the newest first, and <c>GET /{file}</c>, one mail.</summary>
    /// <param name="endpoints">A group, or the application of the viewer's own port.</param>
    /// <param name="directory">The pickup directory; it need not exist yet.</param>
    /// <remarks>Answers only requests for a loopback host: a foreign page whose name was made to point here (DNS rebinding) reads no mail.</remarks>
    public static IEndpointRouteBuilder MapMailViewer(this IEndpointRouteBuilder endpoints, string directory)
    {
        var group = endpoints.MapGroup("").AddEndpointFilter(AddressedHereAsync);
        group.MapGet("/", (CancellationToken ct) => ListAsync(directory, ct));
        group.MapGet("/{file}", (string file, CancellationToken ct) => ShowAsync(directory, file, ct));
        return endpoints;
    }

    private static ValueTask<object?> AddressedHereAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var headers = call.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        // The mails hold links that sign in; where they lead to need not know this page.
        headers["Referrer-Policy"] = "no-referrer";
        return call.HttpContext.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
            ? next(call)
            : ValueTask.FromResult<object?>(Page(StatusCodes.Status421MisdirectedRequest, "Not this host", "<p>The mail viewer answers for localhost alone.</p>"));
    }

    private static async Task<IResult> ListAsync(string directory, CancellationToken ct)
    {
        var rows = new StringBuilder();
        foreach (var name in PickedUpMail.Names(directory, MostListed))
        {
            // One may be deleted between the listing and the reading.
            if (await PickedUpMail.ReadAsync(directory, name, ct) is { } mail)
            {
                rows.Append("<li><a href=\"").Append(Html(mail.File)).Append("\">").Append(Html(mail.Subject)).Append("</a><br>to ")
                    .Append(Html(mail.To)).Append(", ").Append(Html(mail.Date)).Append("</li>");
            }
        }

        return Page(StatusCodes.Status200OK, "Mail", rows.Length == 0 ? "<p>No mail yet.</p>" : $"<ol reversed>{rows}</ol>");
    }

    private static async Task<IResult> ShowAsync(string directory, string file, CancellationToken ct) =>
        await PickedUpMail.ReadAsync(directory, file, ct) is { } mail
            ? Page(StatusCodes.Status200OK, mail.Subject,
                $"<dl><dt>From</dt><dd>{Html(mail.From)}</dd><dt>To</dt><dd>{Html(mail.To)}</dd><dt>Date</dt><dd>{Html(mail.Date)}</dd></dl>" +
                $"<pre>{WithLinks(mail.Text)}</pre><p><a href=\"./\">All mail</a></p>")
            : Page(StatusCodes.Status404NotFound, "No such mail", "<p><a href=\"./\">All mail</a></p>");

    private static IResult Page(int status, string title, string body) => Results.Content(
        $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>{Html(title)}</title>" +
        $"<style>{Style}</style></head><body><main><h1>{Html(title)}</h1>{body}</main></body></html>",
        "text/html", Encoding.UTF8, status);

    // Only http and https become links, and each piece is encoded for itself.
    private static string WithLinks(string text)
    {
        var html = new StringBuilder();
        var end = 0;
        foreach (Match link in LinkForm().Matches(text))
        {
            html.Append(Html(text[end..link.Index])).Append("<a rel=\"noreferrer\" href=\"").Append(Html(link.Value)).Append("\">").Append(Html(link.Value)).Append("</a>");
            end = link.Index + link.Length;
        }

        return html.Append(Html(text[end..])).ToString();
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    // A full stop or bracket at the end belongs to the sentence around it.
    [GeneratedRegex(@"https?://[^\s<>""']*[^\s<>""'.,;:!?)\]]")]
    private static partial Regex LinkForm();
}
