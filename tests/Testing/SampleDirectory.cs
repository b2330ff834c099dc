namespace IdentityHub.Testing;

/// <summary>The directory that protocol tests share: two accounts, every level, scarce seats, one inactive, one with an authenticator app, one in both accounts.</summary>
public static class SampleDirectory
{
    public const string Password = "correct horse battery staple";
    public const string TotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    public const string PortalSecret = "portal-secret-0123456789abcdef0123456789";
    public const string ExpertSecret = "expert-secret-0123456789abcdef0123456789";
    public const string OtherSecret = "other-secret+%:0123456789abcdef0123456789";
    public const string PortalRedirect = "https://portal.example/signin-oidc";
    public const string ExpertRedirect = "https://expert.example/callback?tenant=a";
    public const string NativeRedirect = "http://127.0.0.1/callback";

    /// <summary>In northside: PRIMARY, with a seat; no second factor.</summary>
    public const string Pat = "pat@northside.example";

    /// <summary>In northside and brightfix, with an authenticator app.</summary>
    public const string Terry = "terry@northside.example";

    /// <summary>In northside and brightfix, without a second factor; a seat in brightfix only.</summary>
    public const string Dana = "dana@northside.example";

    /// <summary>In northside: SUPPORT, no seat.</summary>
    public const string Sam = "sam@northside.example";

    /// <summary>In northside: inactive.</summary>
    public const string Ina = "ina@northside.example";

    public static RelyingApp Portal(RunningHub hub) => new(hub, "portal", PortalSecret, PortalRedirect);

    /// <summary>Needs a seat of expert-console.</summary>
    public static RelyingApp Expert(RunningHub hub) => new(hub, "expert", ExpertSecret, ExpertRedirect);

    /// <summary>Of every grant type, with a secret full of special characters; opaque access tokens; RS256.</summary>
    public static RelyingApp Other(RunningHub hub) => new(hub, "other", OtherSecret, "https://other.example/cb");

    /// <summary>A public native app.</summary>
    public static RelyingApp Native(RunningHub hub) => new(hub, "native", null, NativeRedirect);

    public static string Json =>
        $$"""
        {
          "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true }, { "id": "member-portal", "name": "Member portal" , "seated": false } ],
          "accounts": [
            { "id": "northside", "name": "Northside School District", "seats": { "expert-console": 1 } },
            { "id": "brightfix", "name": "Brightfix Remote Support", "seats": { "expert-console": 2 } } ],
          "users": [
            { "userName": "{{Pat}}", "givenName": "Pat", "familyName": "Primary", "password": "{{Password}}",
              "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": [ "expert-console" ] } ] },
            { "userName": "{{Terry}}", "givenName": "Terry", "familyName": "Two", "password": "{{Password}}", "twoFactor": { "totp": "{{TotpSecret}}" },
              "memberships": [ { "account": "northside", "role": "User", "permissionLevel": "INVOICES" }, { "account": "brightfix", "role": "Administrator" } ] },
            { "userName": "{{Dana}}", "givenName": "Dana", "familyName": "Double", "password": "{{Password}}",
              "memberships": [ { "account": "northside", "role": "User", "permissionLevel": "ACATR" }, { "account": "brightfix", "role": "User", "seats": [ "expert-console" ] } ] },
            { "userName": "{{Sam}}", "givenName": "Sam", "familyName": "Support", "password": "{{Password}}",
              "memberships": [ { "account": "northside", "role": "User", "permissionLevel": "SUPPORT" } ] },
            { "userName": "{{Ina}}", "givenName": "Ina", "familyName": "Inactive", "password": "{{Password}}",
              "memberships": [ { "account": "northside", "role": "User", "active": false } ] } ],
          "clients": [
            { "client_id": "portal", "client_name": "Member portal", "client_secret": "{{PortalSecret}}", "redirect_uris": [ "{{PortalRedirect}}" ],
              "post_logout_redirect_uris": [ "https://portal.example/signed-out" ], "grant_types": [ "authorization_code", "refresh_token" ],
              "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email phone address account accounts offline_access" },
            { "client_id": "expert", "client_name": "Expert console", "client_secret": "{{ExpertSecret}}", "redirect_uris": [ "{{ExpertRedirect}}" ],
              "grant_types": [ "authorization_code", "refresh_token" ], "token_endpoint_auth_method": "client_secret_basic",
              "scope": "openid profile email account accounts offline_access", "require_seat": "expert-console" },
            { "client_id": "levels", "client_name": "Levels", "client_secret": "{{PortalSecret}}", "redirect_uris": [ "https://levels.example/cb" ],
              "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid account", "permission_levels": [ "PRIMARY", "ACATR" ] },
            { "client_id": "strong", "client_name": "Strong", "client_secret": "{{PortalSecret}}", "redirect_uris": [ "https://strong.example/cb" ],
              "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid account", "require_mfa": true },
            { "client_id": "bound", "client_name": "Bound", "client_secret": "{{PortalSecret}}", "redirect_uris": [ "https://bound.example/cb" ],
              "grant_types": [ "authorization_code" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid account", "account": "brightfix" },
            { "client_id": "other", "client_name": "Other", "client_secret": "{{OtherSecret}}", "redirect_uris": [ "https://other.example/cb" ],
              "grant_types": [ "authorization_code", "refresh_token", "client_credentials" ], "token_endpoint_auth_method": "client_secret_basic",
              "scope": "openid profile email account accounts offline_access scim", "id_token_signed_response_alg": "RS256", "access_token_format": "opaque" },
            { "client_id": "poster", "client_name": "Poster", "client_secret": "{{PortalSecret}}", "redirect_uris": [ "https://poster.example/cb" ],
              "grant_types": [ "authorization_code", "client_credentials" ], "token_endpoint_auth_method": "client_secret_post", "scope": "openid scim scim.read" },
            { "client_id": "native", "client_name": "Native", "redirect_uris": [ "{{NativeRedirect}}" ], "application_type": "native",
              "grant_types": [ "authorization_code", "refresh_token" ], "token_endpoint_auth_method": "none", "scope": "openid profile account offline_access" } ]
        }
        """;
}
