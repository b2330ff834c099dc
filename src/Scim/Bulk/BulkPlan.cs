using System.Collections.Immutable;

namespace IdentityHub.Scim.Bulk;

/// <summary>What is run at once: one operation, or several new resources that refer to each other in a circle (RFC 7644 §3.7.1).</summary>
/// <param name="Operations">Where they stand in the request.</param>
/// <param name="IsCircular">Whether what it makes refers to itself, by others or directly.</param>
internal sealed record BulkStep(ImmutableArray<int> Operations, bool IsCircular);

/// <summary>
/// In which order the operations of a Bulk request run: as they stand in it, but for those that refer to what a later one makes; these wait for it.
/// Operations on one resource keep their order (RFC 7644 §3.7: the same result as without any optimizing).
/// </summary>
internal sealed class BulkPlan
{
    private readonly ImmutableArray<BulkOperation> operations;
    private readonly Dictionary<string, int> makers = new(StringComparer.Ordinal);
    private readonly int[][] needs;
    private readonly int[] stepOf;

    public BulkPlan(ImmutableArray<BulkOperation> operations)
    {
        this.operations = operations;
        for (var i = 0; i < operations.Length; i++)
        {
            if (operations[i].Defines is { Length: > 0 } bulkId)
            {
                makers.TryAdd(bulkId, i);
            }
        }

        needs = NeedsOfEach();
        stepOf = Circles.ComponentsOf(needs);
        Steps = InOrder();
    }

    /// <summary>In the order in which they run.</summary>
    public ImmutableArray<BulkStep> Steps { get; }

    /// <returns>The operation that makes what this bulkId stands for; null for none.</returns>
    public int? MakerOf(string bulkId) => makers.TryGetValue(bulkId, out var maker) ? maker : null;

    /// <summary>Steps that may run side by side: neighbours of the same kind, none of which needs another.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="most">How many at most.</param>
    public ImmutableArray<BulkStep> WaveAt(int first, int most)
    {
        var end = first + 1;
        if (!StandsAlone(Steps[first]))
        {
            var running = new HashSet<int> { Steps[first].Operations[0] };
            while (end < Steps.Length && end - first < most && IsAlike(Steps[first], Steps[end]) && !running.Overlaps(needs[Steps[end].Operations[0]]))
            {
                running.Add(Steps[end++].Operations[0]);
            }
        }

        return Steps[first..end];
    }

    private bool IsAlike(BulkStep first, BulkStep other) => !StandsAlone(other) && operations[first.Operations[0]].Kind == operations[other.Operations[0]].Kind;


    /// <summary>Hashing a password comes before the transaction and takes long: others would overtake it.</summary>
    private bool StandsAlone(BulkStep step) => step.IsCircular || operations[step.Operations[0]].SetsPassword();

    private int[][] NeedsOfEach()
    {
        var lastOn = new Dictionary<BulkPath, int>();
        var needed = new int[operations.Length][];
        for (var i = 0; i < operations.Length; i++)
        {
            var operation = operations[i];
            var makersNeeded = operation.References.Select(MakerOf).OfType<int>();
            if (operation is { IsPost: false, Path: { } path, Error: null })
            {
                needed[i] = [.. lastOn.TryGetValue(path, out var before) ? makersNeeded.Append(before) : makersNeeded];
                lastOn[path] = i;
            }
            else
            {
                needed[i] = [.. makersNeeded];
            }
        }

        return needed;
    }

    private ImmutableArray<BulkStep> InOrder()
    {
        var members = Enumerable.Range(0, operations.Length).GroupBy(i => stepOf[i]).ToDictionary(group => group.Key, group => group.ToImmutableArray());
        var missing = members.ToDictionary(pair => pair.Key, pair => NeedsOf(pair.Key, pair.Value).Count());
        var waiting = members.SelectMany(pair => NeedsOf(pair.Key, pair.Value).Select(need => (need, pair.Key))).ToLookup(pair => pair.need, pair => pair.Key);
        var ready = new PriorityQueue<int, int>(missing.Where(pair => pair.Value == 0).Select(pair => (pair.Key, members[pair.Key][^1])));
        var steps = ImmutableArray.CreateBuilder<BulkStep>(members.Count);
        while (ready.TryDequeue(out var step, out _))
        {
            steps.Add(new(members[step], members[step].Any(i => needs[i].Any(need => stepOf[need] == step))));
            foreach (var next in waiting[step])
            {
                if (--missing[next] == 0)
                {
                    ready.Enqueue(next, members[next][^1]);
                }
            }
        }

        return steps.MoveToImmutable();
    }

    /// <summary>The other steps that have to be through before this one.</summary>
    private IEnumerable<int> NeedsOf(int step, ImmutableArray<int> members) => members.SelectMany(i => needs[i]).Select(need => stepOf[need]).Where(need => need != step).Distinct();
}
