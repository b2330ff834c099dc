namespace IdentityHub.Bench.Protocol;

/// <summary>What the measured hub is configured with.</summary>
internal static class HubFile
{
    public const string JwtClient = "bench-jwt";
    public const string OpaqueClient = "bench-opaque";
    public const string Secret = "bench-secret-0123456789abcdef0123456789";
    public const string User = "pat@northside.example";
    public const string Password = "correct horse battery staple";
    public const string Redirect = "https://app.example/cb";
    public const string Scope = "openid profile email account";

    public static string Json =>
        $$"""
        {
          "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true } ],
          "accounts": [ { "id": "northside", "name": "Northside School District", "seats": { "expert-console": 2 } } ],
          "users": [
            { "userName": "{{User}}", "givenName": "Pat", "familyName": "Primary", "password": "{{Password}}",
              "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": [ "expert-console" ] } ] } ],
          "clients": [ {{Client(JwtClient, "jwt")}}, {{Client(OpaqueClient, "opaque")}} ]
        }
        """;

    private static string Client(string id, string format) =>
        $$"""
        { "client_id": "{{id}}", "client_name": "Bench", "client_secret": "{{Secret}}", "redirect_uris": [ "{{Redirect}}" ],
          "grant_types": [ "authorization_code", "refresh_token", "client_credentials" ], "token_endpoint_auth_method": "client_secret_basic",
          "scope": "{{Scope}} accounts offline_access scim scim.read", "access_token_format": "{{format}}" }
        """;
}
