using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>A hub with two accounts, and each one's HR system.</summary>
public sealed class BulkHub : IAsyncLifetime
{
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string Request = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    public const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    private const string Json = """
        { "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true } ],
          "accounts": [
            { "id": "northside", "name": "Northside", "seats": { "expert-console": 2 },
              "provisioningTokens": [ { "name": "hr", "token": "hr-northside-0123456789abcdef0123456789abcdef" } ] },
            { "id": "brightfix", "name": "Brightfix", "seats": { "expert-console": 2 }, "scim": { "patchAnswer": 204 },
              "provisioningTokens": [ { "name": "hr", "token": "hr-brightfix-0123456789abcdef0123456789abcdef" } ] } ],
          "users": [
            { "userName": "pat@northside.example", "password": "correct horse battery staple",
              "memberships": [ { "account": "northside", "role": "Administrator", "permissionLevel": "PRIMARY" } ] },
            { "userName": "bea@brightfix.example", "password": "correct horse battery staple",
              "memberships": [ { "account": "brightfix", "role": "Administrator", "permissionLevel": "PRIMARY" } ] } ] }
        """;

    private int names;

    public RunningHub Hub { get; private set; } = null!;

    public string Base => Hub.Issuer + "/scim/v2";

    internal HrSystem Northside => new(this, "hr-northside-0123456789abcdef0123456789abcdef");

    internal HrSystem Brightfix => new(this, "hr-brightfix-0123456789abcdef0123456789abcdef");

    public async Task InitializeAsync() => Hub = await RunningHub.StartAsync(Json);

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    /// <summary>A name that nobody has.</summary>
    public string NewName(string start = "u") => $"{start}{Interlocked.Increment(ref names)}@northside.example";

    /// <summary>The newest lines of northside's log, the newest first.</summary>
    public Task<IReadOnlyList<ProvisioningLogEntry>> LogAsync(int count) => Hub.ReadAsync(reader => ProvisioningLog.LatestAsync(reader, "northside", count));

    /// <summary>POST of a User.</summary>
    /// <param name="bulkId">Its bulkId.</param>
    /// <param name="userName">Its name.</param>
    /// <param name="manager">The JSON of its manager.</param>
    public static string PostUser(string bulkId, string userName, string? manager = null) => $$"""
        { "method": "POST", "path": "/Users", "bulkId": {{Quoted(bulkId)}}, "data": { "schemas": ["{{UserSchema}}"], "userName": "{{userName}}"
          {{(manager is null ? "" : $", \"{Enterprise}\": {{ \"manager\": {manager} }}")}} } }
        """;

    /// <summary>POST of a Group.</summary>
    public static string PostGroup(string bulkId, string name, params string[] members) => $$"""
        { "method": "POST", "path": "/Groups", "bulkId": {{Quoted(bulkId)}}, "data": { "schemas": ["{{GroupSchema}}"], "displayName": "{{name}}",
          "members": [ {{string.Join(", ", members.Select(member => $"{{ \"value\": {Quoted(member)} }}"))}} ] } }
        """;

    /// <summary>PATCH of one operation.</summary>
    public static string PatchOne(string path, string operation) =>
        $$"""{ "method": "PATCH", "path": {{Quoted(path)}}, "data": { "schemas": ["{{Patch}}"], "Operations": [ {{operation}} ] } }""";

    public static string Quoted(string text) => JsonValue.Create(text).ToJsonString();
}

/// <summary>One account's HR system.</summary>
internal sealed class HrSystem(BulkHub hub, string token)
{
    /// <summary>What a request came to.</summary>
    public sealed record Answer(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Message)
    {
        public JsonArray Operations => Body![nameof(Operations)]!.AsArray();

        public string[] Statuses => [.. Operations.Select(operation => (string)operation!["status"]!)];

        /// <summary>The id of the resource that an operation was about.</summary>
        public string IdAt(int operation) => ((string)Operations[operation]!["location"]!).Split('/')[^1];

        public string IdOf(string bulkId) => ((string)Operations.Single(operation => (string?)operation!["bulkId"] == bulkId)!["location"]!).Split('/')[^1];
    }

    /// <summary>Sends a Bulk request that has to be answered 200.</summary>
    public async Task<Answer> BulkAsync(params string[] operations) => await OfAsync(null, operations);

    public async Task<Answer> BulkAsync(int failOnErrors, params string[] operations) => await OfAsync(failOnErrors, operations);

    public Task<Answer> PostAsync(string body) => SendAsync(HttpMethod.Post, "/Bulk", body);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var client = hub.Hub.NewClient();
        using var request = new HttpRequestMessage(method, hub.Base + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (text.Length > 0)
        {
            Assert.Equal("application/scim+json", response.Content.Headers.ContentType!.MediaType);
        }

        return new(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    /// <summary>Reads a resource that has to be there.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Body!;
    }

    public async Task<string?> ManagerOfAsync(string id) => (string?)(await GetAsync("/Users/" + id))[BulkHub.Enterprise]?["manager"]?["value"];

    public async Task<string[]> MembersOfAsync(string id) => [.. ((await GetAsync("/Groups/" + id))["members"] as JsonArray ?? []).Select(member => (string)member!["value"]!)];

    public async Task<int> CountAsync(string userName) => (int)(await GetAsync($"/Users?filter={Uri.EscapeDataString($"userName eq \"{userName}\"")}"))["totalResults"]!;

    private async Task<Answer> OfAsync(int? failOnErrors, string[] operations)
    {
        var limit = failOnErrors is null ? "" : $"\"failOnErrors\": {failOnErrors},";
        var answer = await PostAsync($$"""{ "schemas": ["{{BulkHub.Request}}"], {{limit}} "Operations": [ {{string.Join(",\n", operations)}} ] }""");
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status}: {answer.Body}");
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:BulkResponse", (string?)answer.Body!["schemas"]![0]);
        return answer;
    }
}
