using System.Globalization;
using System.Text.Json;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.AdminUi.Reports;

/// <summary>An audit as a file to keep.</summary>
internal static class AuditFile
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    public static StreamedFile Csv(IHubStore store, AuditQuery query) => new($"audit-{query.AccountId ?? "hub"}.csv", "text/csv", WriteCsvAsync(store, query));

    /// <summary>An array with an object for each entry, the newest first.</summary>
    public static StreamedFile Json(IHubStore store, AuditQuery query) => new($"audit-{query.AccountId ?? "hub"}.json", "application/json", WriteJsonAsync(store, query));

    private static async IAsyncEnumerable<string> WriteCsvAsync(IHubStore store, AuditQuery query)
    {
        var csv = new CsvWriter();
        csv.Row("Number", "When (UTC)", "Account", "Action", "Who", "What", "To whom", "From where", "Before and after", "Hash");
        yield return CsvWriter.ByteOrderMark + csv.Take();
        await foreach (var chunk in AuditReader.AllAsync(store, query))
        {
            foreach (var line in chunk)
            {
                csv.Row(
                    line.Sequence.ToString(CultureInfo.InvariantCulture), ReportWords.Machine(line.At), line.AccountId, line.Action, line.Actor.Name, line.Sentence, line.Subject?.Name, line.From,
                    AuditWords.Changes(line.Details), line.Hash);
            }

            yield return csv.Take();
        }
    }

    private static async IAsyncEnumerable<string> WriteJsonAsync(IHubStore store, AuditQuery query)
    {
        var before = "[\n";
        await foreach (var chunk in AuditReader.AllAsync(store, query))
        {
            foreach (var line in chunk)
            {
                yield return before + JsonSerializer.Serialize(
                    new
                    {
                        number = line.Sequence, at = ReportWords.Machine(line.At), account = line.AccountId, action = line.Action, actor = line.Actor, subject = line.Subject, sentence = line.Sentence,
                        from = line.From, changes = line.Details.Changes, facts = line.Details.Facts, erased = line.IsErased, hash = line.Hash,
                    },
                    Names);
                before = ",\n";
            }
        }

        yield return before == "[\n" ? "[]\n" : "\n]\n";
    }
}
