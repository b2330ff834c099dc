using System.Text;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace IdentityHub.AdminUi.Reports;

/// <summary>Answers with a file to keep, written out as it is read: of any length, and never in memory whole.</summary>
/// <param name="name">The file's name, with which the browser keeps it.</param>
/// <param name="type">Its media type; the text is UTF-8.</param>
/// <param name="text">The file, piece by piece.</param>
internal sealed class StreamedFile(string name, string type, IAsyncEnumerable<string> text) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.ContentType = type + "; charset=utf-8";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        response.Headers.ContentDisposition = disposition.ToString();
        await foreach (var piece in text.WithCancellation(context.HttpContext.RequestAborted))
        {
            await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(piece), context.HttpContext.RequestAborted);
        }
    }

    /// <summary>A report as comma-separated values, formulas defused.</summary>
    public static StreamedFile Of(IHubStore store, ReportQuery query, DateTimeOffset now, string about) =>
        new($"report-{about}-{ReportWords.Iso(query.From)}-to-{ReportWords.Iso(query.To)}.csv", "text/csv", WriteAsync(store, query, now));

    private static async IAsyncEnumerable<string> WriteAsync(IHubStore store, ReportQuery query, DateTimeOffset now)
    {
        var csv = new CsvWriter();
        csv.Row("Started (UTC)", "Last used (UTC)", "Ended (UTC)", "Seconds", "How it ended", "Name", "User name", "App", "App id", "Address", "Browser");
        yield return CsvWriter.ByteOrderMark + csv.Take();
        await foreach (var chunk in ReportReader.AllAsync(store, query))
        {
            foreach (var line in chunk)
            {
                csv.Row(
                    ReportWords.Machine(line.StartedAt), ReportWords.Machine(line.LastSeenAt), line.EndedAt is { } end ? ReportWords.Machine(end) : "",
                    ((long)line.LengthAt(now).TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture), ReportWords.HowEnded(line), line.Person, line.UserName,
                    line.ClientName, line.ClientId, line.Address, line.Browser);
            }

            yield return csv.Take();
        }
    }
}
