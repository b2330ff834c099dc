using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>Registers a client. Its secret is shown in the answer, once.</summary>
[Callers(Caller.Operator)]
internal sealed class RegisterClientModel(ClientSecret secrets) : OperatorPage
{
    private Dictionary<string, string> wrong = [];

    public ClientFormView View { get; private set; } = null!;

    /// <summary>The client that was just registered; null before.</summary>
    public ClientMetadata? Registered { get; private set; }

    /// <summary>Its secret; null for a public client.</summary>
    public string? Secret { get; private set; }

    public Task OnGetAsync() => LoadAsync(ClientForm.Fresh());

    public async Task<IActionResult> OnPostAsync([FromForm] ClientForm form)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        wrong = [];
        var metadata = form.ToMetadata(null, wrong);
        var result = wrong.Count > 0
            ? new ClientRegistration.Result.Refused(ClientRules.Check(metadata with { ClientSecret = metadata.TokenEndpointAuthMethod == "none" ? null : "checked" }))
            : await WriteAsync(transaction => ClientRegistration.RegisterAsync(transaction, metadata, secrets));
        if (result is ClientRegistration.Result.Done done)
        {
            (Registered, Secret) = (metadata, done.Secret);
            return Page();
        }

        ClientForm.Explain(((ClientRegistration.Result.Refused)result).Faults, wrong);
        await LoadAsync(form);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private async Task LoadAsync(ClientForm form)
    {
        var seated = await ReadAsync(Applications.SeatedAsync);
        View = new(form, wrong, [.. seated.Select(one => (one.Id, one.Name))], IsNew: true);
    }
}
