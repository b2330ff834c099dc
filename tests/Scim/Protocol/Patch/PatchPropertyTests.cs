using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Patch;
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

    /// <summary>The steps of a group, taken one after the other, leave the members that the engine leaves when it has them all before it.</summary>
    [Fact]
    public void The_steps_of_a_group_lead_where_the_engine_leads() => Prop.ForAll(Arb.From(Gen.ListOf(GroupOperation)), operations =>
    {
        var body = Patching.Body(string.Join(',', operations));
        var group = JsonNode.Parse("""{"displayName":"G","members":[{"value":"a"},{"value":"b"}]}""")!.AsObject();
        var whole = Patching.Send(GroupSchema.Group, group, body);
        var steps = GroupPatch.Compile(PatchRequest.Parse(JsonNode.Parse(body)!.AsObject()).Value!, "g", FilterOptions.Default);
        Assert.Equal(whole.Error?.ScimType, steps.Error?.ScimType);
        if (whole.Failed)
        {
            return;
        }

        var members = new HashSet<string> { "a", "b" };
        foreach (var step in steps.Value!.Steps)
        {
            Take(step, members);
        }

        Assert.Equal(members.Order(), (whole.Value["members"]?.AsArray() ?? []).Select(m => m!["value"]!.GetValue<string>()).Order());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Gen<string> GroupOperation =>
        from verb in Gen.Elements("Add", "remove", "replace", "add", "remove")
        from ids in Gen.NonEmptyListOf(Gen.Elements("a", "b", "c", "d"))
        from form in Gen.Choose(0, 6)
        select form switch
        {
            0 => $$"""{"op":"{{verb}}","path":"members","value":[{{string.Join(',', ids.Select(i => $"{{\"value\":\"{i}\"}}"))}}]}""",
            1 => $$"""{"op":"{{verb}}","path":"Members","value":[{{string.Join(',', ids.Select(i => $"\"{i}\""))}}]}""",
            2 => $$"""{"op":"{{verb}}","path":"members","value":{"value":"{{ids[0]}}"} }""",
            3 => $$"""{"op":"remove","path":"members[{{string.Join(" or ", ids.Select(i => $"value eq \\\"{i}\\\""))}}]"}""",
            4 => $$"""{"op":"{{verb}}","path":"members","value":[]}""",
            5 => $$"""{"op":"{{verb}}","path":"members[value eq \"{{ids[0]}}\"].value","value":"{{ids[0]}}"}""",
            _ => $$"""{"op":"{{(verb == "remove" ? "add" : verb)}}","value":{"members":[{"value":"{{ids[0]}}"}] } }""",
        };

    private static void Take(GroupStep step, HashSet<string> members)
    {
        switch (step)
        {
            case GroupStep.AddMembers add: members.UnionWith(add.Ids); break;
            case GroupStep.RemoveMembers remove: members.ExceptWith(remove.Ids); break;
            case GroupStep.RemoveAllMembers: members.Clear(); break;
            case GroupStep.ReplaceMembers replace: members.Clear(); members.UnionWith(replace.Ids); break;
        }
    }
}
