using IdentityHub.Scim.Groups;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Users;

namespace IdentityHub.Scim.Search;

/// <summary>A query of the root (RFC 7644 §3.4.2.1, §3.4.3): Users, then Groups. A filter that one of them has no attribute for finds none of that kind.</summary>
internal sealed class SearchEverything(Lister lister, UserList users, GroupList groups)
{
    public async Task<ScimAnswer> RunAsync(ScimCall call, ListRequest request)
    {
        if (request.ByCursor)
        {
            return ScimAnswer.Of(ScimError.InvalidValue("Users and Groups together are paged by index. Ask /Users or /Groups for pages by cursor."));
        }

        var (asked, error) = (Asks(call, request, out var ofUsers, out var ofGroups), (ScimError?)null);
        if (asked is not null)
        {
            return ScimAnswer.Of(asked);
        }

        var (total, resources) = (0L, new List<ReadOnlyMemory<byte>>());
        var skip = request.StartIndex - 1;
        if (ofUsers)
        {
            error = Take(await lister.PageAsync(call, users, request, skip), ref total, resources);
        }

        if (ofGroups && error is null)
        {
            // A page that ended early for its size ends among the users.
            var isCut = resources.Count < Math.Min(request.Count, Math.Max(0, total - skip));
            var rest = request with { Count = isCut ? 0 : request.Count - resources.Count };
            error = Take(await lister.PageAsync(call, groups, rest, Math.Max(0, skip - total)), ref total, resources);
        }

        return error is not null ? ScimAnswer.Of(error) : new ListPage(total, resources, request.StartIndex, null).Answer();
    }

    private static ScimError? Take(Outcome<ListPage> page, ref long total, List<ReadOnlyMemory<byte>> resources)
    {
        if (page.Failed)
        {
            return page.Error;
        }

        total += page.Value.Total ?? 0;
        resources.AddRange(page.Value.Resources);
        return null;
    }

    /// <summary>Which kinds can be meant. What neither understands is the error that Users have with it.</summary>
    private ScimError? Asks(ScimCall call, ListRequest request, out bool ofUsers, out bool ofGroups)
    {
        var (user, group) = (Understands(call, users.Type, request), Understands(call, groups.Type, request));
        (ofUsers, ofGroups) = (user is null, group is null);
        return user is not null && group is not null ? user : null;
    }

    private static ScimError? Understands(ScimCall call, Protocol.Schema.ResourceType type, ListRequest request)
    {
        var options = FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals };
        return (request.Filter is null ? null : FilterParser.Parse(type, request.Filter, options).Error) ?? SortOrder.Parse(type, request.SortBy, request.SortOrder).Error;
    }
}
