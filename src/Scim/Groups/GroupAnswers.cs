using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Groups;

/// <summary>Groups as answers. Members are read only where the answer shows them.</summary>
internal sealed class GroupAnswers(ScimOptions options)
{
    /// <summary>The answer to a PATCH leaves the members of a larger group out, as with <c>excludedAttributes=members</c>: adding one to a hundred thousand must not send them all.</summary>
    public const int MaxMembersInPatchAnswer = 1_000;

    /// <summary>So does a list: a page of groups is not the place to read a hundred thousand members, and the group itself says them all.</summary>
    public const int MaxMembersInList = 1_000;

    public static readonly ScimError NotFound = ScimError.NotFound("This account has no Group of that id.");

    private static readonly AttributeReference Members = GroupSchema.Group.Resolve("members")!;

    public static string VersionOf(Group group) => string.Create(CultureInfo.InvariantCulture, $"W/\"{group.Version}\"");

    public static bool ShowsMembers(Projection projection) => projection.Includes(Members);

    public ScimAnswer Show(HubReader reader, Group group, Projection projection, int status = StatusCodes.Status200OK, bool withMembers = true) => new(status)
    {
        Body = Body(reader, group, projection, withMembers),
        Location = $"{options.BaseAddress}/Groups/{group.Id}",
        Version = VersionOf(group),
        ResourceId = group.Id,
    };

    public ReadOnlyMemory<byte> Body(HubReader reader, Group group, Projection projection, bool withMembers = true)
    {
        var body = Write(group, withMembers && ShowsMembers(projection) ? GroupDirectory.Members(reader, group.Id) : []);
        return projection.IsDefault ? body : JsonSerializer.SerializeToUtf8Bytes(projection.Apply(JsonNode.Parse(body.Span)!.AsObject()), ScimMedia.Tree);
    }

    public ReadOnlyMemory<byte> Write(Group group, IReadOnlyList<GroupMemberName> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + members.Count * 192);
        using var json = new Utf8JsonWriter(buffer, ScimMedia.Writer);
        json.WriteStartObject();
        json.WriteStartArray("schemas");
        json.WriteStringValue(GroupSchema.Id);
        json.WriteEndArray();
        json.WriteString("id", group.Id);
        if (group.ExternalId is not null)
        {
            json.WriteString("externalId", group.ExternalId);
        }

        json.WriteString("displayName", group.DisplayName);
        WriteMembers(json, members);
        json.WriteStartObject("meta");
        json.WriteString("resourceType", "Group");
        UserResource.WriteMoment(json, "created", group.CreatedAt);
        UserResource.WriteMoment(json, "lastModified", group.UpdatedAt);
        json.WriteString("location", $"{options.BaseAddress}/Groups/{group.Id}");
        json.WriteString("version", VersionOf(group));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteMembers(Utf8JsonWriter json, IReadOnlyList<GroupMemberName> members)
    {
        if (members.Count == 0)
        {
            return;
        }

        json.WriteStartArray("members");
        foreach (var member in members)
        {
            json.WriteStartObject();
            json.WriteString("value", member.Id);
            json.WriteString("$ref", $"{options.BaseAddress}/Users/{member.Id}");
            json.WriteString("display", member.UserName);
            json.WriteString("type", "User");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
