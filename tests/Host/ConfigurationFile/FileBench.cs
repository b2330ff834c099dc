using System.Text;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Host.ConfigurationFile;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Host.Tests.ConfigurationFile;

/// <summary>A hub to which tests apply configuration files.</summary>
internal sealed class FileBench : IAsyncDisposable
{
    /// <summary>The example of contract §3, to the letter.</summary>
    public const string Example = """
        {
          "applications": [
            { "id": "expert-console", "name": "Expert console", "seated": true }
          ],
          "accounts": [
            { "id": "northside", "name": "Northside School District",
              "twoFactor": "optional",
              "seats": { "expert-console": 2 },
              "provisioningTokens": [ { "name": "hr", "token": "hr-northside-0123456789abcdef0123456789abcdef" } ],
              "scim": { "unknownReferences": "refuse", "patchAnswer": 200, "unquotedLiterals": false } }
          ],
          "users": [
            { "userName": "pat@northside.example", "givenName": "Pat", "familyName": "Primary",
              "email": "pat@northside.example", "password": "correct horse battery staple",
              "operator": false,
              "twoFactor": { "totp": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "emailCodesTo": "pat.codes@example.net" },
              "memberships": [
                { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY",
                  "active": true, "seats": ["expert-console"] } ] }
          ],
          "clients": [
            { "client_id": "portal", "client_name": "Member portal", "client_secret": "portal-secret-0123456789abcdef0123456789",
              "redirect_uris": ["https://localhost:5002/signin-oidc"],
              "post_logout_redirect_uris": ["https://localhost:5002/signout-callback-oidc"],
              "backchannel_logout_uri": "https://localhost:5002/backchannel-logout",
              "grant_types": ["authorization_code", "refresh_token"],
              "token_endpoint_auth_method": "client_secret_basic",
              "scope": "openid profile email account accounts offline_access",
              "require_seat": "expert-console", "permission_levels": ["PRIMARY", "ACATR"], "require_mfa": true,
              "account": "northside" }
          ]
        }
        """;

    private FileBench(TestHub hub)
    {
        Hub = hub;
        Secrets = new(hub.Sealer);
    }

    public TestHub Hub { get; }

    public PasswordHashing Hashing { get; } = new();

    public ClientSecret Secrets { get; }

    public static async Task<FileBench> StartAsync() => new(await TestHub.StartAsync());

    public Task<HubFileResult> ApplyAsync(string json) => HubFileApplier.ApplyAsync(Hub.Store, Hashing, Secrets, HubFileReader.Read(Encoding.UTF8.GetBytes(json)));

    public async Task<int> AppliedAsync(string json)
    {
        var result = await ApplyAsync(json);
        return result switch
        {
            HubFileResult.Applied applied => applied.Changed,
            HubFileResult.Faults faults => throw new Xunit.Sdk.XunitException(HubFileFaults.Render(faults.List)),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Applies a file that must be refused and leave no trace.</summary>
    public async Task<IReadOnlyList<HubFileFault>> RefusedAsync(string json)
    {
        var before = Hub.Everything();
        var faults = Assert.IsType<HubFileResult.Faults>(await ApplyAsync(json)).List;
        Assert.Equal(before, Hub.Everything());
        return faults;
    }

    public async Task<IReadOnlyList<string>> RefusedPlacesAsync(string json) => [.. (await RefusedAsync(json)).Select(fault => fault.Place)];

    public async Task<User> UserAsync(string userName) =>
        await Hub.ReadAsync(reader => Users.FindByNameAsync(reader, userName)) ?? throw new Xunit.Sdk.XunitException($"There is no user {userName}.");

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
