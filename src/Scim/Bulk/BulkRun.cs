using System.Collections.Immutable;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;

namespace IdentityHub.Scim.Bulk;

/// <summary>One Bulk request on its way: what its operations came to so far.</summary>
internal sealed class BulkRun(ScimCall call, BulkRequest request, BulkDispatch dispatch, CircularUsers circular, ProvisioningWrites writes)
{
    /// <summary>So many operations may run side by side.</summary>
    /// <remarks>
    /// The store takes them in the order in which they are begun, as the one writer of SQLite does, and makes them durable together: who gets the last seat is decided
    /// as if they ran one by one. An engine that runs writes in parallel must have this set to 1, or waves that keep to what cannot compete.
    /// </remarks>
    private const int AtOnce = 64;

    private static readonly ScimError ThroughGroup = ScimError.Conflict(
        "The resource refers to itself through a Group. A Group has Users as members and is nobody's manager, so the reference cannot be resolved.");

    private readonly BulkPlan plan = new(request.Operations);
    private readonly ScimAnswer?[] answers = new ScimAnswer?[request.Operations.Length];

    /// <returns>What each operation came to, in the order of the request; null where it was not attempted any more (RFC 7644 §3.7.3).</returns>
    public async Task<IReadOnlyList<ScimAnswer?>> RunAsync()
    {
        var next = 0;
        while (next < plan.Steps.Length && ErrorsLeft() is > 0 and var left)
        {
            // Were all of a wave to fail, the limit would be met and not passed.
            var wave = plan.WaveAt(next, Math.Min(AtOnce, left));
            next += wave.Length;
            await Task.WhenAll(wave.Select(RunAsync));
        }

        return answers;
    }

    /// <returns>The resource's id in the operation's path; null for POST, and where it is a bulkId that came to nothing.</returns>
    public string? TargetOf(BulkOperation operation) => operation.Path?.Reference is { } bulkId ? IdOf(bulkId) : operation.Path?.Id;

    private int ErrorsLeft() => request.FailOnErrors is { } limit ? limit - answers.Count(answer => answer?.Error is not null) : int.MaxValue;

    private string? IdOf(string bulkId) => plan.MakerOf(bulkId) is { } maker && answers[maker] is { Error: null } made ? made.ResourceId : null;

    private async Task RunAsync(BulkStep step)
    {
        var operations = step.Operations.Select(i => request.Operations[i]).ToImmutableArray();
        IReadOnlyList<ScimAnswer> done;
        try
        {
            done = step.IsCircular ? await RunCircleAsync(operations) : [await RunOneAsync(operations[0])];
        }
        catch (Exception fault)
        {
            done = [.. operations.Select(_ => dispatch.Explain(fault))];
        }

        for (var i = 0; i < done.Count; i++)
        {
            answers[step.Operations[i]] = done[i];
        }
    }

    private Task<ScimAnswer> RunOneAsync(BulkOperation operation) => Refusal(operation) is { } refusal
        ? RefuseAsync(operation, refusal)
        : dispatch.RunAsync(
            call, operation, TargetOf(operation),
            operation.References.IsEmpty || operation.Data is null ? operation.Data : BulkReferences.Resolve(operation.Data, operation.Method!, IdOf));

    private async Task<IReadOnlyList<ScimAnswer>> RunCircleAsync(ImmutableArray<BulkOperation> circle)
    {
        if (circle.Any(operation => operation.Path!.IsGroup))
        {
            // Kinds differ, so each has a line of its own kind in the log.
            return await Task.WhenAll(circle.Select(operation => RefuseAsync(operation, ThroughGroup)));
        }

        for (var i = 0; i < circle.Length; i++)
        {
            if (Refusal(circle[i], circle) is { } refusal)
            {
                return await writes.RefuseAllAsync(call, "POST", "User", CircularUsers.Refused(circle, i, ScimAnswer.Of(refusal)));
            }
        }

        return await circular.CreateAsync(call, circle, IdOf);
    }

    /// <summary>Why an operation cannot be attempted: what is wrong with it itself, or with what it refers to.</summary>
    private ScimError? Refusal(BulkOperation operation, ImmutableArray<BulkOperation> together = default)
    {
        foreach (var bulkId in operation.References)
        {
            if (plan.MakerOf(bulkId) is not { } maker)
            {
                return ScimError.InvalidValue($"No operation of this request makes a resource with the bulkId \"{bulkId}\".");
            }

            var isTogether = !together.IsDefault && together.Contains(request.Operations[maker]);
            if (!isTogether && IdOf(bulkId) is null)
            {
                return CircularUsers.ReferenceFailed(bulkId);
            }
        }

        return operation.Error;
    }

    private Task<ScimAnswer> RefuseAsync(BulkOperation operation, ScimError refusal) =>
        writes.RefuseAsync(call, operation.Kind.Method, operation.Kind.ResourceType, null, ScimAnswer.Of(refusal));
}
