using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;

namespace IdentityHub.Scim.Listing;

/// <summary>Answers a list. What an index answers is read page by page; what none answers is looked at one by one, as far as the limits go, and never past the account.</summary>
internal sealed class Lister(IHubStore store, Cursors cursors, ScimOptions options, TimeProvider time)
{
    /// <summary>So many rows are read at once when each has to be looked at.</summary>
    private const int Stride = 500;

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
        return question.Failed ? question.Error : await store.ReadAsync(reader => Task.FromResult(Read(reader, source, question.Value)));
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
        return new(total, source.Show(reader, question.Call.AccountId, shown, question.Projection), null, isLast ? null : CursorAfter(source, question, shown));
    }

    /// <summary>Every candidate is looked at, for the number of them and for the page.</summary>
    private Outcome<ListPage> Matching<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var candidates = source.Count(reader, question.Call.AccountId, question.Plan.Criterion);
        if (candidates > options.MaxScan)
        {
            return TooMany(candidates);
        }

        var (deadline, total, page) = (time.GetTimestamp(), 0L, new List<T>());
        DirectoryPosition? after = null;
        while (true)
        {
            var rows = source.Page(reader, question.Query(Stride, after));
            foreach (var row in Those(reader, source, question, rows))
            {
                total++;
                if (total > question.Skip && page.Count < question.Request.Count)
                {
                    page.Add(row);
                }
            }

            if (rows.Count < Stride)
            {
                return new ListPage(total, source.Show(reader, question.Call.AccountId, page, question.Projection), question.Skip + 1, null);
            }

            if (time.GetElapsedTime(deadline) > options.MaxScanTime)
            {
                return TooLong();
            }

            after = source.PositionOf(rows[^1], question.Plan.Order!.Value);
        }
    }

    /// <summary>Looks at candidates from where the last page ended, until the page is full or enough were looked at; the next page goes on from there.</summary>
    private ListPage NextMatching<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var (started, seen, page, after) = (time.GetTimestamp(), 0, new List<T>(), After(question));
        while (true)
        {
            var rows = source.Page(reader, question.Query(Stride, after));
            foreach (var row in Those(reader, source, question, rows))
            {
                if (page.Count == question.Request.Count)
                {
                    return new(null, source.Show(reader, question.Call.AccountId, page, question.Projection), null, CursorAfter(source, question, page));
                }

                page.Add(row);
            }

            seen += rows.Count;
            var isEnd = rows.Count < Stride;
            if (isEnd || seen >= options.MaxScan || time.GetElapsedTime(started) > options.MaxScanTime)
            {
                return new(null, source.Show(reader, question.Call.AccountId, page, question.Projection), null, isEnd ? null : CursorAfter(source, question, rows));
            }

            after = source.PositionOf(rows[^1], question.Plan.Order!.Value);
        }
    }

    /// <summary>No index has the order: everything that matches is sorted here.</summary>
    private Outcome<ListPage> Sorted<T>(HubReader reader, IListSource<T> source, Question question)
    {
        var candidates = source.Count(reader, question.Call.AccountId, question.Plan.Criterion);
        if (candidates > options.MaxScan)
        {
            return TooMany(candidates);
        }

        var (started, found) = (time.GetTimestamp(), new List<(JsonObject Key, T Row)>());
        DirectoryPosition? after = null;
        while (true)
        {
            var rows = source.Page(reader, question.Query(Stride, after));
            var trees = source.Trees(reader, question.Call.AccountId, rows);
            for (var i = 0; i < rows.Count; i++)
            {
                if (question.Plan.Residual is null || FilterEvaluator.Matches(question.Plan.Residual, trees[i]))
                {
                    found.Add((KeyOf(question.Sort, trees[i]), rows[i]));
                }
            }

            if (rows.Count < Stride)
            {
                break;
            }

            if (time.GetElapsedTime(started) > options.MaxScanTime)
            {
                return TooLong();
            }

            after = source.PositionOf(rows[^1], DirectoryOrder.Created);
        }

        var page = found.OrderBy(one => one.Key, question.Sort).Skip((int)Math.Min(question.Skip, int.MaxValue)).Take(question.Request.Count).Select(one => one.Row).ToList();
        var end = question.Skip + page.Count;
        var next = question.Request.ByCursor && end < found.Count
            ? cursors.Make(question.Call.AccountId, source.Type.Name, question.Request, new(null, null, end))
            : null;
        return new ListPage(
            found.Count, source.Show(reader, question.Call.AccountId, page, question.Projection), question.Request.ByCursor ? null : question.Skip + 1, next);
    }

    private static IEnumerable<T> Those<T>(HubReader reader, IListSource<T> source, Question question, IReadOnlyList<T> rows)
    {
        var trees = source.Trees(reader, question.Call.AccountId, rows);
        for (var i = 0; i < rows.Count; i++)
        {
            if (FilterEvaluator.Matches(question.Plan.Residual!, trees[i]))
            {
                yield return rows[i];
            }
        }
    }

    private static DirectoryPosition? After(Question question) => question.Place is { Key: { } key, Id: { } id } ? new(key, id) : null;

    private string? CursorAfter<T>(IListSource<T> source, Question question, IReadOnlyList<T> rows)
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
