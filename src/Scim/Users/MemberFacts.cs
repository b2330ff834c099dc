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

    /// <summary>The attribute of the account extension.</summary>
    public const string SeatsName = "seats";

    /// <summary>
    /// Reads them from what is desired. Where the two places of one fact differ, the one that was changed counts; where both were, the account extension. A status that was
    /// taken away rather than set stays what it was: nobody is let in again by silence.
    /// </summary>
    /// <param name="current">The resource as it is; empty for a new one.</param>
    /// <param name="desired">The resource as it is to be.</param>
    /// <returns><c>invalidValue</c> for a role or level that there is not.</returns>
    public static Outcome<MemberFacts> Read(JsonObject current, JsonObject desired)
    {
        var (roleError, role) = ReadRole(current, desired);
        if (roleError is not null)
        {
            return roleError;
        }

        var seats = ReadSeats(current, desired);
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
        var former = RoleNames(current).FirstOrDefault();
        var given = RoleNames(desired);
        if (given is [var first, _] && Same(first, former))
        {
            // Added to the one that there is: a member has one role, so the new one takes its place.
            given.RemoveAt(0);
        }

        if (given.Count > 1)
        {
            return (ScimError.InvalidValue("A member has one role: Administrator or User."), default);
        }

        var names = given.FirstOrDefault();
        var simple = Text(Account(desired)?["role"]);
        var changedPlural = !Same(names, former);
        var changedSimple = !Same(simple, Text(Account(current)?["role"]));
        var name = changedSimple && !(changedPlural && simple is null) ? simple : changedPlural ? names : simple ?? names;
        if (name is null)
        {
            return (null, Role.User);
        }

        foreach (var role in Enum.GetValues<Role>())
        {
            if (Same(name, PermissionNames.Of(role)))
            {
                return (null, role);
            }
        }

        return (ScimError.InvalidValue($"\"{name}\" is no role. There are Administrator and User."), default);
    }

    private static List<string> RoleNames(JsonObject resource) =>
        [.. (resource["roles"] as JsonArray ?? []).Select(role => Text(role?["value"])).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    private static ImmutableSortedSet<string> ReadSeats(JsonObject current, JsonObject desired)
    {
        var (plural, simple) = (Entitlements(desired), Simple(desired));
        var changedPlural = !plural.SetEquals(Entitlements(current));
        var changedSimple = !simple.SetEquals(Simple(current));
        return changedPlural && !(changedSimple && !simple.IsEmpty) ? plural : simple;
    }

    private static ImmutableSortedSet<string> Entitlements(JsonObject resource) =>
        [.. (resource["entitlements"] as JsonArray ?? []).Where(IsSeat).Select(entitlement => Text(entitlement?["value"])).OfType<string>()];

    /// <summary>Entitlements of other kinds are the account's own to keep; they give nothing here.</summary>
    public static bool IsSeat(JsonNode? entitlement) => Text(entitlement?["type"]) is not { } type || Same(type, SeatType);

    private static ImmutableSortedSet<string> Simple(JsonObject resource) =>
        [.. (Account(resource)?[SeatsName] as JsonArray ?? []).Select(Text).OfType<string>()];

    private static JsonObject? Account(JsonObject resource) => resource[UserSchemas.AccountId] as JsonObject;

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
