using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>A PATCH from its bytes to what it makes of a resource. Every one also shows that the resource as it was is left alone, and that the outcome is canonical.</summary>
internal static class Patching
{
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string Account = "urn:identityhub:params:scim:schemas:extension:account:2.0:User";

    public static Outcome<JsonObject> Send(ResourceType type, JsonObject current, string body)
    {
        var read = ScimJson.Read(Encoding.UTF8.GetBytes(body));
        if (read.Failed)
        {
            return read.Error;
        }

        var request = PatchRequest.Parse(read.Value);
        if (request.Failed)
        {
            return request.Error;
        }

        var before = current.ToJsonString();
        var desired = PatchApplier.Apply(type, current, request.Value, FilterOptions.Default);
        Assert.Equal(before, current.ToJsonString());
        if (!desired.Failed)
        {
            Canonical.Check(type, desired.Value);
        }

        return desired;
    }

    /// <summary>Of a User.</summary>
    /// <param name="current">Without the outer braces; <c>userName</c> is added.</param>
    /// <param name="operations">The operations, or the whole body where it begins with a brace and names <c>Operations</c>.</param>
    /// <param name="desired">Like <paramref name="current"/>.</param>
    public static void Becomes(string current, string operations, string desired) => Becomes(UserSchemas.User, User(current), operations, User(desired));

    public static void Becomes(ResourceType type, JsonObject current, string operations, JsonObject desired)
    {
        var outcome = Send(type, current, Body(operations));
        Assert.Null(outcome.Error);
        Assert.True(JsonNode.DeepEquals(desired, outcome.Value), outcome.Value?.ToJsonString());
    }

    public static void Refused(string scimType, string current, string operations)
    {
        var outcome = Send(UserSchemas.User, User(current), Body(operations));
        Assert.Equal(scimType, outcome.Error?.ScimType);
        Assert.Equal(400, outcome.Error?.Status);
    }

    public static string Body(string operations) => operations.Contains("\"Operations\"", StringComparison.OrdinalIgnoreCase)
        ? operations
        : "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[" + operations + "]}";

    public static JsonObject User(string members)
    {
        var user = JsonNode.Parse("{" + members + "}")!.AsObject();
        user.TryAdd("userName", "a");
        return user;
    }
}
