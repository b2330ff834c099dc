using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>What must still leave the hub: mails, notices to apps, and what else is done after a commit.</summary>
[Callers(Caller.Operator)]
internal sealed class QueuesModel(TimeProvider time) : OperatorPage
{
    public const int PageSize = 100;

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true)]
    public OutboxState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public long After { get; set; }

    public IReadOnlyList<QueueStanding> Queues { get; private set; } = [];

    public IReadOnlyList<OutboxLine> Messages { get; private set; } = [];

    /// <summary>Where the next page begins; null on the last.</summary>
    public long? Next { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public async Task OnGetAsync()
    {
        var kind = string.IsNullOrEmpty(Kind) ? null : Kind;
        (Queues, var found) = await ReadAsync(async reader => (await Outbox.QueuesAsync(reader), await Outbox.ListAsync(reader, kind, State, After, PageSize + 1)));
        Messages = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Messages[^1].Sequence : null;
    }

    public async Task<IActionResult> OnPostAgainAsync(long message)
    {
        if (await WriteAsync(transaction => Outbox.SendAgainAsync(transaction, message)))
        {
            Flash("It is tried once more now.");
        }
        else
        {
            FlashError("It was delivered meanwhile, or there is nothing left of it to send.");
        }

        return RedirectToPage(new { kind = Kind, state = State });
    }

    public async Task<IActionResult> OnPostAllAsync(string? queue)
    {
        var count = await WriteAsync(transaction => Outbox.SendAllAgainAsync(transaction, queue ?? ""));
        Flash(count == 0 ? "Nothing in that queue waits for another attempt." : $"{Times.Count(count, "message")} {(count == 1 ? "is" : "are")} tried again now.");
        return RedirectToPage(new { kind = Kind, state = State });
    }

    /// <returns>What a kind is called.</returns>
    public static string Words(string kind) => kind switch
    {
        "mail" => "Mails",
        "backchannel-logout" => "Sign-out notices to apps",
        "security-event" => "Security events to receivers",
        "account-shut" => "Accounts that were shut",
        "mail-erasure" => "Mails of deleted people to erase",
        _ => kind,
    };
}
