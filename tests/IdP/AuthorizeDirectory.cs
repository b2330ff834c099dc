using System.Text.Json.Nodes;
using IdentityHub.Testing;

namespace IdentityHub.IdP.Tests;

/// <summary>The sample directory and what tests of the authorization side need besides.</summary>
public static class AuthorizeDirectory
{
    /// <summary>HTML, quotes and a right-to-left override, as names of a client and of an account.</summary>
    public const string Hostile = "<script>alert(1)</script>\"'&\u202Egnp.exe";

    /// <summary>In northside, codes by e-mail only.</summary>
    public const string Eve = "eve@northside.example";
    public const string EveCodes = "eve.codes@example.net";

    /// <summary>In northside, without any password.</summary>
    public const string Nopass = "nopass@northside.example";

    /// <summary>PRIMARY of guarded, where administrators need two factors; none enrolled.</summary>
    public const string Gus = "gus@guarded.example";

    /// <summary>A plain user of guarded.</summary>
    public const string Una = "una@guarded.example";

    /// <summary>In strict, where all need two factors; none enrolled.</summary>
    public const string Rae = "rae@strict.example";

    /// <summary>In strict, with an authenticator app.</summary>
    public const string Rob = "rob@strict.example";

    /// <summary>Runs the hub; in no account.</summary>
    public const string Opal = "opal@hub.example";

    /// <summary>In northside and in the account with the hostile name.</summary>
    public const string Hal = "hal@northside.example";

    /// <summary>Active at home in brightfix, inactive as a guest of northside.</summary>
    public const string Guy = "guy@brightfix.example";

    public static RelyingApp Client(RunningHub hub, string id) => id == "native" ? SampleDirectory.Native(hub) : new(hub, id, SampleDirectory.PortalSecret, $"https://{id}.example/cb");

    public static string Json
    {
        get
        {
            var root = JsonNode.Parse(SampleDirectory.Json)!;
            Add(root, "accounts",
                """{ "id": "guarded", "name": "Guarded", "twoFactor": "administrators" }""",
                """{ "id": "strict", "name": "Strict", "twoFactor": "required" }""",
                $$"""{ "id": "hostile", "name": {{JsonValue.Create(Hostile).ToJsonString()}} }""");
            Add(root, "users",
                User(Eve, """ "twoFactor": { "emailCodesTo": "eve.codes@example.net" }, """, """{ "account": "northside", "role": "User" }"""),
                User(Nopass, "", """{ "account": "northside", "role": "User" }""", password: false),
                User(Gus, "", """{ "account": "guarded", "role": "User", "permissionLevel": "PRIMARY" }"""),
                User(Una, "", """{ "account": "guarded", "role": "User" }"""),
                User(Rae, "", """{ "account": "strict", "role": "User" }"""),
                User(Rob, $$""" "twoFactor": { "totp": "{{SampleDirectory.TotpSecret}}" }, """, """{ "account": "strict", "role": "Administrator" }"""),
                User(Hal, "", """{ "account": "northside", "role": "User" }, { "account": "hostile", "role": "Administrator" }"""),
                User(Guy, "", """{ "account": "brightfix", "role": "User" }, { "account": "northside", "role": "User", "active": false }"""),
                User(Opal, """ "operator": true, """, ""));
            Add(root, "clients",
                Web("hostile", $$""" "client_name": {{JsonValue.Create(Hostile).ToJsonString()}}, "permission_levels": [ "PRIMARY" ] """),
                Web("loose", """ "client_name": "Loose", "require_pkce": false """),
                Web("aged", """ "client_name": "Aged", "default_max_age": 60 """),
                Web("seatbound", """ "client_name": "Seat bound", "require_seat": "expert-console" """),
                $$"""
                { "client_id": "machine", "client_secret": "{{SampleDirectory.PortalSecret}}", "grant_types": [ "client_credentials" ], "scope": "scim",
                  "redirect_uris": [ "https://machine.example/cb" ], "token_endpoint_auth_method": "client_secret_basic" }
                """);
            return root.ToJsonString();
        }
    }

    private static string User(string name, string more, string memberships, bool password = true) =>
        $$"""
        { "userName": "{{name}}", "givenName": "{{name.Split('@')[0]}}", "familyName": "Test", {{(password ? $"\"password\": \"{SampleDirectory.Password}\"," : "")}}
          {{more}} "memberships": [ {{memberships}} ] }
        """;

    private static string Web(string id, string more) =>
        $$"""
        { "client_id": "{{id}}", "client_secret": "{{SampleDirectory.PortalSecret}}", "redirect_uris": [ "https://{{id}}.example/cb" ],
          "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email account accounts", {{more}} }
        """;

    private static void Add(JsonNode root, string list, params string[] items)
    {
        foreach (var item in items)
        {
            root[list]!.AsArray().Add(JsonNode.Parse(item));
        }
    }
}
