using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Catalogue;

/// <summary>One thing that a member of the account can have.</summary>
/// <param name="Place">Where it stands among the others.</param>
/// <param name="Id">Its id, which is its value.</param>
/// <param name="Resource">As it is shown.</param>
internal sealed record CatalogueEntry(int Place, string Id, VersionedResource Resource);

/// <summary>What the members of an account can have: so few that all are made for each question. Listed as everything else is.</summary>
internal abstract class CatalogueList(ResourceType type) : IListSource<CatalogueEntry>
{
    public ResourceType Type => type;

    /// <summary>All of it, in the order in which it is shown.</summary>
    public abstract IReadOnlyList<CatalogueEntry> All(HubReader reader, string accountId);

    public IReadOnlyList<CatalogueEntry> Page(HubReader reader, DirectoryQuery query)
    {
        var entries = Those(reader, query.AccountId, query.Criterion);
        if (query.Descending)
        {
            entries = entries.Reverse();
        }

        if (query.After is { } after)
        {
            entries = entries.SkipWhile(entry => entry.Id != after.Id).Skip(1);
        }

        return [.. entries.Skip((int)Math.Min(query.Skip, int.MaxValue)).Take(query.Take)];
    }

    public long Count(HubReader reader, string accountId, DirectoryCriterion? criterion) => Those(reader, accountId, criterion).Count();

    public DirectoryPosition PositionOf(CatalogueEntry row, DirectoryOrder order) => new(row.Place.ToString(CultureInfo.InvariantCulture), row.Id);

    public IEnumerable<JsonObject> Trees(HubReader reader, string accountId, IReadOnlyList<CatalogueEntry> rows, Scan scan) => rows.Select(row => row.Resource.Tree);

    public IReadOnlyList<ReadOnlyMemory<byte>> Show(HubReader reader, string accountId, IReadOnlyList<CatalogueEntry> rows, Projection projection) =>
        [.. rows.Select(row => Body(row, projection))];

    public static ReadOnlyMemory<byte> Body(CatalogueEntry entry, Projection projection) =>
        projection.IsDefault ? entry.Resource.Body : JsonSerializer.SerializeToUtf8Bytes(projection.Apply(entry.Resource.Tree), ScimMedia.Tree);

    private IEnumerable<CatalogueEntry> Those(HubReader reader, string accountId, DirectoryCriterion? criterion) =>
        All(reader, accountId).Where(entry => criterion is null || Meets(entry, criterion));

    /// <summary>Of what has an index elsewhere, these resources have an id and nothing more.</summary>
    private static bool Meets(CatalogueEntry entry, DirectoryCriterion criterion) => criterion switch
    {
        DirectoryCriterion.AllOf all => all.Parts.All(part => Meets(entry, part)),
        DirectoryCriterion.AnyOf any => any.Parts.Any(part => Meets(entry, part)),
        DirectoryCriterion.Term { Field: DirectoryField.Id, Operator: DirectoryOperator.StartsWith } term => entry.Id.StartsWith(term.Value, StringComparison.Ordinal),
        DirectoryCriterion.Term { Field: DirectoryField.Id } term => entry.Id == term.Value,
        _ => false,
    };
}
