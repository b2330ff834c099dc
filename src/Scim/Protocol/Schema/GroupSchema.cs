using static IdentityHub.Scim.Protocol.Schema.Attributes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>What a Group is made of (RFC 7643 §4.2). Members are Users; groups in groups are refused.</summary>
internal static class GroupSchema
{
    public const string Id = "urn:ietf:params:scim:schemas:core:2.0:Group";

    public static readonly ResourceType Group = new("Group", "/Groups", "A group of members of the account.", new(Id, "Group", "A group of members of the account.",
    [
        Text("displayName", "The group's name. Unique in the account, without case.") with { Required = true, Uniqueness = Uniqueness.Server },
        Complex("members", "Who is in the group.",
            Text("value", "The id of the member's User.") with { Mutability = Mutability.Immutable, CaseExact = true, Required = true },
            Reference("$ref", "The address of the member's User.", "User") with { Mutability = Mutability.Immutable, CaseExact = true },
            Text("display", "The member's name.") with { Mutability = Mutability.Immutable },
            Text("type", "What the member is.") with { Mutability = Mutability.Immutable, CanonicalValues = ["User"] }) with { MultiValued = true },
    ]), []);
}
