using System.Diagnostics;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>What a PATCH may cost, whatever its filters and whatever they are held against.</summary>
public sealed class PatchWorkTests
{
    private static JsonObject Many(int count, int length) => Patching.User(
        $"\"emails\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"value":"{{string.Concat(Enumerable.Repeat("ab", length / 2))}}{{i}}"}"""))}]");

    private static string Terms(int count, string literal) => string.Join(" or ", Enumerable.Repeat($"value co \\\"{literal}\\\"", count));

    private static Outcome<JsonObject> Send(JsonObject user, int operations, string filter) => Patching.Send(
        UserSchemas.User, user, Patching.Body(string.Join(',', Enumerable.Repeat($$"""{"op":"remove","path":"emails[{{filter}}]"}""", operations))));

    [Theory]
    [InlineData(300, 1, 190, 4900, "ababababbbab")]
    [InlineData(16, 30, 190, 4900, "ababababbbab")]
    [InlineData(100, 1, 200, 300, "abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababbb")]
    public void Texts_that_nearly_match_everywhere_are_given_up_soon(int operations, int terms, int elements, int length, string literal)
    {
        var (user, filter) = (Many(elements, length), Terms(terms, literal));
        var started = Stopwatch.GetTimestamp();

        Assert.Equal("tooMany", Send(user, operations, filter).Error?.ScimType);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_filters_of_a_PATCH_have_five_hundred_terms_in_all()
    {
        var user = Many(1, 10);
        Assert.Null(Send(user, 10, Terms(50, "x")).Error);
        Assert.Equal("tooMany", Send(user, 10, Terms(51, "x")).Error?.ScimType);
    }

    [Fact]
    public void One_value_set_in_every_element_again_and_again_is_given_up_too()
    {
        var operation = $$$"""{"op":"replace","path":"emails[value pr].display","value":"{{{new string('x', 8000)}}}"}""";
        Assert.Equal("tooMany", Patching.Send(UserSchemas.User, Many(200, 100), Patching.Body(string.Join(',', Enumerable.Repeat(operation, 100)))).Error?.ScimType);
    }

    [Fact]
    public void Sixty_filters_over_a_full_member_are_well_within() => Assert.Null(Send(Many(200, 300), 60, "type eq \\\"work\\\" and value ew \\\"@x\\\"").Error);
}
