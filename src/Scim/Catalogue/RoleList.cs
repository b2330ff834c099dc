using System.Text.Json.Nodes;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Catalogue;

/// <summary>The roles that a member can have: those of the one table of permissions, the same in every account. Permission levels are no roles.</summary>
internal sealed class RoleList(ScimOptions options) : CatalogueList(CatalogueSchemas.Role)
{
    private static readonly Role[] Roles = [Role.Administrator, Role.User];

    public override IReadOnlyList<CatalogueEntry> All(HubReader reader, string accountId) =>
        [.. Roles.Select((role, place) => new CatalogueEntry(place, PermissionNames.Of(role), Show(role)))];

    private VersionedResource Show(Role role)
    {
        var name = PermissionNames.Of(role);
        var tree = new JsonObject
        {
            ["schemas"] = new JsonArray(CatalogueSchemas.RoleId, CatalogueSchemas.RolePermissionsId),
            ["id"] = name,
            ["value"] = name,
            ["display"] = name,
            ["supported"] = true,
            ["limitedAssignmentsPermitted"] = false,
        };
        Add(tree, "containedBy", Roles.Where(other => Contains(other, role)).Select(PermissionNames.Of));
        Add(tree, "contains", Roles.Where(other => Contains(role, other)).Select(PermissionNames.Of));
        var permissions = new JsonObject { ["description"] = Describe(role) };
        Add(permissions, "permissions", PermissionMatrix.Of(role, null));
        tree[CatalogueSchemas.RolePermissionsId] = permissions;
        return VersionedResource.Of(tree, Type.Name, $"{options.BaseAddress}{Type.Endpoint}/{name}");
    }

    /// <summary>Whether one role allows all that the other does, and more.</summary>
    private static bool Contains(Role role, Role other) =>
        role != other && PermissionMatrix.Of(other, null).All(permission => PermissionMatrix.Allows(role, null, permission));

    private static string Describe(Role role) => role == Role.Administrator
        ? "Manages the account: its people, their second factors, billing and plan, and the reports of others. What of the services a member uses is the permission level's to say."
        : "A member who sees to their own report and second factor. What of the services a member uses is the permission level's to say.";

    private static void Add(JsonObject tree, string name, IEnumerable<string> values)
    {
        var list = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        if (list.Count > 0)
        {
            tree[name] = list;
        }
    }
}
