using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>Which apps were told that somebody's access has ended, of somebody who was deleted: the address names nobody, and is good for an hour.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class ToldModel : AccountPage
{
    /// <summary>The word that <see cref="Deliveries.Follow"/> gave.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    /// <summary>Null when the word is too old, or none.</summary>
    public IReadOnlyList<AppDelivery>? Apps { get; private set; }

    public string Users => $"{Request.PathBase}/admin/accounts/{AccountId}/users";

    public async Task OnGetAsync() => Apps = Of is { Length: > 0 } word ? await ReadAsync(reader => Deliveries.FollowedAsync(reader, AccountId, word)) : null;
}

/// <summary>What the partial about told apps shows.</summary>
/// <param name="Apps">By name.</param>
/// <param name="Here">The address that shows it again.</param>
internal sealed record ToldApps(IReadOnlyList<AppDelivery> Apps, string Here)
{
    public bool IsMoving => Apps.Any(app => !app.IsSettled);
}
