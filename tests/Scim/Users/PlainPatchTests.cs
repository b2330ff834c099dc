using System.Text;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Users;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>What may be thought out within the transaction without a look before it.</summary>
public sealed class PlainPatchTests
{
    [Theory]
    [InlineData("""{"op":"Replace","path":"active","value":"False"}""", true)]
    [InlineData("""{"op":"replace","value":{"active":false,"name.givenName":"A"}}""", true)]
    [InlineData("""{"op":"remove","path":"title"}""", true)]
    [InlineData("""{"op":"replace","path":"PassWord","value":"a long password"}""", false)]
    [InlineData("""{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"a long password"}""", false)]
    [InlineData("""{"op":"replace","value":{"password":"a long password"}}""", false)]
    [InlineData("""{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"password":"a long password"}}}""", false)]
    [InlineData("""{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@x"}""", false)]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"a@x"}]}""", false)]
    public void Only_a_few_simple_values_are_plain(string operation, bool isPlain) =>
        Assert.Equal(isPlain, PlainPatch.Is(PatchRequest.Parse(ScimJson.Read(Encoding.UTF8.GetBytes($$"""{"Operations":[{{operation}}]}""")).Value!).Value!));

    [Fact]
    public void Many_values_are_not() =>
        Assert.False(PlainPatch.Is(PatchRequest.Parse(ScimJson.Read(Encoding.UTF8.GetBytes(
            $$"""{"Operations":[{{string.Join(',', Enumerable.Repeat("""{"op":"replace","path":"title","value":"x"}""", 9))}}]}""")).Value!).Value!));
}
