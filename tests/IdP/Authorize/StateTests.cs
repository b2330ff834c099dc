using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>state and nonce come back byte for byte, on success and on error, by query and by form.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class StateTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    public static TheoryData<string, string, bool> States()
    {
        var data = new TheoryData<string, string, bool>();
        string[] states =
        [
            "a+b c%20d&e=f", "%25%2B", "ü", "😀", "\"><script>alert(1)</script>", "a\r\nSet-Cookie: x=y", "' onload='", "?#/\\", "{\"a\":[1]}", "a%00b", "\u0001", "\u202Eabc", "%", "%zz", "+",
            new('s', 128), new('s', 4096), string.Concat(Enumerable.Repeat("ü+%😀", 800)), "state ", " state", "null", "a;b,c|d",
        ];
        foreach (var state in states)
        {
            foreach (var mode in (string[])["query", "form_post"])
            {
                data.Add(state, mode, true);
                if (Uri.EscapeDataString(state).Length < 5000)
                {
                    data.Add(state, mode, false);
                }
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(States))]
    [Spec("RFC 6749", "4.1.2"), Spec("RFC 6749", "4.1.2.1"), Spec("OAuth 2.0 Form Post Response Mode", "2")]
    public async Task State_comes_back_byte_for_byte_with_the_code_and_with_an_error(string state, string mode, bool post)
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        var app = SampleDirectory.Portal(hub);
        var good = await AuthorizeAnswer.OfAsync(browser, app.Request(("state", state), ("response_mode", mode)), post);
        good.AssertCode(hub, state);
        Assert.Equal(mode == "form_post", good.Form is not null);
        var bad = await AuthorizeAnswer.OfAsync(browser, app.Request(("state", state), ("response_mode", mode), ("scope", null)), post);
        bad.AssertError(hub, "invalid_scope", state);
        Assert.Equal(mode == "form_post", bad.Form is not null);
        Assert.DoesNotContain("\n", bad.Location ?? "");
    }

    [Theory, InlineData("query"), InlineData("form_post")]
    [Spec("RFC 6749", "4.1.2")]
    public async Task Without_state_none_comes_back(string mode)
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        (await AuthorizeAnswer.OfAsync(browser, SampleDirectory.Portal(hub).Request(("state", null), ("response_mode", mode)))).AssertCode(hub, null);
    }

    [Theory, InlineData("n+%20ü😀\""), InlineData(" "), InlineData("")]
    [Spec("OpenID Connect Core", "2")]
    public async Task Nonce_comes_back_byte_for_byte_in_the_id_token_and_not_when_it_was_not_sent(string nonce)
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        foreach (var sent in (string[])[nonce, new string('n', 384) + nonce])
        {
            var app = SampleDirectory.Portal(hub);
            var answer = await AuthorizeAnswer.OfAsync(browser, app.Request(("nonce", sent)));
            var id = RelyingApp.Payload((await app.RedeemAsync(answer.Parameters["code"])).Text("id_token"));
            Assert.Equal(sent.Length == 0 ? null : sent, id.TryGetProperty("nonce", out var echoed) ? echoed.GetString() : null);
        }
    }
}
