using System.Threading.RateLimiting;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Pipeline;

/// <summary>Runs what changes something in one transaction, and has the account's provisioning log tell of it, whatever came of it.</summary>
internal sealed class ProvisioningWrites(IHubStore store) : IDisposable
{
    /// <summary>What work answers with when the resource is not what it was prepared for: everything is undone, nothing is logged, and the caller prepares anew.</summary>
    public static readonly ScimAnswer Stale = ScimAnswer.Of(new(
        StatusCodes.Status503ServiceUnavailable, null, "Others change this resource at the same time, again and again. Nothing was changed; try again in a moment.")) with
    {
        RetryAfter = 1,
    };

    /// <summary>So many refusals of one caller are told at once, then ten a second: a client in a loop must not fill the log, nor keep the database busy with it.</summary>
    private const int RefusalBurst = 1_000;

    private readonly PartitionedRateLimiter<string> refusals = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetTokenBucketLimiter(caller, _ => new()
        {
            TokenLimit = RefusalBurst, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));

    /// <param name="call">Who.</param>
    /// <param name="method">What is asked.</param>
    /// <param name="resourceType">Of what.</param>
    /// <param name="id">Which one; null for a new one.</param>
    /// <param name="work">Answers with an error to have everything undone.</param>
    public async Task<ScimAnswer> RunAsync(ScimCall call, string method, string resourceType, string? id, Func<HubTransaction, Task<ScimAnswer>> work)
    {
        var answer = await store.WriteAsync(call.Actor, async transaction =>
        {
            var done = await work(transaction);
            if (done.Error is not null)
            {
                return transaction.RollBack(done);
            }

            ProvisioningLog.Write(transaction, Line(call, method, resourceType, method == HttpMethods.Delete ? null : done.ResourceId ?? id, done));
            return done;
        });
        if (answer.Error is not null && !ReferenceEquals(answer, Stale))
        {
            await RefuseAsync(call, method, resourceType, id, answer);
        }

        return answer;
    }

    /// <summary>Runs what makes several resources of a type in one transaction: all of them or none.</summary>
    /// <param name="call">Who.</param>
    /// <param name="method">What is asked.</param>
    /// <param name="resourceType">Of what.</param>
    /// <param name="work">Answers for each; with an error for each to have everything undone.</param>
    public async Task<IReadOnlyList<ScimAnswer>> RunAllAsync(ScimCall call, string method, string resourceType, Func<HubTransaction, Task<IReadOnlyList<ScimAnswer>>> work)
    {
        var answers = await store.WriteAsync(call.Actor, async transaction =>
        {
            var done = await work(transaction);
            if (done.Any(answer => answer.Error is not null))
            {
                return transaction.RollBack(done);
            }

            foreach (var answer in done)
            {
                ProvisioningLog.Write(transaction, Line(call, method, resourceType, answer.ResourceId, answer));
            }

            return done;
        });
        return answers.Any(answer => answer.Error is not null) ? await RefuseAllAsync(call, method, resourceType, answers) : answers;
    }

    /// <summary>Has the log tell of several that were refused, none of which has an id yet.</summary>
    public async Task<IReadOnlyList<ScimAnswer>> RefuseAllAsync(ScimCall call, string method, string resourceType, IReadOnlyList<ScimAnswer> refusals)
    {
        foreach (var refusal in refusals)
        {
            await RefuseAsync(call, method, resourceType, null, refusal);
        }

        return refusals;
    }

    /// <summary>Has the log tell of a request that was refused before it came to a transaction.</summary>
    public async Task<ScimAnswer> RefuseAsync(ScimCall call, string method, string resourceType, string? id, ScimAnswer refusal)
    {
        using var lease = refusals.AttemptAcquire(call.CallerId);
        if (!lease.IsAcquired)
        {
            return refusal;
        }

        await store.WriteAsync(call.Actor, transaction =>
        {
            // An id that is nothing in this account stands in no log of it, whatever it was refused for.
            var known = id is not null && refusal.Status != StatusCodes.Status404NotFound && IsKnown(transaction, call, resourceType, id) ? id : null;
            ProvisioningLog.Write(transaction, Line(call, method, resourceType, known, refusal));
            return Task.FromResult(true);
        });
        return refusal;
    }

    public void Dispose() => refusals.Dispose();

    private static bool IsKnown(HubReader reader, ScimCall call, string resourceType, string id) => resourceType == "Group"
        ? GroupDirectory.Find(reader, call.AccountId, id) is not null
        : MemberDirectory.Find(reader, call.AccountId, id) is not null;

    private static ProvisioningLog.Line Line(ScimCall call, string method, string resourceType, string? id, ScimAnswer answer) =>
        new(call.AccountId, call.CallerId, method, resourceType, id, answer.Status, answer.Error is null ? answer.Changes : answer.Error.ScimType ?? "refused");
}
