using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>Attributes that are named by the URI of their schema: what deactivates or demotes must not be passed over for how it is written (RFC 7643 §3.3, RFC 7644 §3.10).</summary>
public sealed class NamedByUriTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private static int made;

    private ScimCaller Hr => hub.NorthCaller;

    [Theory, Spec("RFC 7644", "3.5.1")]
    [InlineData($"\"{Urns.User}:active\":false")]
    [InlineData($"\"{Urns.User}\":{{\"active\":false}}")]
    [InlineData($"\"{Urns.User}\":{{\"ACTIVE\":\"False\"}}")]
    [InlineData("\"Active\":false")]
    public async Task PUT_deactivates(string how)
    {
        var (id, name) = await MakeAsync();

        Assert.False((await Hr.PutAsync("/Users/" + id, ScimCaller.User(name, how))).Ok()["active"]!.GetValue<bool>());
    }

    [Theory, Spec("RFC 7644", "3.5.1")]
    [InlineData($"\"{Urns.Account}:role\":\"User\"")]
    [InlineData($"\"{Urns.Account}.role\":\"User\"")]
    [InlineData($"\"{Urns.Account}\":{{\"Role\":\"User\"}}")]
    [InlineData("\"roles.value\":\"User\"")]
    [InlineData("\"ROLES\":[{\"value\":\"User\"}]")]
    [InlineData($"\"{Urns.User}:roles\":[{{\"value\":\"User\"}}]")]
    [InlineData($"\"{Urns.User}\":{{\"roles\":[{{\"value\":\"User\"}}]}}")]
    public async Task PUT_demotes(string how)
    {
        var (id, name) = await MakeAsync();

        Assert.Equal("User", (await Hr.PutAsync("/Users/" + id, ScimCaller.User(name, how))).Ok().Account["role"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_PUT_does_not_speak_of_stays()
    {
        var (id, name) = await MakeAsync();

        var put = (await Hr.PutAsync("/Users/" + id, ScimCaller.User(name, $"\"{Urns.User}\":{{\"title\":\"T\"}},\"{Urns.Account}:twoFactor.enrolled\":true"))).Ok();

        Assert.Equal("T", put["title"]!.GetValue<string>());
        Assert.True(put["active"]!.GetValue<bool>());
        Assert.Equal("Administrator", put.Account["role"]!.GetValue<string>());
    }

    [Theory, Spec("RFC 7644", "3.5.2.3")]
    [InlineData($"{{\"{Urns.User}\":{{\"active\":false}}}}")]
    [InlineData($"{{\"{Urns.User}:active\":false}}")]
    public async Task PATCH_without_path_deactivates(string value)
    {
        var (id, _) = await MakeAsync();

        Assert.False((await Hr.PatchAsync("/Users/" + id, $$"""{"op":"replace","value":{{value}}}""")).Ok()["active"]!.GetValue<bool>());
    }

    [Fact, Spec("RFC 7644", "3.3")]
    public async Task POST_reads_the_core_schema_as_an_object_too() =>
        Assert.Equal("T", (await Hr.AddUserAsync("core-object@north.example", $"\"{Urns.User}\":{{\"title\":\"T\",\"name\":{{\"givenName\":\"G\"}}}}"))["title"]!.GetValue<string>());

    [Theory, Spec("RFC 7644", "3.5.1")]
    [InlineData("\"Members\":[]")]
    [InlineData($"\"{Urns.Group}:members\":[]")]
    [InlineData($"\"{Urns.Group}\":{{\"members\":[]}}")]
    public async Task PUT_empties_a_group(string how)
    {
        var (id, name) = await MakeAsync();
        var group = (await Hr.PostAsync("/Groups", ScimCaller.Group("of " + name, id))).Created();

        var put = (await Hr.PutAsync("/Groups/" + group.Id, $$"""{"schemas":["{{Urns.Group}}"],"displayName":"of {{name}}",{{how}}}""")).Ok();

        Assert.Null(put["members"]);
    }

    [Fact, Spec("RFC 7644", "3.14")]
    public async Task The_version_comes_with_an_answer_without_a_body_and_PUT_has_one()
    {
        var hr = hub.LenientCaller;
        var group = (await hr.PostAsync("/Groups", ScimCaller.Group("versions"))).Created();

        var patched = (await hr.PatchAsync("/Groups/" + group.Id, """{"op":"replace","path":"displayName","value":"versions 2"}""")).Is(HttpStatusCode.NoContent);

        Assert.NotEqual(group.ETag, patched.ETag);
        Assert.Equal((await hr.GetAsync("/Groups/" + group.Id)).ETag, patched.ETag);
        (await hr.PutAsync("/Groups/" + group.Id, ScimCaller.Group("versions 3"))).Ok();
        var user = await hr.AddUserAsync("versions@lenient.example");
        (await hr.PutAsync("/Users/" + user.Id, ScimCaller.User("versions@lenient.example"))).Ok();
    }

    private async Task<(string Id, string Name)> MakeAsync()
    {
        var name = $"uri{Interlocked.Increment(ref made)}@north.example";
        return ((await Hr.AddUserAsync(name, $"\"{Urns.Account}\":{{\"role\":\"Administrator\"}}")).Id, name);
    }
}
