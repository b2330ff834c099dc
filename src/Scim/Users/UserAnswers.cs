using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>Members as answers.</summary>
internal sealed class UserAnswers(ScimOptions options)
{
    public static readonly ScimError NotFound = ScimError.NotFound("This account has no User of that id.");

    public static readonly ScimError PreconditionFailed = new(
        StatusCodes.Status412PreconditionFailed, null, "The resource has changed since you read it. Read it again, then decide.");

    /// <summary>A member as they are in this reading.</summary>
    /// <param name="Member">The member.</param>
    /// <param name="Body">The whole resource.</param>
    /// <param name="Version">Its entity-tag.</param>
    public sealed record Written(MemberRecord Member, ReadOnlyMemory<byte> Body, string Version)
    {
        /// <summary>The resource as a tree of its own.</summary>
        public JsonObject Tree() => JsonNode.Parse(Body.Span)!.AsObject();
    }

    /// <returns>The member; null when the account has no such.</returns>
    public Written? Find(HubReader reader, ScimCall call, string id) =>
        MemberDirectory.Find(reader, call.AccountId, id) is { } member ? Write(reader, call.AccountId, [member])[0] : null;

    /// <summary>Members with all that has to be looked up for them at once.</summary>
    public IReadOnlyList<Written> Write(HubReader reader, string accountId, IReadOnlyList<MemberRecord> members)
    {
        var managers = MemberDirectory.NamesOf(reader, accountId, UserResource.ManagersOf(members));
        return [.. members.Select(member => UserResource.Write(member, options.BaseAddress, managers) is var (body, version) ? new Written(member, body, version) : null!)];
    }

    /// <summary>The answer that shows a member.</summary>
    public ScimAnswer Show(Written written, Projection projection, int status = StatusCodes.Status200OK) => new(status)
    {
        Body = projection.IsDefault ? written.Body : JsonSerializer.SerializeToUtf8Bytes(projection.Apply(written.Tree()), ScimMedia.Tree),
        Location = $"{options.BaseAddress}/Users/{written.Member.Id}",
        Version = written.Version,
        ResourceId = written.Member.Id,
    };

    /// <summary>The names of the top attributes in which two states of a resource differ.</summary>
    public static string Differences(JsonObject before, JsonObject after) => string.Join(' ', before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key))
        .Where(name => name != "meta" && !JsonNode.DeepEquals(before[name], after[name])).Select(ShortName));

    private static string ShortName(string name) => name switch
    {
        UserSchemas.EnterpriseId => "enterprise",
        UserSchemas.AccountId => "account",
        _ => name,
    };
}
