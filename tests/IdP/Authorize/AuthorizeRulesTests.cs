using IdentityHub.Domain.Clients;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tests.Protocol;
using IdentityHub.Testing;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>The rules by themselves: which one speaks first, and what the client's registration changes.</summary>
public sealed class AuthorizeRulesTests
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void A_good_request_meets_every_rule() => Assert.Null(Check(Client()));

    [Fact]
    [Spec("RFC 6749", "4.1.2.1")]
    public void The_first_rule_that_is_broken_names_the_error()
    {
        Assert.Equal("request_not_supported", Check(Client(), ("request", "x"), ("response_type", "token"), ("scope", "none"))?.Code);
        Assert.Equal("unsupported_response_type", Check(Client(), ("response_type", "token"), ("scope", "none"))?.Code);
        Assert.Equal("invalid_scope", Check(Client(), ("scope", "none"), ("code_challenge", null))?.Code);
    }

    [Theory, InlineData(true, false, false), InlineData(true, true, false), InlineData(false, true, false), InlineData(false, false, true)]
    [Spec("RFC 9700", "2.1.1"), Spec("RFC 7636", "4.4.1")]
    public void Pkce_is_for_every_public_client_and_for_all_that_are_not_registered_without(bool required, bool isPublic, bool mayLeaveOut)
    {
        var client = Client();
        client.RequirePkce = required;
        client.TokenEndpointAuthMethod = isPublic ? "none" : "client_secret_basic";
        Assert.Equal(mayLeaveOut, Check(client, ("code_challenge", null), ("code_challenge_method", null)) is null);
        Assert.NotNull(Check(client, ("code_challenge_method", "plain")));
        Assert.NotNull(Check(client, ("code_challenge_method", null)));
        Assert.NotNull(Check(client, ("code_challenge", null)));
    }

    [Theory, InlineData("openid", true), InlineData("openid other", true), InlineData("other", false), InlineData("phone", false), InlineData(" openid  profile ", true)]
    [Spec("RFC 6749", "3.3")]
    public void Scopes_are_dropped_until_none_is_left(string scope, bool good) => Assert.Equal(good, Check(Client(), ("scope", scope)) is null);

    [Fact]
    public void Every_description_is_plain_ascii_and_holds_nothing_that_was_sent()
    {
        foreach (var name in (string[])["request", "request_uri", "registration", "response_type", "scope", "response_mode", "code_challenge", "code_challenge_method", "prompt", "max_age", "claims"])
        {
            var error = Check(Client(), (name, "hostile\"\\ü"));
            Assert.NotNull(error);
            Assert.Matches(@"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$", error.Description);
            Assert.DoesNotContain("hostile", error.Description);
        }
    }

    private static Client Client() => RedirectUrisTests.Client("web", "https://a.example/cb");

    private static OAuthError? Check(Client client, params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>
        {
            ["client_id"] = "app", ["redirect_uri"] = "https://a.example/cb", ["response_type"] = "code", ["scope"] = "openid profile", ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            values[name] = value;
        }

        var parameters = RequestParameters.Of(values.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))));
        return AuthorizeRules.All.Select(rule => rule(parameters, client)).FirstOrDefault(error => error is not null);
    }
}
