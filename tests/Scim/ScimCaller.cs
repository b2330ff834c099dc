using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace IdentityHub.Scim.Tests;

/// <summary>An answer of the SCIM service provider.</summary>
public sealed record ScimReply(HttpStatusCode Status, JsonObject? Body, string Text, HttpResponseMessage Response)
{
    public string Id => this["id"]!.GetValue<string>();

    public string? ScimType => this["scimType"]?.GetValue<string>();

    public string? Detail => this["detail"]?.GetValue<string>();

    public string? ETag => Response.Headers.NonValidated.TryGetValues("ETag", out var values) ? values.ToString() : null;

    public string? Location => Response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    public JsonNode? this[string name] => Body?[name];

    public JsonObject Account => Body![Urns.Account]!.AsObject();

    /// <summary>The resources of a list.</summary>
    public IReadOnlyList<JsonObject> Resources => [.. Body![nameof(Resources)]!.AsArray().Select(resource => resource!.AsObject())];

    public IReadOnlyList<string> Names => [.. Resources.Select(resource => (resource["userName"] ?? resource["displayName"])!.GetValue<string>())];

    public long Total => Body!["totalResults"]!.GetValue<long>();

    public ScimReply Is(HttpStatusCode status, string? scimType = null)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status} {Text}");
        Assert.Equal(scimType, ScimType);
        return this;
    }

    public ScimReply Ok() => Is(HttpStatusCode.OK);

    public ScimReply Created() => Is(HttpStatusCode.Created);
}

internal static class Urns
{
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string Account = "urn:identityhub:params:scim:schemas:extension:account:2.0:User";
    public const string Error = "urn:ietf:params:scim:api:messages:2.0:Error";
    public const string List = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    public const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    public const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
}

/// <summary>An HR system with its token. Whatever it is answered has SCIM's shape, or the test fails.</summary>
public sealed class ScimCaller(HttpClient http, string? token)
{
    public const string Media = "application/scim+json";

    public string? Token => token;

    public Task<ScimReply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<ScimReply> FilterAsync(string resources, string filter, string more = "") => GetAsync($"{resources}?filter={Uri.EscapeDataString(filter)}{more}");

    public Task<ScimReply> PostAsync(string path, string json, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, Content(json), headers);

    public Task<ScimReply> PutAsync(string path, string json, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, Content(json), headers);

    public Task<ScimReply> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <param name="path">Where.</param>
    /// <param name="operations">The inside of <c>Operations</c>, or a whole message.</param>
    /// <param name="headers">More headers.</param>
    public Task<ScimReply> PatchAsync(string path, string operations, params (string Name, string Value)[] headers) => SendAsync(
        HttpMethod.Patch, path, Content(operations.Contains("\"Operations\"", StringComparison.Ordinal) ? operations : $$"""{"schemas":["{{Urns.Patch}}"],"Operations":[{{operations}}]}"""), headers);

    /// <summary>A User of this name, with more attributes where given: <c>"title":"x"</c>.</summary>
    public async Task<ScimReply> AddUserAsync(string userName, string more = "") =>
        (await PostAsync("/Users", User(userName, more))).Is(HttpStatusCode.Created);

    public static string User(string userName, string more = "") =>
        $$"""{"schemas":["{{Urns.User}}","{{Urns.Enterprise}}","{{Urns.Account}}"],"userName":"{{userName}}"{{(more.Length > 0 ? "," + more : "")}}}""";

    public static string Group(string displayName, params string[] members) =>
        $$"""{"schemas":["{{Urns.Group}}"],"displayName":"{{displayName}}","members":[{{string.Join(',', members.Select(id => $$"""{"value":"{{id}}"}"""))}}]}""";

    public static StringContent Content(string json, string? type = Media)
    {
        var content = new StringContent(json, new UTF8Encoding(false));
        content.Headers.Remove("Content-Type");
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return content;
    }

    public async Task<ScimReply> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/scim/v2" + path) { Content = content };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await ReadAsync(await http.SendAsync(request));
    }

    private static async Task<ScimReply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var body = text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject();
        var reply = new ScimReply(response.StatusCode, body, text, response);
        if (body is not null)
        {
            Assert.Equal(Media, response.Content.Headers.ContentType?.ToString());
        }
        else
        {
            Assert.True(response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified, $"{(int)response.StatusCode} without a body");
        }

        if ((int)response.StatusCode >= 400)
        {
            AssertError(reply);
        }

        return reply;
    }

    private static void AssertError(ScimReply reply)
    {
        Assert.Equal([Urns.Error], reply["schemas"]!.AsArray().Select(urn => urn!.GetValue<string>()));
        Assert.Equal(((int)reply.Status).ToString(System.Globalization.CultureInfo.InvariantCulture), reply["status"]!.GetValue<string>());
        Assert.False(string.IsNullOrWhiteSpace(reply.Detail), "an error without a detail");
        Assert.All(reply.Body!, member => Assert.Contains(member.Key, (string[])["schemas", "status", "scimType", "detail"]));
        Assert.DoesNotContain("Exception", reply.Detail, StringComparison.Ordinal);
        Assert.True((int)reply.Status < 500 || reply.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotImplemented, reply.Text);
    }
}
