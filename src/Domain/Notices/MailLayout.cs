namespace IdentityHub.Domain.Notices;

/// <summary>The HTML around what a mail says: readable in light and dark, on a phone, and where a mail program drops the style sheet. Fetches nothing.</summary>
/// <remarks>Every argument is HTML already.</remarks>
internal static class MailLayout
{
    private const string Style =
        ".page{background:#f2f4f7;color:#1a1d23}.card{background:#ffffff;border-color:#d5dae1}.aside{color:#4a5160}"
        + "@media(prefers-color-scheme:dark){.page{background:#14171c;color:#e8eaed}.card{background:#1c2027;border-color:#3a414c}.aside{color:#b4bac4}}";

    public static string Page(string title, string body) =>
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
        <title>{title}</title><style>{Style}</style></head>
        <body class="page" style="margin:0;padding:24px 12px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
        <div class="card" role="article" aria-label="{title}" style="max-width:560px;margin:0 auto;padding:8px 24px;border-width:1px;border-style:solid;border-radius:8px;overflow-wrap:anywhere">
        {body}</div></body></html>

        """;

    public static string Paragraph(string words) => $"<p style=\"margin:16px 0\">{words}</p>";

    public static string List(IEnumerable<string> lines) =>
        $"<ul style=\"margin:16px 0;padding-left:24px\">{string.Concat(lines.Select(line => $"<li style=\"margin:4px 0\">{line}</li>"))}</ul>";

    /// <summary>The address stands below it too: some programs show no buttons, and people like to see where one leads.</summary>
    public static string Button(string words, string link) =>
        $"<p style=\"margin:24px 0\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:#0b57d0;color:#ffffff;font-weight:600;text-decoration:none\">{words}</a></p>\n"
        + $"<p class=\"aside\" style=\"margin:16px 0;font-size:14px\">Or copy this address into your browser:<br>{link}</p>";
}
