using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>How much an account may keep about a member.</summary>
public sealed class DocumentSizeTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    /// <summary>Of 8,000 characters each: eight of them fit.</summary>
    private static string Many(int count) => $"\"ims\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"value":"{{new string('x', 8_000)}}{{i}}"}"""))}]";

    [Fact]
    public async Task A_new_member_is_refused_who_is_more_than_64_KiB()
    {
        await Hr.AddUserAsync("large@north.example", Many(8));
        (await Hr.PostAsync("/Users", ScimCaller.User("larger@north.example", Many(9)))).Is(HttpStatusCode.BadRequest, "invalidValue");
        Assert.Empty((await Hr.FilterAsync("/Users", "userName eq \"larger@north.example\"")).Resources);
    }

    [Fact]
    public async Task A_member_grows_no_further_and_what_is_not_ASCII_counts_as_it_is_kept()
    {
        var id = (await Hr.AddUserAsync("growing@north.example", Many(8))).Id;

        (await Hr.PatchAsync("/Users/" + id, $$"""{"op":"add","path":"ims","value":[{"value":"{{new string('y', 4_000)}}"}]}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PatchAsync("/Users/" + id, $$"""{"op":"replace","path":"title","value":"{{new string('ü', 400)}}"}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PutAsync("/Users/" + id, ScimCaller.User("growing@north.example", Many(9)))).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"title","value":"T"}""")).Ok();
    }

    [Fact]
    public async Task One_text_has_8_KiB_and_a_certificate_or_a_picture_32()
    {
        (await Hr.PostAsync("/Users", ScimCaller.User("text@north.example", $"\"title\":\"{new string('x', 8_193)}\""))).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PostAsync("/Users", ScimCaller.User("text@north.example", $"\"photos\":[{{\"value\":\"data:{new string('x', 32_764)}\"}}]"))).Is(HttpStatusCode.BadRequest, "invalidValue");
        await Hr.AddUserAsync("text@north.example", $"\"title\":\"{new string('x', 8_192)}\",\"x509Certificates\":[{{\"value\":\"{new string('A', 32_768)}\"}}]");
    }
}
