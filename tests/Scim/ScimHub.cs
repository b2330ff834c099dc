using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Scim.Tests;

/// <summary>One hub whose accounts are provisioned: two strict ones that must not see each other, and one that tolerates what it may.</summary>
public sealed class ScimHub : IAsyncLifetime
{
    public const string North = "north", South = "south", Lenient = "lenient";
    public const string NorthToken = "hr-north-0123456789abcdef0123456789abcdef";
    public const string SouthToken = "hr-south-0123456789abcdef0123456789abcdef";
    public const string LenientToken = "hr-lenient-0123456789abcdef0123456789abcdef";
    public const string Password = SampleDirectory.Password;
    public const string ClientSecret = "client-secret-0123456789abcdef0123456789";

    /// <summary>In north: PRIMARY and Administrator.</summary>
    public const string Pat = "pat@north.example";

    /// <summary>In north: runs the hub.</summary>
    public const string Olga = "olga@north.example";

    /// <summary>In south: the only Administrator.</summary>
    public const string Sol = "sol@south.example";

    /// <summary>In south, at home.</summary>
    public const string Gus = "gus@south.example";

    public RunningHub Hub { get; private set; } = null!;

    public ScimCaller NorthCaller { get; private set; } = null!;

    public ScimCaller SouthCaller { get; private set; } = null!;

    public ScimCaller LenientCaller { get; private set; } = null!;

    public Task InitializeAsync() => StartAsync();

    /// <summary>A hub of a test's own, with other limits.</summary>
    public static async Task<ScimHub> OwnAsync(Func<ScimOptions, ScimOptions>? options = null, string? backchannel = null)
    {
        var hub = new ScimHub();
        await hub.StartAsync(options, backchannel);
        return hub;
    }

    private async Task StartAsync(Func<ScimOptions, ScimOptions>? options = null, string? backchannel = null)
    {
        Hub = await RunningHub.StartAsync(
            Json(backchannel ?? "http://127.0.0.1:9/logout"),
            configure: options is null ? null : (services, issuer) => services.AddSingleton(options(new ScimOptions(issuer))));
        (NorthCaller, SouthCaller, LenientCaller) = (CallerOf(NorthToken), CallerOf(SouthToken), CallerOf(LenientToken));
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    public ScimCaller CallerOf(string? token) => new(Hub.NewClient(), token);

    public RelyingApp Portal => new(Hub, "portal", ClientSecret, "https://portal.example/cb");

    public static async Task<string> IdOfAsync(ScimCaller caller, string userName) =>
        (await caller.FilterAsync("/Users", $"userName eq \"{userName}\"")).Resources.Single()["id"]!.GetValue<string>();

    /// <summary>An access token that a client got for itself.</summary>
    public async Task<string> ClientTokenAsync(string client, string? scope)
    {
        var answer = await new RelyingApp(Hub, client, ClientSecret, "https://unused.example/cb").TokenAsync(("grant_type", "client_credentials"), ("scope", scope));
        Assert.True(answer.Error is null, answer.Body.ToString());
        return answer.Text("access_token");
    }

    public async Task<ProvisioningTokens.MakeResult.Made> MakeTokenAsync(string account, string name, DateTimeOffset? expiresAt = null) =>
        Assert.IsType<ProvisioningTokens.MakeResult.Made>(await Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, account, name, expiresAt)));

    public IReadOnlyList<string> Rows(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own statement.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column =>
                reader.IsDBNull(column) ? "NULL" : reader.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(column).ToString())));
        }

        return rows;
    }

    public long Count(string table, string where = "1=1") => long.Parse(Rows($"SELECT count(*) FROM \"{table}\" WHERE {where}")[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Every row of every table, but for what a request that is refused may write: the provisioning log, when a token was used or a message sent, and when an erasure made before was done in the files.</summary>
    public IReadOnlyList<string> Everything() =>
    [
        .. Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('ProvisioningLog', 'ProvisioningTokens', 'sqlite_sequence') ORDER BY name")
            .SelectMany(table => Rows($"SELECT {Compared(table)} FROM \"{table}\" {(table == "HubSecrets" ? "WHERE \"Name\" <> 'erasure-ledger'" : "")} ORDER BY 1, 2").Select(row => table + ": " + row)),
    ];

    private static string Compared(string table) => table switch
    {
        "Outbox" => "\"Sequence\", \"Kind\", \"Destination\"",
        "Erasures" => "\"Id\", \"AccountId\", \"Mark\", \"At\", \"Counts\"",
        _ => "*",
    };

    private static string Json(string backchannel) =>
        $$"""
        {
          "applications": [ { "id": "console", "name": "Console", "seated": true }, { "id": "desk", "name": "Desk", "seated": true }, { "id": "unsold", "name": "Unsold", "seated": true } ],
          "accounts": [
            { "id": "{{North}}", "name": "North", "seats": { "console": 50, "desk": 1 }, "provisioningTokens": [ { "name": "hr", "token": "{{NorthToken}}" } ] },
            { "id": "{{South}}", "name": "South", "seats": { "console": 50, "desk": 1 }, "provisioningTokens": [ { "name": "hr", "token": "{{SouthToken}}" } ] },
            { "id": "{{Lenient}}", "name": "Lenient", "seats": { "console": 50 }, "provisioningTokens": [ { "name": "hr", "token": "{{LenientToken}}" } ],
              "scim": { "unknownReferences": "accept", "patchAnswer": 204, "unquotedLiterals": true } } ],
          "users": [
            { "userName": "{{Pat}}", "givenName": "Pat", "familyName": "Primary", "password": "{{Password}}",
              "memberships": [ { "account": "{{North}}", "role": "Administrator", "permissionLevel": "PRIMARY" } ] },
            { "userName": "{{Olga}}", "givenName": "Olga", "familyName": "Operator", "password": "{{Password}}", "operator": true,
              "memberships": [ { "account": "{{North}}", "role": "User" } ] },
            { "userName": "{{Sol}}", "givenName": "Sol", "familyName": "South", "password": "{{Password}}", "memberships": [ { "account": "{{South}}", "role": "Administrator" } ] },
            { "userName": "{{Gus}}", "givenName": "Gus", "familyName": "Guest", "email": "gus@south.example", "password": "{{Password}}", "twoFactor": { "totp": "{{SampleDirectory.TotpSecret}}" },
              "memberships": [ { "account": "{{South}}", "role": "User" } ] } ],
          "clients": [
            { "client_id": "portal", "client_name": "Portal", "client_secret": "{{ClientSecret}}", "redirect_uris": [ "https://portal.example/cb" ], "backchannel_logout_uri": "{{backchannel}}",
              "grant_types": [ "authorization_code", "refresh_token" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email account offline_access scim" },
            { "client_id": "of-north", "client_name": "Of north", "client_secret": "{{ClientSecret}}", "account": "{{North}}",
              "grant_types": [ "client_credentials" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "account scim scim.read" },
            { "client_id": "of-north-without", "client_name": "Of north without scopes", "client_secret": "{{ClientSecret}}", "account": "{{North}}",
              "grant_types": [ "client_credentials" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "account" },
            { "client_id": "of-all", "client_name": "Of all", "client_secret": "{{ClientSecret}}",
              "grant_types": [ "client_credentials" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "account scim scim.read" } ]
        }
        """;
}
