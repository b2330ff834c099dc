using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The form of a client, field by field as it was typed. What may stand in it is said by <see cref="ClientRules"/> alone.</summary>
public sealed class ClientForm
{
    public string? ClientId { get; set; }
    public string? ClientName { get; set; }

    /// <summary>One a line.</summary>
    public string? RedirectUris { get; set; }

    /// <summary>One a line.</summary>
    public string? PostLogoutRedirectUris { get; set; }

    public string? BackchannelLogoutUri { get; set; }

#pragma warning disable CA1819 // Bound from the form's check boxes.
    public string[] GrantTypes { get; set; } = [];
    public string[] PermissionLevels { get; set; } = [];
#pragma warning restore CA1819

    public string? AuthMethod { get; set; }
    public string? Scope { get; set; }
    public string? ApplicationType { get; set; }
    public string? SigningAlgorithm { get; set; }
    public string? TokenFormat { get; set; }
    public string? DefaultMaxAge { get; set; }
    public string? SessionIdleMinutes { get; set; }
    public string? SessionLifetimeMinutes { get; set; }
    public bool RequirePkce { get; set; }
    public string? RequireSeat { get; set; }
    public bool RequireMfa { get; set; }
    public string? Account { get; set; }

    /// <summary>What the client was when the form was shown: see <see cref="Mark"/>.</summary>
    public string? Shown { get; set; }

    /// <summary>The form of a client to be: what most clients are.</summary>
    public static ClientForm Fresh() => Of(new ClientMetadata { ClientId = "", GrantTypes = ["authorization_code", "refresh_token"], Scope = ClientMetadata.DefaultScope + " account" });

    public static ClientForm Of(Client client) => new()
    {
        ClientId = client.Id,
        ClientName = client.Name,
        RedirectUris = string.Join('\n', client.RedirectUris),
        PostLogoutRedirectUris = string.Join('\n', client.PostLogoutRedirectUris),
        BackchannelLogoutUri = client.BackchannelLogoutUri,
        GrantTypes = [.. client.GrantTypes],
        PermissionLevels = [.. client.PermissionLevels.Select(PermissionNames.Of)],
        AuthMethod = client.TokenEndpointAuthMethod,
        Scope = string.Join(' ', client.Scopes),
        ApplicationType = client.ApplicationType,
        SigningAlgorithm = client.IdTokenSignedResponseAlg,
        TokenFormat = client.OpaqueAccessTokens ? "opaque" : "jwt",
        DefaultMaxAge = client.DefaultMaxAge?.ToString(CultureInfo.InvariantCulture),
        SessionIdleMinutes = client.SessionIdleMinutes?.ToString(CultureInfo.InvariantCulture),
        SessionLifetimeMinutes = client.SessionLifetimeMinutes?.ToString(CultureInfo.InvariantCulture),
        RequirePkce = client.RequirePkce,
        RequireSeat = client.RequireSeat,
        RequireMfa = client.RequireMfa,
        Account = client.AccountId,
    };

