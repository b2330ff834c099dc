using IdentityHub.IdP.Protocol;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Protocol;

public sealed class ClaimsRequestTests
{
    [Fact]
    [Spec("OpenID Connect Core", "5.5")]
    public void Claims_are_read_for_each_place_with_the_values_that_matter()
    {
        var request = ClaimsRequest.Parse("""
            {"userinfo":{"name":null,"email":{"essential":true}},"id_token":{"acr":{"essential":true,"values":["a","b",1]},"sub":{"value":"x"},"auth_time":{"essential":true}}}
            """)!;
        Assert.Equal(["email", "name"], request.UserInfo.Order());
        Assert.Equal(["acr", "auth_time", "sub"], request.IdToken.Order());
        Assert.Equal("a b", string.Join(' ', request.AcrValues));
        Assert.True(request.AcrIsEssential);
        Assert.Equal("x", request.Subject);
    }

    [Theory]
    [InlineData("""{"id_token":{"acr":{"value":"a"}}}""", "a", false), InlineData("""{"id_token":{"acr":{"essential":false,"value":"a"}}}""", "a", false), InlineData("""{"id_token":{"acr":{"essential":"true"}}}""", "", false)]
    [InlineData("""{"id_token":{"acr":{"essential":true}}}""", "", true), InlineData("""{"userinfo":{"acr":{"essential":true,"value":"a"}}}""", "", false), InlineData("""{"id_token":{"acr":null}}""", "", false)]
    [Spec("OpenID Connect Core", "5.5.1")]
    public void Acr_is_essential_only_where_it_says_so_with_true_in_the_id_token(string text, string values, bool essential)
    {
        var request = ClaimsRequest.Parse(text)!;
        Assert.Equal(values, string.Join(' ', request.AcrValues));
        Assert.Equal(essential, request.AcrIsEssential);
    }

    [Fact]
    public void Without_the_parameter_nothing_is_asked() => Assert.Same(ClaimsRequest.None, ClaimsRequest.Parse(null));

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("{"), InlineData("[]"), InlineData("1"), InlineData("null"), InlineData("\"{}\""), InlineData("{} {}"), InlineData("{,}"), InlineData("{'id_token':{}}"), InlineData("// x\n{}")]
    [InlineData("""{"id_token":1}"""), InlineData("""{"id_token":[]}"""), InlineData("""{"id_token":{"acr":true}}"""), InlineData("""{"userinfo":{"name":"x"}}"""), InlineData("""{"userinfo":{"name":null,"name":null}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"\ud800"}}}"""), InlineData("""{"id_token":{"\udc00":null}}"""), InlineData("""{"\ud800":{}}"""), InlineData("{\"id_token\":{\"a\":{\"v\":[[[[[[[[[]]]]]]]]]}}}"), InlineData("\u0000")]
    [Spec("OpenID Connect Core", "5.5")]
    public void What_is_not_of_the_specified_shape_is_refused_and_never_a_fault(string text) => Assert.Null(ClaimsRequest.Parse(text));

    [Fact]
    public void It_is_bounded()
    {
        string Of(int length) => "{\"userinfo\":{\"" + new string('n', length - "{\"userinfo\":{\"\":null}}".Length) + "\":null}}";
        Assert.NotNull(ClaimsRequest.Parse(Of(ClaimsRequest.MaxLength)));
        Assert.Null(ClaimsRequest.Parse(Of(ClaimsRequest.MaxLength + 1)));
    }
}
