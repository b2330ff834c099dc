using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Groups;

/// <summary>The account's groups, to be listed.</summary>
internal sealed class GroupList(GroupAnswers answers, ScimOptions options) : IListSource<Group>
{
    public ResourceType Type => GroupSchema.Group;

    public IReadOnlyList<Group> Page(HubReader reader, DirectoryQuery query) => GroupDirectory.Page(reader, query);

    public long Count(HubReader reader, string accountId, DirectoryCriterion? criterion) => GroupDirectory.Count(reader, accountId, criterion);

    public DirectoryPosition PositionOf(Group row, DirectoryOrder order) => GroupDirectory.PositionOf(row, order);

    public IEnumerable<JsonObject> Trees(HubReader reader, string accountId, IReadOnlyList<Group> rows, Scan scan)
    {
        var looksAtMembers = scan.LooksAt(GroupMembers.Attribute);
        return rows.Select(group => JsonNode.Parse(answers.Write(group, looksAtMembers ? MembersOf(reader, group, scan) : []).Span)!.AsObject());
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Show(HubReader reader, string accountId, IReadOnlyList<Group> rows, Projection projection) =>
        ListPage.Fitting(options.MaxPageBytes, rows.Select(group => answers.Body(
            reader, group, projection, withMembers: GroupAnswers.ShowsMembers(projection) && !GroupDirectory.HasMoreMembersThan(reader, group.Id, GroupAnswers.MaxMembersInList))));

    private static IReadOnlyList<GroupMemberName> MembersOf(HubReader reader, Group group, Scan scan)
    {
        if (scan.IsSpent || GroupDirectory.HasMoreMembersThan(reader, group.Id, scan.Left))
        {
            scan.GiveUp();
            return [];
        }

        var members = GroupDirectory.Members(reader, group.Id);
        scan.Take(members.Count);
        return members;
    }
}
