using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Listing;

/// <summary>Answers a list. What an index answers is read page by page; what none answers is looked at one by one, as far as the limits go, and never past the account.</summary>
internal sealed class Lister(IHubStore store, Cursors cursors, ScanTurns turns, ScimOptions options, TimeProvider time)
{
    /// <summary>So many rows are read at once when each has to be looked at.</summary>
    private const int Stride = 100;

    /// <summary>A question that was understood.</summary>
    private sealed record Question(ScimCall Call, ListRequest Request, DirectoryPlan Plan, SortOrder Sort, Projection Projection, long Skip, Cursors.Place? Place)
    {
        public DirectoryQuery Query(int take, DirectoryPosition? after = null, long skip = 0) =>
            new(Call.AccountId, Plan.Criterion, Plan.Order ?? DirectoryOrder.Created, Sort.Descending && Plan.Order is not null, after, skip, take);
    }

    public async Task<ScimAnswer> RunAsync<T>(ScimCall call, IListSource<T> source, ListRequest request)
    {
        var page = await PageAsync(call, source, request, request.StartIndex - 1);
        return page.Failed ? ScimAnswer.Of(page.Error) : page.Value.Answer();
    }

    /// <param name="call">Who asks.</param>
    /// <param name="source">Of what.</param>
    /// <param name="request">The question.</param>
    /// <param name="skip">How many to leave out first, on a page by index.</param>
    public async Task<Outcome<ListPage>> PageAsync<T>(ScimCall call, IListSource<T> source, ListRequest request, long skip)
    {
        var question = Understand(call, source, request, skip);
        if (question.Failed)
        {
            return question.Error;
        }

        if (question.Value.Plan is { Residual: null, Order: not null })
        {
            return await store.ReadAsync(reader => Task.FromResult(Read(reader, source, question.Value)));
        }

        using var turn = await turns.TakeAsync(call.AccountId);
        return turn.IsAcquired
            ? await store.ReadAsync(reader => Task.FromResult(Read(reader, source, question.Value)))
            : new ScimError(StatusCodes.Status429TooManyRequests, null, "Too many searches that no index answers are under way. Try again in a moment, or narrow this one.");
    }

    private Outcome<Question> Understand<T>(ScimCall call, IListSource<T> source, ListRequest request, long skip)
    {
        FilterNode? filter = null;
        if (request.Filter is not null)
        {
            var parsed = FilterParser.Parse(source.Type, request.Filter, FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals });
            if (parsed.Failed)
            {
                return parsed.Error;
            }

            filter = parsed.Value;
        }

        var sort = SortOrder.Parse(source.Type, request.SortBy, request.SortOrder);
        if (sort.Failed)
        {
            return sort.Error;
        }

        var projection = Projection.Parse(source.Type, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return projection.Error;
        }

        Cursors.Place? place = null;
        if (request.ByCursor)
        {
            var read = cursors.Read(call.AccountId, source.Type.Name, request);
            if (read.Failed)
            {
                return read.Error;
            }

            place = read.Value;
        }