    /// <returns>A mark that is another one as soon as anything of the client is: two operators do not undo each other unseen.</returns>
    public static string Mark(Client client) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Of(client))).AsSpan(0, 16));

    /// <summary>What stands in this form and not in the other, in words, by what the field is called.</summary>
    public IReadOnlyList<(string Field, string Value)> DifferencesFrom(ClientForm other) =>
        [.. Facts().Zip(other.Facts()).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First)];

    private IEnumerable<(string Field, string Value)> Facts() =>
    [
        ("Name", ClientName ?? ""), ("Kind of app", ApplicationType ?? ""), ("How it proves itself", AuthMethod ?? ""), ("What it does", string.Join(' ', GrantTypes)),
        ("Return addresses", string.Join(' ', Lines(RedirectUris))), ("Addresses after signing out", string.Join(' ', Lines(PostLogoutRedirectUris))),
        ("Address for sign-out notices", BackchannelLogoutUri ?? ""), ("Scopes", Scope ?? ""), ("ID tokens are signed with", SigningAlgorithm ?? ""),
        ("Access tokens", TokenFormat ?? ""), ("Of one account only", Account ?? ""), ("Only with a seat of", RequireSeat ?? ""), ("Longest time since the sign-in", DefaultMaxAge ?? ""),
        ("Minutes without use", SessionIdleMinutes ?? ""), ("Minutes after the sign-in", SessionLifetimeMinutes ?? ""),
        ("Only with the level", string.Join(' ', PermissionLevels)), ("A second factor is required", RequireMfa ? "yes" : "no"), ("PKCE is required", RequirePkce ? "yes" : "no"),
    ];

    private static ClientForm Of(ClientMetadata metadata) => Of(metadata.ToClient(null, disabled: false, default));

    /// <summary>The client that the form asks for.</summary>
    /// <param name="clientId">Of which client; null for what was typed.</param>
    /// <param name="wrong">Takes what is no such value at all, by the wire name of the property.</param>
    public ClientMetadata ToMetadata(string? clientId, IDictionary<string, string> wrong)
    {
        var maxAge = Number(DefaultMaxAge, "default_max_age", "seconds", wrong);
        var (idle, lifetime) = (Number(SessionIdleMinutes, "session_idle_minutes", "minutes", wrong), Number(SessionLifetimeMinutes, "session_lifetime_minutes", "minutes", wrong));

        var levels = PermissionLevels.Select(PermissionNames.Level).ToList();
        if (levels.Contains(null))
        {
            wrong["permission_levels"] = "Choose from the levels.";
        }

        var grants = GrantTypes.ToImmutableArray();
        return new()
        {
            ClientId = clientId ?? Text(ClientId) ?? "",
            ClientName = Text(ClientName),
            RedirectUris = Lines(RedirectUris),
            PostLogoutRedirectUris = Lines(PostLogoutRedirectUris),
            BackchannelLogoutUri = Text(BackchannelLogoutUri),
            GrantTypes = grants,
            ResponseTypes = grants.Contains("authorization_code") ? ["code"] : [],
            TokenEndpointAuthMethod = AuthMethod ?? "",
            Scope = string.Join(' ', (Scope ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            ApplicationType = ApplicationType ?? "",
            IdTokenSignedResponseAlg = SigningAlgorithm ?? "",
            AccessTokenFormat = TokenFormat ?? "",
            DefaultMaxAge = maxAge,
            SessionIdleMinutes = idle,
            SessionLifetimeMinutes = lifetime,
            RequirePkce = RequirePkce,
            RequireSeat = Text(RequireSeat),
            PermissionLevels = [.. levels.OfType<PermissionLevel>().Distinct()],
            RequireMfa = RequireMfa,
            Account = Text(Account),
        };
    }

    /// <summary>Puts each fault beside its field, as a sentence.</summary>
    public static void Explain(IEnumerable<ClientFault> faults, IDictionary<string, string> wrong)
    {
        foreach (var fault in faults)
        {
            var sentence = (fault.Index is { } index ? $"Line {index + 1} " : "This ") + fault.Message + ".";
            wrong[fault.Property] = wrong.TryGetValue(fault.Property, out var before) ? before + " " + sentence : sentence;
        }
    }

    private static int? Number(string? typed, string property, string unit, IDictionary<string, string> wrong)
    {
        if (Text(typed) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        wrong[property] = $"Give a whole number of {unit}, or leave it empty.";
        return null;
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    private static ImmutableArray<string> Lines(string? typed) => [.. (typed ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}

/// <summary>What the form's partial shows.</summary>
/// <param name="Form">As typed.</param>
/// <param name="Wrong">What is wrong, by the wire name of the property.</param>
/// <param name="Seated">The applications that have seats: id and name.</param>
/// <param name="IsNew">Whether the id can be chosen.</param>
public sealed record ClientFormView(ClientForm Form, IReadOnlyDictionary<string, string> Wrong, IReadOnlyList<(string Value, string Words)> Seated, bool IsNew);
