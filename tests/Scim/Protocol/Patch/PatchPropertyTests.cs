using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

[Spec("RFC 7644", "3.5.2")]
public sealed class PatchPropertyTests
{
    [Fact]
    public void The_engine_makes_of_every_request_what_the_slow_model_makes_of_it() => Prop.ForAll(RandomPatches.Requests, RandomPatches.Requests, (first, second) =>
    {
        var model = new PatchModel();
        model.Singles["userName"] = "a";
        var resource = model.ToJson();
        foreach (var request in new[] { first, second })
        {
            string? expected = null;
            foreach (var (operation, _) in request)
            {
                expected ??= model.Apply(operation);
            }

            var outcome = Patching.Send(UserSchemas.User, resource, Patching.Body(string.Join(',', request.Select(r => RandomPatches.Write(r.Operation, r.Dice)))));
            Assert.Equal(expected, outcome.Error?.ScimType);
            if (outcome.Failed)
            {
                return;
            }

            model.Finish();
            resource = outcome.Value;
            var wanted = model.ToJson();
            Assert.True(JsonNode.DeepEquals(wanted, resource), $"\n{string.Join('\n', request.Select(r => RandomPatches.Write(r.Operation, r.Dice)))}\nmodel  {wanted.ToJsonString()}\nengine {resource.ToJsonString()}");
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_request_sent_twice_changes_nothing_the_second_time_when_it_only_replaces() => Prop.ForAll(RandomPatches.Requests, request =>
    {
        var body = Patching.Body(string.Join(',', request.Where(r => r.Operation is { Verb: "replace", List: null }).Select(r => RandomPatches.Write(r.Operation, r.Dice))));
        var once = Patching.Send(UserSchemas.User, Patching.User("\"userName\":\"a\""), body);
        return once.Failed || JsonNode.DeepEquals(once.Value, Patching.Send(UserSchemas.User, once.Value, body).Value);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
