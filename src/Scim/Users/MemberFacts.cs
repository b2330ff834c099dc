using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Permissions;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Users;

/// <summary>What a User resource says of things that are the hub's own: status, role, level, seats, second factors. Role and seats stand in it twice, in step.</summary>
internal sealed record MemberFacts(bool Active, Role Role, PermissionLevel? Level, ImmutableSortedSet<string> Seats, bool TwoFactorRequired)
{
    public const string SeatType = "seat";

    /// <summary>
    /// Reads them from what is desired. Where the two places of one fact differ, the one that was changed counts. A status that was taken away rather than set stays what it was:
    /// nobody is let in again by silence.
    /// </summary>
    /// <param name="current">The resource as it is; empty for a new one.</param>
    /// <param name="desired">The resource as it is to be.</param>
    /// <returns><c>invalidValue</c> for a role, level or kind of entitlement that there is not, and where both places were changed to different things.</returns>
    public static Outcome<MemberFacts> Read(JsonObject current, JsonObject desired)
    {
        var (roleError, role) = ReadRole(current, desired);
        if (roleError is not null)
        {
            return roleError;
        }

        var (seatError, seats) = ReadSeats(current, desired);
        if (seatError is not null)
        {
            return seatError;
        }

        var level = Text(Account(desired)?["permissionLevel"]);
        if (level is not null && PermissionNames.Level(level.ToUpperInvariant()) is null)
        {
            return ScimError.InvalidValue($"\"{level}\" is no permission level. There are PRIMARY, SUPPORT, INVOICES and ACATR.");
        }

        return new MemberFacts(
            IsTrue(desired["active"] ?? current["active"], otherwise: true), role,
            PermissionNames.Level(level?.ToUpperInvariant()), seats, IsTrue(Account(desired)?["twoFactor"]?["required"], otherwise: false));
    }

    private static bool IsTrue(JsonNode? flag, bool otherwise) => flag?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => otherwise,
    };

    private static (ScimError? Error, Role Role) ReadRole(JsonObject current, JsonObject desired)
    {
        var (former, _) = RoleName(current, null);
        var (names, error) = RoleName(desired, former);
        if (error is not null)
        {
            return (error, default);
        }

        var simple = Text(Account(desired)?["role"]);
        var changedPlural = !Same(names, former);
        var changedSimple = !Same(simple, Text(Account(current)?["role"]));
        if (changedPlural && changedSimple && names is not null && simple is not null && !Same(names, simple))
        {
            return (ScimError.InvalidValue("roles and the role of the account extension are the same fact, and were given different values."), default);
        }

        var name = changedSimple && !(changedPlural && simple is null) ? simple : changedPlural ? names : simple ?? names;
        if (name is null)
        {
            return (null, Role.User);
        }

        return Enum.TryParse<Role>(name, ignoreCase: true, out var role) && !char.IsDigit(name[0])
            ? (null, role)
            : (ScimError.InvalidValue($"\"{name}\" is no role. There are Administrator and User."), default);
    }

    /// <summary>The one role in <c>roles</c>. One that is added to the former takes its place: clients that know several roles send the new one alone.</summary>
    private static (string? Name, ScimError? Error) RoleName(JsonObject resource, string? former)
    {
        var names = new List<string>();
        foreach (var role in resource["roles"] as JsonArray ?? [])
        {
            if (Text(role?["value"]) is not { } name)
            {
                return (null, ScimError.InvalidValue("A role has no value. There are Administrator and User."));
            }

            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                names.Add(name);
            }
        }

        return names switch
        {
            [] => (null, null),
            [var one] => (one, null),
            [var first, var added] when Same(first, former) => (added, null),
            _ => (null, ScimError.InvalidValue("A member has one role: Administrator or User.")),
        };
    }

    private static (ScimError? Error, ImmutableSortedSet<string> Seats) ReadSeats(JsonObject current, JsonObject desired)
    {
        foreach (var entitlement in desired["entitlements"] as JsonArray ?? [])
        {
            if (Text(entitlement?["value"]) is null || (Text(entitlement?["type"]) is { } type && !Same(type, SeatType)))
            {
                return (ScimError.InvalidValue("An entitlement is a seat: {\"value\": the application's id, \"type\": \"seat\"}."), []);
            }
        }

        var (plural, simple) = (Entitlements(desired), Simple(desired));
        var changedPlural = !plural.SetEquals(Entitlements(current));
        var changedSimple = !simple.SetEquals(Simple(current));
        return changedPlural && changedSimple && !plural.SetEquals(simple) && !(plural.IsEmpty || simple.IsEmpty)
            ? (ScimError.InvalidValue("entitlements and the seats of the account extension are the same fact, and were given different values."), [])
            : (null, changedPlural && !(changedSimple && plural.IsEmpty) ? plural : simple);
    }

    private static ImmutableSortedSet<string> Entitlements(JsonObject resource) =>
        [.. (resource["entitlements"] as JsonArray ?? []).Select(entitlement => Text(entitlement?["value"])).OfType<string>()];

    private static ImmutableSortedSet<string> Simple(JsonObject resource) =>
        [.. (Account(resource)?["seats"] as JsonArray ?? []).Select(Text).OfType<string>()];

    private static JsonObject? Account(JsonObject resource) => resource[UserSchemas.AccountId] as JsonObject;

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
