using System.Text.Json.Nodes;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;

namespace IdentityHub.Scim.Catalogue;

/// <summary>What a member can hold a seat of: the applications of which the calling account has seats, and how many are left.</summary>
internal sealed class EntitlementList(ScimOptions options) : CatalogueList(CatalogueSchemas.Entitlement)
{
    public override IReadOnlyList<CatalogueEntry> All(HubReader reader, string accountId) =>
        [.. Seats.PoolsOf(reader, accountId).Select((pool, place) => new CatalogueEntry(place, pool.ApplicationId, Show(pool)))];

    private VersionedResource Show(Seats.PoolOfAccount pool) => VersionedResource.Of(
        new()
        {
            ["schemas"] = new JsonArray(CatalogueSchemas.EntitlementId),
            ["id"] = pool.ApplicationId,
            ["value"] = pool.ApplicationId,
            ["display"] = pool.ApplicationName,
            ["type"] = MemberFacts.SeatType,
            ["supported"] = true,
            ["limitedAssignmentsPermitted"] = true,
            ["totalAssignmentsPermitted"] = pool.Capacity,
            ["totalAssignmentsUsed"] = pool.Used,
        },
        Type.Name, $"{options.BaseAddress}{Type.Endpoint}/{Uri.EscapeDataString(pool.ApplicationId)}");
}
