using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Json;

public sealed class ScimJsonTests
{
    [Theory]
    [InlineData("""{"userName":"a"}""")]
    [InlineData("""  {"a":[1,2.5,-3e2,true,false,null,"x\u0041",{"b":{}}]}  """)]
    [InlineData("""{"emoji":"\uD83D\uDE00","plain":"😀"}""")]
    public void A_body_is_read_as_any_JSON_reader_reads_it(string body) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), Read(body).Value));

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("null"), InlineData("[]"), InlineData("\"text\""), InlineData("1"), InlineData("{"), InlineData("{}{}"), InlineData("{} x")]
    [InlineData("""{"a":1,}"""), InlineData("""{"a":[1,]}"""), InlineData("""{/*c*/}"""), InlineData("{'a':1}"), InlineData("""{"a":01}"""), InlineData("""{"a":NaN}""")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [Spec("RFC 7644", "3.12")]
    public void What_is_not_one_JSON_object_is_invalid_syntax(string body) => Refused(Read(body));

    [Theory]
    [InlineData("""{"a":1,"a":1}"""), InlineData("""{"userName":"a","username":"b"}"""), InlineData("""{"a":{"b":1,"B":2}}"""), InlineData("""{"a":[{"b":1,"\u0062":2}]}""")]
    [Spec("RFC 7643", "2.1")]
    public void A_name_given_twice_in_any_case_is_refused(string body) => Refused(Read(body));

    [Theory]
    [InlineData("""{"a":"x\u0000y"}"""), InlineData("""{"a\u0000":1}"""), InlineData("""{"a":["\ud800"]}"""), InlineData("""{"a":"\udc00\ud800"}"""), InlineData("""{"\ud800":1}""")]
    public void NUL_and_halves_of_surrogate_pairs_are_refused_also_when_escaped(string body) => Refused(Read(body));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        Refused(ScimJson.Read((byte[])[.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Refused(ScimJson.Read((byte[])[.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]));
        Refused(ScimJson.Read((byte[])[.. "{\""u8, 0xFF, .. "\":1}"u8]));
    }

    [Fact]
    public void A_byte_order_mark_before_the_body_is_passed_over() =>
        Assert.Equal("""{"a":1}""", ScimJson.Read((byte[])[0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8]).Value?.ToJsonString());

    [Fact]
    public void Sixteen_levels_are_read_and_seventeen_are_not()
    {
        Assert.False(Read(Nested(16)).Failed);
        Refused(Read(Nested(17)));
        Refused(Read(Nested(100_000)));
    }

    [Fact]
    public void Members_are_found_in_any_case() => Assert.Equal("b", Read("""{"UserName":"b"}""").Value?["username"]?.GetValue<string>());

    [Fact]
    public void A_body_in_many_pieces_is_read_as_one()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"name":{"familyName":"Jürgensen","givenName":"\u0042arbara"},"n":-12.5e3}""");
        Segment? first = null, last = null;
        foreach (var one in bytes)
        {
            last = new Segment([one], last);
            first ??= last;
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(bytes), ScimJson.Read(new ReadOnlySequence<byte>(first!, 0, last!, 1)).Value));
    }

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);

    private static Outcome<JsonObject> Read(string body) => ScimJson.Read(Encoding.UTF8.GetBytes(body));

    private static void Refused(Outcome<JsonObject> read)
    {
        Assert.Equal("invalidSyntax", read.Error?.ScimType);
        Assert.Equal(400, read.Error?.Status);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
