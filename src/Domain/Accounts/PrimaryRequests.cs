using System.Text;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>Reading of requests to change an account's Primary User, and of who that is.</summary>
public static class PrimaryRequests
{
    /// <summary>Who has PRIMARY.</summary>
    /// <param name="MembershipId">Their place in the account.</param>
    /// <param name="UserId">The user.</param>
    /// <param name="Name">As the account knows them.</param>
    /// <param name="UserName">The sign-in name.</param>
    /// <param name="MaySignIn">False while they are deactivated: then what they would confirm is the operator's to confirm.</param>
    public sealed record Holder(string MembershipId, string UserId, string Name, string UserName, bool MaySignIn);

    /// <summary>Somebody in a request.</summary>
    /// <param name="UserId">The user; null once erased.</param>
    /// <param name="Name">As the account knows them; null when they are no member of it any more.</param>
    /// <param name="UserName">The sign-in name; null likewise.</param>
    public sealed record Someone(string? UserId, string? Name, string? UserName);

    /// <summary>A request as it is shown.</summary>
    public sealed record View(
        string Id, string AccountId, string AccountName, PrimaryRequestState State, PrimaryRequestEnd? End, Someone Candidate, Someone RequestedBy, bool RequestedByOperator,
        DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? ConfirmedAt, Someone ConfirmedBy, bool ConfirmedByOperator, DateTimeOffset? EndedAt, Someone Former)
    {
        public bool IsOpen => EndedAt is null;
    }

    private sealed record Row(PrimaryRequest Request, string AccountName);

    private sealed record Named(string AccountId, string UserId, bool Home, string? Attributes, string UserName, string? GivenName, string? FamilyName)
    {
        public string Name => MemberNames.Of(Home, UserName, GivenName, FamilyName, Attributes);
    }

    /// <returns>Who has PRIMARY in the account; null where nobody has.</returns>
    public static async Task<Holder?> HolderAsync(HubReader reader, string accountId)
    {
        var found = await (
            from place in reader.Db.Memberships.AsNoTracking()
            join user in reader.Db.Users on place.UserId equals user.Id
            where place.AccountId == accountId && place.PermissionLevel == PermissionLevel.Primary
            select new
            {
                place.Id, MaySignIn = place.Status == MembershipStatus.Active && user.Active,
                Named = new Named(place.AccountId, user.Id, place.Home, place.Attributes, user.UserName, user.GivenName, user.FamilyName),
            }).SingleOrDefaultAsync();
        return found is null ? null : new(found.Id, found.Named.UserId, found.Named.Name, found.Named.UserName, found.MaySignIn);
    }

    /// <returns>The account's open request; null when there is none. One whose time is over counts as none.</returns>
    public static async Task<View?> OpenOfAsync(HubReader reader, string accountId) =>
        (await ViewsAsync(reader, reader.Db.PrimaryRequests.Where(row => row.AccountId == accountId && row.EndedAt == null && row.ExpiresAt > reader.Now))).SingleOrDefault();

    /// <returns>A request of the account; null when it has no such one.</returns>
    public static async Task<View?> FindAsync(HubReader reader, string accountId, string requestId) =>
        (await ViewsAsync(reader, reader.Db.PrimaryRequests.Where(row => row.AccountId == accountId && row.Id == requestId))).SingleOrDefault();

    /// <returns>The account's requests, the newest first; before the moment at which an earlier page ended, where one is given.</returns>
    public static Task<IReadOnlyList<View>> HistoryAsync(HubReader reader, string accountId, int count, DateTimeOffset? before = null) =>
        ViewsAsync(reader, reader.Db.PrimaryRequests.Where(row => row.AccountId == accountId && (before == null || row.CreatedAt < before))
            .OrderByDescending(row => row.CreatedAt).Take(count));

    /// <returns>The open requests for a user, in whatever account, that wait for their answer or will.</returns>
    public static Task<IReadOnlyList<View>> ForCandidateAsync(HubReader reader, string userId) =>
        ViewsAsync(reader, reader.Db.PrimaryRequests.Where(row => row.CandidateUserId == userId && row.EndedAt == null && row.ExpiresAt > reader.Now).OrderBy(row => row.CreatedAt));

    /// <summary>What waits, in every account. For the operator.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Waits">For how long it has been waiting.</param>
    /// <param name="Overdue">Whether nobody has confirmed or declined it within <see cref="PrimaryTransfer.Promise"/>.</param>
    /// <param name="HasPrimary">Whether a Primary User could confirm it; otherwise only the operator can.</param>
    public sealed record Waiting(View Request, TimeSpan Waits, bool Overdue, bool HasPrimary);

