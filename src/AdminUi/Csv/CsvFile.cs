using System.Globalization;
using System.Text;
using IdentityHub.Domain.Csv;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace IdentityHub.AdminUi.Csv;

/// <summary>A file of comma-separated values that is written while it is read: a list of any length takes the memory of one chunk.</summary>
/// <param name="name">The file's name without its ending; the day is added.</param>
/// <param name="heading">The first line.</param>
/// <param name="more">Writes the next lines; false when there are no more.</param>
internal sealed class CsvFile(string name, IReadOnlyList<string> heading, Func<CsvWriter, Task<bool>> more) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        var day = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{name}-{day}.csv" }.ToString();
        if (HttpMethods.IsHead(context.HttpContext.Request.Method))
        {
            return;
        }

        var writer = new CsvWriter();
        writer.Row([.. heading]);
        await response.WriteAsync(CsvWriter.ByteOrderMark + writer.Take(), Encoding.UTF8, context.HttpContext.RequestAborted);
        for (var goesOn = true; goesOn;)
        {
            goesOn = await more(writer);
            await response.WriteAsync(writer.Take(), Encoding.UTF8, context.HttpContext.RequestAborted);
        }
    }
}
