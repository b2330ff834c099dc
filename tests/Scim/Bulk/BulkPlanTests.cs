using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Bulk;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>In which order operations run, and for how many requests they count.</summary>
[Spec("RFC 7644", "3.7")]
public sealed class BulkPlanTests
{
    private static readonly ScimOptions Options = new("https://hub.example");

    [Fact]
    public void Only_what_refers_forward_waits() => Assert.Equal(
        [1, 2, 3, 0, 4], Order(PostUser("a", "a", "\"bulkId:c\""), PostUser("b", "b"), """{ "method": "DELETE", "path": "/Users/1" }""", PostUser("c", "c"), PostUser("d", "d")));

    [Fact]
    public void Operations_on_a_resource_wait_with_the_one_that_waits() => Assert.Equal(
        [1, 3, 0, 2], Order(PatchOne("/Users/1", """{ "op": "add", "path": "urn:x:manager", "value": "bulkId:b" }"""), PostUser("a", "a"), """{ "method": "DELETE", "path": "users/1" }""", PostUser("b", "b")));

    [Fact]
    public void Random_references_run_after_what_they_refer_to()
    {
        for (uint seed = 1; seed <= 200; seed++)
        {
            var state = seed;
            int Next(int below) => (int)((state = state * 1664525 + 1013904223) >> 8) % below;
            var operations = Parse([.. Enumerable.Range(0, 40).Select(i => PostUser($"u{i}", $"u{i}", Next(3) == 0 ? null : $"\"bulkId:u{Next(40)}\""))]);
            var plan = new BulkPlan(operations);
            var done = new HashSet<string>();
            foreach (var step in plan.Steps)
            {
                var together = step.Operations.Select(i => operations[i].BulkId!).ToArray();
                Assert.All(step.Operations, i => Assert.All(operations[i].References, reference => Assert.True(done.Contains(reference) || (step.IsCircular && together.Contains(reference)))));
                done.UnionWith(together);
            }

            Assert.Equal(40, done.Count);
        }
    }

    [Fact]
    public void A_wave_holds_neighbours_of_a_kind_that_need_nothing_of_each_other()
    {
        var plan = new BulkPlan(Parse(
            PostUser("a", "a"), PostUser("b", "b"), PostUser("c", "c", "\"bulkId:b\""), PostGroup("g", "g"), """{ "method": "DELETE", "path": "/Users/1" }""", """{ "method": "DELETE", "path": "/Users/1" }""",
            """{ "method": "POST", "path": "/Users", "bulkId": "p", "data": { "password": "x" } }""", PostUser("q", "q")));

        var waves = new List<int>();
        for (var next = 0; next < plan.Steps.Length; next += waves[^1])
        {
            waves.Add(plan.WaveAt(next, 64).Length);
        }

        Assert.Equal([2, 1, 1, 1, 1, 1, 1], waves);
        Assert.Single(plan.WaveAt(0, 1));
    }

    [Fact]
    public void A_chain_as_long_as_a_request_is_walked() => Assert.Equal(
        Enumerable.Range(0, 1_000).Reverse(), Order([.. Enumerable.Range(0, 1_000).Select(i => PostUser($"u{i}", $"u{i}", i == 999 ? null : $"\"bulkId:u{i + 1}\""))]));

    [Fact]
    public void A_Bulk_request_counts_as_many_requests_as_it_has_operations()
    {
        using var limits = new RequestLimits(Options with { RequestBurst = 100, RequestsPerSecond = 1 });

        Assert.Null(limits.Refuse("hr", 60));
        Assert.NotNull(limits.Refuse("hr", 60));
        Assert.Null(limits.Refuse("other", 1_000));
        Assert.NotNull(limits.Refuse("other"));
        Assert.Null(limits.Refuse("other", -1));
    }

    private static IEnumerable<int> Order(params string[] operations) => new BulkPlan(Parse(operations)).Steps.SelectMany(step => step.Operations);

    private static ImmutableArray<BulkOperation> Parse(params string[] operations) => [.. operations.Select(one => BulkOperation.Parse(JsonNode.Parse(one)!.AsObject(), Options))];
}
