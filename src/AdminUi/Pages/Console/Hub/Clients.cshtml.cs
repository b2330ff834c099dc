using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>Every client of the hub.</summary>
[Callers(Caller.Operator)]
internal sealed class ClientsModel : OperatorPage
{
    public const int PageSize = 50;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public IReadOnlyList<ClientLine> Clients { get; private set; } = [];

    /// <summary>Where the next page begins; null on the last.</summary>
    public string? Next { get; private set; }

    public async Task OnGetAsync()
    {
        var found = await ReadAsync(reader => ClientList.FindAsync(reader, Text, After, PageSize + 1));
        Clients = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Clients[^1].Id : null;
    }
}
