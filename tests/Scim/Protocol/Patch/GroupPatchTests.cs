using System.Text;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

[Spec("RFC 7644", "3.5.2")]
public sealed class GroupPatchTests
{
    [Theory]
    [InlineData("""{"op":"Add","path":"members","value":[{"value":"u1"}]}""", "add u1")]
    [InlineData("""{"op":"add","path":"members","value":[{"value":"u2","display":"b@x"},{"value":"u2"},{"value":"u1","type":"User","$ref":"https://x/scim/v2/Users/u1"}]}""", "add u2 u1")]
    [InlineData("""{"op":"add","path":"members","value":{"value":"u1"}}""", "add u1")]
    [InlineData("""{"op":"add","path":"members","value":"u1"}""", "add u1")]
    [InlineData("""{"op":"add","path":"members","value":["u1","u2"]}""", "add u1 u2")]
    [InlineData("""{"op":"add","value":{"members":[{"value":"u1"}]}}""", "add u1")]
    [InlineData("""{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:members","value":[{"value":"u1"}]}""", "add u1")]
    [InlineData("""{"op":"add","path":"members.value","value":"u1"}""", "add u1")]
    [InlineData("""{"op":"add","path":"members[value eq \"u1\"]","value":{"value":"u1"}}""", "add u1")]
    [InlineData("""{"op":"replace","path":"members[value eq \"u1\"].value","value":"u1"}""", "add u1")]
    [InlineData("""{"op":"add","path":"members","value":[]}""", "")]
    [InlineData("""{"op":"add","path":"members","value":null}""", "")]
    public void Members_are_added_in_each_of_these_forms(string operation, string steps) => Compiles(operation, steps);

    [Theory]
    [InlineData("""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}""", "remove u1")]
    [InlineData("""{"op":"remove","path":"members","value":[{"value":"u1"},{"value":"u2"}]}""", "remove u1 u2")]
    [InlineData("""{"op":"remove","path":"members","value":"u1"}""", "remove u1")]
    [InlineData("""{"op":"remove","path":"members[value eq \"7f4bc1a3\"]"}""", "remove 7f4bc1a3")]
    [InlineData("""{"op":"remove","path":"members[value eq \"u1\" or value eq \"u2\" or value eq \"u1\"]"}""", "remove u1 u2")]
    [InlineData("""{"op":"remove","path":"Members[Value Eq \"u1\"].value"}""", "remove u1")]
    [InlineData("""{"op":"replace","path":"members[value eq \"u1\"]","value":null}""", "remove u1")]
    [InlineData("""{"op":"remove","path":"members"}""", "clear")]
    [InlineData("""{"op":"remove","path":"members","value":null}""", "clear")]
    [InlineData("""{"op":"remove","path":"members","value":[]}""", "")]
    [InlineData("""{"op":"replace","path":"members","value":[]}""", "clear")]
    [InlineData("""{"op":"replace","value":{"members":[]}}""", "clear")]
    [InlineData("""{"op":"replace","path":"members","value":[{"value":"u1"},{"value":"u2"}]}""", "replace u1 u2")]
    [InlineData("""{"op":"replace","value":{"displayName":"G","members":[{"value":"u1"}]}}""", "name G; replace u1")]
    public void Members_are_removed_and_replaced_in_each_of_these_forms(string operation, string steps) => Compiles(operation, steps);

    [Theory]
    [InlineData("""{"op":"replace","value":{"id":"g1","displayName":"Test SCIMv2"}}""", "name Test SCIMv2")]
    [InlineData("""{"op":"Replace","path":"displayName","value":"D"}""", "name D")]
    [InlineData("""{"op":"Replace","path":"displayName","value":[{"$ref":null,"value":"D"}]}""", "name D")]
    [InlineData("""{"op":"Replace","path":"externalId","value":"E"}""", "external E")]
    [InlineData("""{"op":"Remove","path":"externalId"}""", "external ")]
    [InlineData("""{"op":"replace","value":{"externalId":"","schemas":[],"meta":{"version":"1"},"description":"x"}}""", "external ")]
    [InlineData("""{"op":"add","path":"schemas","value":["urn:x"]}""", "")]
    public void The_name_and_the_clients_own_id_are_set(string operation, string steps) => Compiles(operation, steps);

    [Fact]
    public void Okta_removes_one_and_adds_another_in_one_request() => Compiles(
        """{"op":"remove","path":"members[value eq \"u1\"]"},{"op":"add","path":"members","value":[{"value":"u2","display":"b@x"}]}""", "remove u1; add u2");

    [Fact]
    public void Entra_sends_an_operation_for_each_member_and_they_become_one_step() => Compiles(
        """{"op":"Add","path":"members","value":[{"value":"u1"}]},{"op":"Add","path":"members","value":[{"value":"u2"},{"value":"u1"}]},{"op":"Remove","path":"members","value":[{"value":"u3"}]},{"op":"Remove","path":"members[value eq \"u4\"]"},{"op":"Add","path":"members","value":"u5"}""",
        "add u1 u2; remove u3 u4; add u5");

    [Fact]
    public void No_operations_are_no_steps() => Compiles("", "");

