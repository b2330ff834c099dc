using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The receivers of security events, and how they are stopped.</summary>
[Callers(Caller.Operator)]
internal sealed class StreamsModel : OperatorPage
{
    public IReadOnlyList<StreamLine> Streams { get; private set; } = [];

    public async Task OnGetAsync() => Streams = await ReadAsync(StreamList.ReadAsync);

    public async Task<IActionResult> OnPostStatusAsync(string? stream, StreamStatus? status)
    {
        if (status is not { } wanted || !Enum.IsDefined(wanted) || !await WriteAsync(transaction => StreamList.SetStatusAsync(transaction, stream ?? "", wanted)))
        {
            FlashError("There is no such stream any more, or no such status. Nothing was changed.");
        }
        else
        {
            Flash(wanted switch
            {
                StreamStatus.Enabled => "The stream transmits. Its receiver is told.",
                StreamStatus.Paused => "The stream is paused: what happens is kept for it. Its receiver is told.",
                _ => "The stream is disabled: what waited for it is dropped. Its receiver is told.",
            });
        }

        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostDeleteAsync(string? stream)
    {
        if (await WriteAsync(transaction => StreamList.DeleteAsync(transaction, stream ?? "")))
        {
            Flash("The stream is deleted, with what waited for it. To keep its receiver from making another, disable the client.");
        }
        else
        {
            FlashError("There is no such stream any more.");
        }

        return RedirectToPage();
    }

    /// <returns>The words and the look of a status.</returns>
    public static (string Words, string Look) Badge(StreamStatus status) => status switch
    {
        StreamStatus.Enabled => ("transmits", "good"),
        StreamStatus.Paused => ("paused", "warn"),
        _ => ("disabled", "bad"),
    };
}