    /// <returns>The open requests of all accounts, those that have waited longest first.</returns>
    public static async Task<IReadOnlyList<Waiting>> WaitingAsync(HubReader reader, int count, DateTimeOffset? after = null)
    {
        var open = await ViewsAsync(reader, reader.Db.PrimaryRequests.Where(row => row.EndedAt == null && row.ExpiresAt > reader.Now && (after == null || row.CreatedAt > after))
            .OrderBy(row => row.CreatedAt).Take(count));
        var accounts = open.Select(view => view.AccountId).ToArray();
        var withPrimary = await (
            from place in reader.Db.Memberships
            join user in reader.Db.Users on place.UserId equals user.Id
            where accounts.Contains(place.AccountId) && place.PermissionLevel == PermissionLevel.Primary && place.Status == MembershipStatus.Active && user.Active
            select place.AccountId).ToListAsync();
        return
        [
            .. open.Select(view => new Waiting(
                view, reader.Now - view.CreatedAt, view.State == PrimaryRequestState.Requested && reader.Now - view.CreatedAt > PrimaryTransfer.Promise, withPrimary.Contains(view.AccountId))),
        ];
    }

    /// <returns>Why it was asked for, in the words of whoever asked; null once they or the candidate are erased.</returns>
    public static async Task<string?> WhyAsync(HubReader reader, string accountId, string requestId)
    {
        if (await RowAsync(reader, accountId, requestId) is not { SealedWhy: { } outer, CandidateUserId: { } candidate } request)
        {
            return null;
        }

        var inner = request.RequestedByUserId is { } requester ? await UserSealing.OpenAsync(reader, requester, PlaceOf(request), outer) : outer;
        return inner is not null && await UserSealing.OpenAsync(reader, candidate, PlaceOf(request), inner) is { } text ? Encoding.UTF8.GetString(text) : null;
    }

    internal static byte[] SealWhy(HubTransaction transaction, PrimaryRequest request, string why)
    {
        var inner = UserSealing.Seal(transaction, request.CandidateUserId!, PlaceOf(request), Encoding.UTF8.GetBytes(why));
        return request.RequestedByUserId is { } requester ? UserSealing.Seal(transaction, requester, PlaceOf(request), inner) : inner;
    }

    internal static Task<PrimaryRequest?> RowAsync(HubReader reader, string accountId, string requestId) =>
        reader.Db.PrimaryRequests.AsNoTracking().SingleOrDefaultAsync(row => row.Id == requestId && row.AccountId == accountId);

    internal static Task<PrimaryRequest?> OfCandidateAsync(HubReader reader, string requestId, string userId) =>
        reader.Db.PrimaryRequests.AsNoTracking().SingleOrDefaultAsync(row => row.Id == requestId && row.CandidateUserId == userId);

    internal static string PlaceOf(PrimaryRequest request) => "primary-why:" + request.Id;

    /// <summary>Two questions to the database, however many requests there are.</summary>
    private static async Task<IReadOnlyList<View>> ViewsAsync(HubReader reader, IQueryable<PrimaryRequest> requests)
    {
        var rows = await requests.AsNoTracking().Join(reader.Db.Accounts, row => row.AccountId, account => account.Id, (row, account) => new Row(row, account.Name)).ToListAsync();
        if (rows.Count == 0)
        {
            return [];
        }

        var accounts = rows.Select(row => row.Request.AccountId).Distinct().ToArray();
        var people = rows.SelectMany(row => PeopleOf(row.Request)).OfType<string>().Distinct().ToArray();
        var named = await (
            from place in reader.Db.Memberships.AsNoTracking()
            join user in reader.Db.Users on place.UserId equals user.Id
            where accounts.Contains(place.AccountId) && people.Contains(place.UserId)
            select new Named(place.AccountId, user.Id, place.Home, place.Attributes, user.UserName, user.GivenName, user.FamilyName)).ToListAsync();
        var names = named.ToDictionary(name => (name.AccountId, name.UserId));
        return [.. rows.Select(row => ViewOf(row, user => user is not null && names.TryGetValue((row.Request.AccountId, user), out var name) ? new(user, name.Name, name.UserName) : new(user, null, null)))];
    }

    private static string?[] PeopleOf(PrimaryRequest request) => [request.CandidateUserId, request.RequestedByUserId, request.ConfirmedByUserId, request.FormerUserId];

    private static View ViewOf(Row row, Func<string?, Someone> someone)
    {
        var request = row.Request;
        return new(
            request.Id, request.AccountId, row.AccountName, request.State, request.End, someone(request.CandidateUserId), someone(request.RequestedByUserId), request.RequestedByOperator,
            request.CreatedAt, request.ExpiresAt, request.ConfirmedAt, someone(request.ConfirmedByUserId), request.ConfirmedByOperator, request.EndedAt, someone(request.FormerUserId));
    }
}
