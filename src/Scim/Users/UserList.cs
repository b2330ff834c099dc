using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Users;

/// <summary>The account's members, to be listed.</summary>
internal sealed class UserList(UserAnswers answers, ScimOptions options) : IListSource<MemberRecord>
{
    private const int WrittenAtOnce = 100;

    public ResourceType Type => UserSchemas.User;

    public IReadOnlyList<MemberRecord> Page(HubReader reader, DirectoryQuery query) => MemberDirectory.Page(reader, query);

    public long Count(HubReader reader, string accountId, DirectoryCriterion? criterion) => MemberDirectory.Count(reader, accountId, criterion);

    public DirectoryPosition PositionOf(MemberRecord row, DirectoryOrder order) => MemberDirectory.PositionOf(row, order);

    public IEnumerable<JsonObject> Trees(HubReader reader, string accountId, IReadOnlyList<MemberRecord> rows, Scan scan) =>
        answers.Write(reader, accountId, rows).Select(written => written.Tree());

    public IReadOnlyList<ReadOnlyMemory<byte>> Show(HubReader reader, string accountId, IReadOnlyList<MemberRecord> rows, Projection projection) =>
        ListPage.Fitting(options.MaxPageBytes, rows.Chunk(WrittenAtOnce).SelectMany(some => answers.Write(reader, accountId, some)).Select(written =>
            projection.IsDefault ? written.Body : JsonSerializer.SerializeToUtf8Bytes(projection.Apply(written.Tree()), ScimMedia.Tree).AsMemory()));
}