    [Theory]
    [InlineData("""{"op":"add","path":"members","value":[{"value":"g2","type":"Group"}]}"""), InlineData("""{"op":"add","path":"members","value":[{"value":"g2","type":"group"}]}"""), InlineData("""{"op":"add","path":"members","value":[{"value":"g2","$ref":"https://x/scim/v2/Groups/g2"}]}""")]
    [InlineData("""{"op":"add","path":"members","value":[{"display":"x"}]}"""), InlineData("""{"op":"add","path":"members","value":[1]}"""), InlineData("""{"op":"remove","path":"members","value":[{"$ref":null,"value":null}]}"""), InlineData("""{"op":"remove","path":"members","value":{}}""")]
    [InlineData("""{"op":"replace","path":"displayName","value":""}"""), InlineData("""{"op":"replace","path":"displayName","value":5}"""), InlineData("""{"op":"replace","value":{"displayName":null}}"""), InlineData("""{"op":"replace","path":"externalId","value":true}""")]
    public void Groups_in_groups_members_without_id_and_wrong_types_are_invalid(string operation) => Refused("invalidValue", operation);

    [Theory]
    [InlineData("""{"op":"remove","path":"members[display eq \"x\"]"}"""), InlineData("""{"op":"remove","path":"members[value ne \"x\"]"}"""), InlineData("""{"op":"remove","path":"members[value sw \"x\"]"}"""), InlineData("""{"op":"remove","path":"members[value eq \"x\" and type eq \"User\"]"}"""), InlineData("""{"op":"remove","path":"members[value eq \"x\" or display eq \"y\"]"}""")]
    public void Members_are_selected_by_id_and_by_nothing_else(string operation)
    {
        Refused("invalidFilter", operation);
        Assert.Contains("members[value eq \"id\"]", Compile(operation).Error!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"displayName"}"""), InlineData("""{"op":"replace","path":"id","value":"g2"}"""), InlineData("""{"op":"replace","value":{"id":"g2"}}"""), InlineData("""{"op":"remove","path":"meta.version"}"""), InlineData("""{"op":"remove","path":"schemas"}""")]
    [InlineData("""{"op":"replace","path":"members[value eq \"u1\"].value","value":"u2"}"""), InlineData("""{"op":"replace","path":"members[value eq \"u1\"]","value":{"value":"u2"}}"""), InlineData("""{"op":"replace","path":"members[value eq \"u1\"].display","value":"x"}"""), InlineData("""{"op":"remove","path":"members.display"}"""), InlineData("""{"op":"remove","path":"members.value"}""")]
    public void What_cannot_change_does_not(string operation) => Refused("mutability", operation);

    [Theory]
    [InlineData("userName"), InlineData("members.name"), InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"), InlineData("displayName[value eq 1]")]
    public void A_path_to_nothing_in_a_group_is_invalid(string path) => Refused("invalidPath", $$"""{"op":"replace","path":"{{path}}","value":"x"}""");

    [Fact]
    public void One_wrong_operation_is_no_steps_at_all() => Refused("invalidPath", """{"op":"add","path":"members","value":"u1"},{"op":"add","path":"nothing","value":"u1"}""");

    [Fact]
    public void What_the_last_replacement_makes_moot_is_not_done() => Compiles(
        """{"op":"add","path":"members","value":"u1"},{"op":"replace","path":"displayName","value":"N"},{"op":"replace","path":"members","value":"u2"},{"op":"remove","path":"members"},{"op":"replace","path":"members","value":"u3"},{"op":"add","path":"members","value":"u4"}""",
        "name N; replace u3; add u4");

    [Fact]
    public void A_hundred_thousand_members_compile_in_a_moment()
    {
        var ids = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $$"""{"value":"{{i}}"}"""));
        Assert.Equal(100_000, Assert.IsType<GroupStep.ReplaceMembers>(Compile($$"""{"op":"replace","path":"members","value":[{{ids}}]}""").Value!.Steps[0]).Ids.Length);
    }

    private static void Compiles(string operations, string steps)
    {
        var change = Compile(operations);
        Assert.Null(change.Error);
        Assert.Equal(steps, string.Join("; ", change.Value!.Steps.Select(Say)));
    }

    private static string Say(GroupStep step) => step switch
    {
        GroupStep.AddMembers add => "add " + string.Join(' ', add.Ids),
        GroupStep.RemoveMembers remove => "remove " + string.Join(' ', remove.Ids),
        GroupStep.ReplaceMembers replace => "replace " + string.Join(' ', replace.Ids),
        GroupStep.RemoveAllMembers => "clear",
        GroupStep.SetDisplayName name => "name " + name.Text,
        GroupStep.SetExternalId id => "external " + id.Text,
        _ => throw new InvalidOperationException(),
    };

    private static void Refused(string scimType, string operation) => Assert.Equal(scimType, Compile(operation).Error?.ScimType);

    private static Outcome<GroupChange> Compile(string operations)
    {
        var request = PatchRequest.Parse(ScimJson.Read(Encoding.UTF8.GetBytes(Patching.Body(operations))).Value!);
        Assert.Null(request.Error);
        return GroupPatch.Compile(request.Value!, "g1", FilterOptions.Default);
    }
}
