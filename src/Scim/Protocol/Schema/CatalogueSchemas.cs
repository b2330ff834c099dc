using System.Collections.Immutable;
using static IdentityHub.Scim.Protocol.Schema.Attributes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>What Roles and Entitlements are made of: draft-ietf-scim-roles-entitlements-01, and what this hub adds in an extension of its own. Nobody writes them over SCIM.</summary>
internal static class CatalogueSchemas
{
    public const string RoleId = "urn:ietf:params:scim:schemas:core:2.0:Role";
    public const string EntitlementId = "urn:ietf:params:scim:schemas:core:2.0:Entitlement";
    public const string RolePermissionsId = "urn:identityhub:params:scim:schemas:extension:permissions:2.0:Role";

    public static readonly ScimSchema RolePermissions = new(RolePermissionsId, "Role permissions", "What a role allows in the account.",
    [
        ReadOnly(Text("description", "What the role is for.")),
        ReadOnly(Text("permissions", "What a member with this role and no permission level may do: values of the permissions claim.")) with { MultiValued = true, CaseExact = true },
    ]);

    public static readonly ResourceType Role = new("Role", "/Roles", "A role that a member of the account can have.", new(RoleId, "Role", "A role that a member of the account can have.",
    [
        ReadOnly(Text("value", "What stands in the value of a User's roles.")) with { Required = true },
        .. Common("role"),
    ]), [RolePermissions]);

    public static readonly ResourceType Entitlement = new("Entitlement", "/Entitlements", "An application that the account has seats of.", new(
        EntitlementId, "Entitlement", "An application that the account has seats of.",
    [
        ReadOnly(Text("value", "What stands in the value of a User's entitlements: the application's id.")) with { Required = true, CaseExact = true },
        .. Common("entitlement"),
    ]), []);

    private static ImmutableArray<ScimAttribute> Common(string what) =>
    [
        ReadOnly(Text("display", $"The {what}'s name for people.")),
        ReadOnly(Text("type", $"What kind of {what} it is.")),
        ReadOnly(Flag("supported", $"Whether members can have the {what} now.")),
        ReadOnly(Flag("limitedAssignmentsPermitted", $"Whether only so many members can have the {what}.")),
        ReadOnly(Number("totalAssignmentsPermitted", $"How many members can have the {what}.")),
        ReadOnly(Number("totalAssignmentsUsed", $"How many members have the {what}.")),
        ReadOnly(Text("containedBy", $"The values of those that allow all that this {what} does, and more.")) with { MultiValued = true },
        ReadOnly(Text("contains", $"The values of those of which this {what} allows everything.")) with { MultiValued = true },
    ];
}
