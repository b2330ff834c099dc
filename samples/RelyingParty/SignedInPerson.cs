using System.Security.Claims;
using System.Text.Json;

namespace IdentityHub.RelyingParty;

/// <summary>The claims of the hub that an application shows and decides by; absent ones are null or empty.</summary>
public sealed record SignedInPerson(
    string? Name,
    string? UserName,
    string? Email,
    string? Account,
    string? AccountName,
    string? Role,
    string? PermissionLevel,
    IReadOnlyList<string> Seats,
    IReadOnlyList<string> Permissions,
    string? Acr,
    IReadOnlyList<SignedInPerson.AccountChoice> Accounts)
{
    /// <summary>An account that the person may switch to.</summary>
    public sealed record AccountChoice(string Id, string Name);

    /// <returns>Null when nobody is signed in.</returns>
    public static SignedInPerson? From(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true)
        {
            return null;
        }

        return new SignedInPerson(
            One("name"),
            One("preferred_username"),
            One("email"),
            One("account"),
            One("account_name"),
            One("role"),
            One("permission_level"),
            Many("seats"),
            Many("permissions"),
            One("acr"),
            [.. Many("accounts").Select(Choice).OfType<AccountChoice>()]);

        string? One(string name) => principal.FindFirstValue(name);

        List<string> Many(string name) => [.. principal.FindAll(name).Select(c => c.Value)];
    }

    /// <summary>Null for an item of another shape: it is not offered.</summary>
    private static AccountChoice? Choice(string claim)
    {
        if (!claim.StartsWith('{'))
        {
            return null;
        }

        using var json = JsonDocument.Parse(claim); // raw text of JSON that was parsed before
        return json.RootElement.String("id") is { Length: > 0 } id ? new AccountChoice(id, json.RootElement.String("name") ?? id) : null;
    }
}
