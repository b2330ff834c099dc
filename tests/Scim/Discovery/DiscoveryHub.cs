using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

/// <summary>A running hub with two accounts: northside has seats of two applications, brightfix of one.</summary>
public sealed class DiscoveryHub : IAsyncLifetime
{
    public const string Northside = "hr-northside-0123456789abcdef0123456789abcdef";
    public const string Brightfix = "hr-brightfix-0123456789abcdef0123456789abcdef";

    private const string ReaderSecret = "reader-secret-0123456789abcdef0123456789";

    private const string File =
        $$"""
        {
          "applications": [
            { "id": "expert-console", "name": "Expert console", "seated": true }, { "id": "reports", "name": "Reports", "seated": true },
            { "id": "member-portal", "name": "Member portal", "seated": false } ],
          "accounts": [
            { "id": "northside", "name": "Northside School District", "seats": { "expert-console": 2, "reports": 5 }, "provisioningTokens": [ { "name": "hr", "token": "{{Northside}}" } ] },
            { "id": "brightfix", "name": "Brightfix", "seats": { "expert-console": 7 }, "provisioningTokens": [ { "name": "hr", "token": "{{Brightfix}}" } ] } ],
          "users": [
            { "userName": "pat@northside.example", "givenName": "Pat", "familyName": "Primary", "password": "{{SampleDirectory.Password}}",
              "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": [ "expert-console" ] } ] } ],
          "clients": [
            { "client_id": "reader", "client_name": "Reader", "client_secret": "{{ReaderSecret}}", "grant_types": [ "client_credentials" ],
              "token_endpoint_auth_method": "client_secret_basic", "scope": "scim.read", "account": "northside" } ]
        }
        """;

    public RunningHub Hub { get; private set; } = null!;

    private HttpClient client = null!;

    public string BaseAddress => Hub.Issuer + "/scim/v2";

    public async Task InitializeAsync()
    {
        Hub = await RunningHub.StartAsync(File);
        client = Hub.NewClient();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await Hub.DisposeAsync();
    }

    public async Task<ScimReply> SendAsync(string method, string path, string? token = Northside, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/scim/v2" + path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Headers.ETag?.ToString(), text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject());
    }

    public Task<ScimReply> GetAsync(string path, string? token = Northside) => SendAsync("GET", path, token);

    /// <summary>An access token of the client that may only read.</summary>
    public async Task<string> ReadTokenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "scim.read")]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"reader:{ReaderSecret}")));
        using var response = await client.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
    }
}

public sealed record ScimReply(HttpStatusCode Status, string? Type, string? Version, JsonObject? Json)
{
    public JsonObject Body => Json ?? throw new InvalidOperationException($"The answer {Status} has no body.");

    public JsonArray Resources => Body[nameof(Resources)]!.AsArray();

    /// <summary>Holds that this is an error in SCIM's shape.</summary>
    public void IsError(int status)
    {
        Assert.Equal(status, (int)Status);
        Assert.Equal("application/scim+json", Type);
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", (string?)Body["schemas"]![0]);
        Assert.Equal($"{status}", (string?)Body["status"]);
        Assert.NotEmpty((string)Body["detail"]!);
    }
}