        return new Question(call, request, DirectoryPlan.Of(filter, sort.Value), sort.Value, projection.Value, place?.Skip ?? skip, place);
    }

    private Outcome<ListPage> Read<T>(HubReader reader, IListSource<T> source, Question question) => question.Plan switch
    {
        { Order: null } => Sorted(reader, source, question),
        { Residual: null } => question.Request.ByCursor ? NextOf(reader, source, question) : PageOf(reader, source, question),
        _ => question.Request.ByCursor ? NextMatching(reader, source, question) : Matching(reader, source, question),
    };

    /// <summary>The database answers it all, by place.</summary>
    private static ListPage PageOf<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var count = question.Request.Count;
        IReadOnlyList<T> rows = count == 0 || question.Skip > 0 ? [] : source.Page(reader, question.Query(count));

        // A first page that is not full has them all: whoever asks for one name is not counted besides.
        var total = question.Skip == 0 && rows.Count < count ? rows.Count : source.Count(reader, question.Call.AccountId, question.Plan.Criterion);
        if (count > 0 && question.Skip > 0 && question.Skip < total)
        {
            rows = source.Page(reader, question.Query(count, skip: question.Skip));
        }

        return new(total, source.Show(reader, question.Call.AccountId, rows, question.Projection), question.Skip + 1, null);
    }

    /// <summary>The database answers it all, from where the last page ended.</summary>
    private ListPage NextOf<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var count = question.Request.Count;
        var rows = source.Page(reader, question.Query(count + 1, After(question)));
        var isLast = rows.Count <= count;
        IReadOnlyList<T> shown = isLast ? rows : [.. rows.Take(count)];
        long? total = question.Plan.Criterion is null ? source.Count(reader, question.Call.AccountId, null) : null;
        var resources = source.Show(reader, question.Call.AccountId, shown, question.Projection);
        return new(total, resources, null, isLast && resources.Count == shown.Count ? null : CursorAfter(source, question, [.. shown.Take(resources.Count)]));
    }

    /// <summary>Every candidate is looked at, for the number of them and for the page.</summary>
    private Outcome<ListPage> Matching<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var candidates = source.Count(reader, question.Call.AccountId, question.Plan.Criterion);
        if (candidates > options.MaxScan)
        {
            return TooMany(candidates);
        }

        var (started, total, page, scan) = (time.GetTimestamp(), 0L, new List<T>(), new Scan(question.Plan.Residual, question.Sort));
        foreach (var (row, tree) in Rows(reader, source, question, null, scan))
        {
            if (scan.IsSpent)
            {
                return Scan.TooManyParts;
            }

            if (IsLate(started))
            {
                return TooLong();
            }

            if (FilterEvaluator.Matches(question.Plan.Residual!, tree) && ++total > question.Skip && page.Count < question.Request.Count)
            {
                page.Add(row);
            }
        }

        return new ListPage(total, source.Show(reader, question.Call.AccountId, page, question.Projection), question.Skip + 1, null);
    }

    /// <summary>Looks at candidates from where the last page ended, until the page is full or enough were looked at; the next page goes on from there.</summary>
    private Outcome<ListPage> NextMatching<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var (started, seen, page, scan) = (time.GetTimestamp(), 0, new List<T>(), new Scan(question.Plan.Residual, question.Sort));
        string? next = null;
        foreach (var (row, tree) in Rows(reader, source, question, After(question), scan))
        {
            if (scan.IsSpent)
            {
                return Scan.TooManyParts;
            }

            if (FilterEvaluator.Matches(question.Plan.Residual!, tree))
            {
                if (page.Count == question.Request.Count)
                {
                    next = CursorAfter(source, question, page);
                    break;
                }

                page.Add(row);
            }

            if (++seen >= options.MaxScan || IsLate(started))
            {
                next = CursorAfter(source, question, [row]);
                break;
            }
        }

        var resources = source.Show(reader, question.Call.AccountId, page, question.Projection);
        return new ListPage(null, resources, null, resources.Count == page.Count ? next : CursorAfter(source, question, [.. page.Take(resources.Count)]));
    }

    /// <summary>No index has the order: everything that matches is sorted here.</summary>
    private Outcome<ListPage> Sorted<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var candidates = source.Count(reader, question.Call.AccountId, question.Plan.Criterion);
        if (candidates > options.MaxScan)
        {
            return TooMany(candidates);
        }

        var (started, found, scan) = (time.GetTimestamp(), new List<(JsonObject Key, T Row)>(), new Scan(question.Plan.Residual, question.Sort));
        foreach (var (row, tree) in Rows(reader, source, question, null, scan))
        {
            if (scan.IsSpent)
            {
                return Scan.TooManyParts;
            }

            if (IsLate(started))
            {
                return TooLong();
            }

            if (question.Plan.Residual is null || FilterEvaluator.Matches(question.Plan.Residual, tree))
            {
                found.Add((KeyOf(question.Sort, tree), row));
            }
        }

        var page = found.OrderBy(one => one.Key, question.Sort).Skip((int)Math.Min(question.Skip, int.MaxValue)).Take(question.Request.Count).Select(one => one.Row).ToList();
        var resources = source.Show(reader, question.Call.AccountId, page, question.Projection);
        var end = question.Skip + resources.Count;
        var next = question.Request.ByCursor && end < found.Count
            ? cursors.Make(question.Call.AccountId, source.Type.Name, question.Request, new(null, null, end))
            : null;
        return new ListPage(found.Count, resources, question.Request.ByCursor ? null : question.Skip + 1, next);
    }

    /// <summary>Every candidate from a position on with its resource, a few read at a time.</summary>
    private static IEnumerable<(T Row, JsonObject Tree)> Rows<T>(HubReader reader, IListSource<T> source, Question question, DirectoryPosition? after, Scan scan)
    {
        while (true)
        {
            var rows = source.Page(reader, question.Query(Stride, after));
            var i = 0;
            foreach (var tree in source.Trees(reader, question.Call.AccountId, rows, scan))
            {
                yield return (rows[i++], tree);
            }

            if (rows.Count < Stride)
            {
                yield break;
            }

            after = source.PositionOf(rows[^1], question.Plan.Order ?? DirectoryOrder.Created);
        }
    }

    private bool IsLate(long started) => time.GetElapsedTime(started) > options.MaxScanTime;

    private static DirectoryPosition? After(Question question) => question.Place is { Key: { } key, Id: { } id } ? new(key, id) : null;

    private string? CursorAfter<T>(IListSource<T> source, Question question, List<T> rows)
    {
        if (rows.Count == 0)
        {
            // A page of none: the next begins where this one did.
            return cursors.Make(question.Call.AccountId, source.Type.Name, question.Request, question.Place!);
        }

        var position = source.PositionOf(rows[^1], question.Plan.Order!.Value);
        return cursors.Make(question.Call.AccountId, source.Type.Name, question.Request, new(position.Key, position.Id, 0));
    }

    /// <summary>Of a resource no more than the order looks at: many are held at once.</summary>
    private static JsonObject KeyOf(SortOrder sort, JsonObject tree)
    {
        var by = sort.By!;
        var from = by.Extension is null ? tree : tree[by.Extension.Id] as JsonObject;
        var key = new JsonObject();
        if (by.Attribute is { } attribute && from?[attribute.Name] is { } value)
        {
            (by.Extension is null ? key : (JsonObject)(key[by.Extension.Id] = new JsonObject()))[attribute.Name] = value.DeepClone();
        }

        return key;
    }

    private ScimError TooMany(long candidates) => ScimError.TooMany(
        $"To answer this, each of {candidates} resources would have to be looked at; the limit is {options.MaxScan}. Narrow it by id, userName, externalId, emails.value, displayName of a group, groups.value or meta.lastModified, or page by cursor.");

    private ScimError TooLong() => ScimError.TooMany($"The search took longer than {options.MaxScanTime.TotalSeconds} s. Narrow it, or page by cursor.");
}
