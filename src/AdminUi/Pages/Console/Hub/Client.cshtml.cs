using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>One client: everything about it, another secret, and whether it may be used.</summary>
[Callers(Caller.Operator)]
internal sealed class ClientModel(ClientSecret secrets) : OperatorPage
{
    private readonly Dictionary<string, string> wrong = [];

    [FromRoute]
    public string Id { get; set; } = "";

    public Client Client { get; private set; } = null!;

    public ClientFormView View { get; private set; } = null!;

    /// <summary>What is otherwise by now than in the form that was sent, when somebody else changed the client meanwhile; null when nobody did.</summary>
    public IReadOnlyList<(string Field, string Value)>? Meanwhile { get; private set; }

    /// <summary>A secret that was just made; null where none was.</summary>
    public string? Secret { get; private set; }

    /// <summary>Whether it is the hub's own, which nobody changes.</summary>
    public bool IsHubsOwn => Client.Id == ConsoleRegistration.ClientId;

    public async Task<IActionResult> OnGetAsync() => await LoadAsync(null) ? Page() : await NothingHereAsync();

    public async Task<IActionResult> OnPostAsync([FromForm] ClientForm form)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        if (!await LoadAsync(form))
        {
            return await NothingHereAsync();
        }

        if (form.Shown != ClientForm.Mark(Client))
        {
            Meanwhile = ClientForm.Of(Client).DifferencesFrom(form);
            Response.StatusCode = StatusCodes.Status409Conflict;
            return Page();
        }

        var metadata = form.ToMetadata(Client.Id, wrong);
        return await AnswerAsync(
            wrong.Count > 0
                ? new ClientRegistration.Result.Refused(ClientRules.Check(metadata with { ClientSecret = metadata.TokenEndpointAuthMethod == "none" ? null : "checked" }))
                : await WriteAsync(transaction => ClientRegistration.ChangeAsync(transaction, metadata, secrets)),
            "The client was changed.");
    }

    public async Task<IActionResult> OnPostSecretAsync() =>
        await RequireFreshAsync() ?? (await LoadAsync(null)
            ? await AnswerAsync(await WriteAsync(transaction => ClientRegistration.RotateSecretAsync(transaction, Client.Id, secrets)), "")
            : await NothingHereAsync());

    public Task<IActionResult> OnPostDisableAsync() => SetDisabledAsync(true, "The client is disabled. Nothing that it held works any more.");

    public Task<IActionResult> OnPostEnableAsync() => SetDisabledAsync(false, "The client may be used again. Nothing that it held before comes back.");

    private async Task<IActionResult> SetDisabledAsync(bool disabled, string sentence) =>
        await RequireFreshAsync() ?? (await LoadAsync(null)
            ? await AnswerAsync(await WriteAsync(transaction => ClientRegistration.SetDisabledAsync(transaction, Client.Id, disabled)), sentence)
            : await NothingHereAsync());

    private async Task<IActionResult> AnswerAsync(ClientRegistration.Result result, string sentence)
    {
        switch (result)
        {
            case ClientRegistration.Result.Done { Secret: { } secret }:
                await LoadAsync(null);
                Secret = secret;
                return Page();
            case ClientRegistration.Result.Refused refused:
                ClientForm.Explain(refused.Faults, wrong);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return Page();
            case ClientRegistration.Result.NoSuchClient:
                return await NothingHereAsync();
            case ClientRegistration.Result.HubsOwn:
                FlashError("This client is the hub's own. Nothing was changed.");
                break;
            case ClientRegistration.Result.Unchanged:
                Flash("Nothing was changed.");
                break;
            default:
                Flash(sentence);
                break;
        }

        return Redirect($"{Request.PathBase}/admin/hub/clients/{Uri.EscapeDataString(Client.Id)}");
    }

    /// <param name="form">What was typed; null for what is.</param>
    private async Task<bool> LoadAsync(ClientForm? form)
    {
        // A slash within an id stays escaped in the path.
        var unescaped = Id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var (client, seated) = await ReadAsync(async reader => (Clients.Find(reader, Id) ?? Clients.Find(reader, unescaped), await Applications.SeatedAsync(reader)));
        if (client is null)
        {
            return false;
        }

        Client = client;
        View = new(form ?? ClientForm.Of(client), wrong, [.. seated.Select(one => (one.Id, one.Name))], IsNew: false);
        return true;
    }
}
