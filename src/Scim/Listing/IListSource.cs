using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Listing;

/// <summary>What can be listed: the members or the groups of an account.</summary>
/// <typeparam name="T">A row of the directory.</typeparam>
internal interface IListSource<T>
{
    ResourceType Type { get; }

    IReadOnlyList<T> Page(HubReader reader, DirectoryQuery query);

    long Count(HubReader reader, string accountId, DirectoryCriterion? criterion);

    DirectoryPosition PositionOf(T row, DirectoryOrder order);

    /// <summary>Rows as resources, as far as a filter or an order looks at them. Each is made when it is looked at.</summary>
    /// <param name="reader">Where to look up what a row alone does not say.</param>
    /// <param name="accountId">Whose rows they are.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="scan">What the search looks at; what it does not may be left out.</param>
    IEnumerable<JsonObject> Trees(HubReader reader, string accountId, IReadOnlyList<T> rows, Scan scan);

    /// <summary>Rows as UTF-8 JSON, as the answer shows them: as many from the first on as go into <see cref="ScimOptions.MaxPageBytes"/>, and one at least.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Show(HubReader reader, string accountId, IReadOnlyList<T> rows, Projection projection);
}
