using System.Net;

namespace IdentityHub.Samples.Tests;

public sealed class SignInTests : SampleFixture
{
    [Fact]
    public async Task A_person_signs_in_and_sees_what_the_hub_told()
    {
        var page = await Me.SignInAsync();

        Assert.Equal(HttpStatusCode.OK, page.Status);
        foreach (var shown in new[]
                 {
                     "Pat Primary", "pat@northside.example", "Northside &lt;School&gt; District", "Administrator", "PRIMARY",
                     "expert-console", "users.write", "https://refeds.org/profile/mfa", "value=\"southside\"",
                 })
        {
            Assert.Contains(shown, page.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_request_asks_for_a_code_with_PKCE_state_and_nonce()
    {
        await Me.SignInAsync();
        var request = Hub.LastRequest!;

        Assert.Equal("code", request["response_type"]);
        Assert.Equal("portal", request["client_id"]);
        Assert.Equal(Portal + "/signin-oidc", request["redirect_uri"]);
        Assert.Equal("openid profile email account accounts offline_access", request["scope"]);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.Equal(43, request["code_challenge"].ToString().Length);
        Assert.Equal(43, request["nonce"].ToString().Length);
        Assert.NotEmpty(request["state"].ToString());
        Assert.False(request.ContainsKey("acr_values"));
    }

    [Fact]
    public async Task Pages_carry_a_policy_without_inline_content_and_are_not_stored()
    {
        var page = await Me.SignInAsync();

        var policy = page.Raw.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.True(page.Raw.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain("<script", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("access-", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_signs_in_again_with_the_account()
    {
        await Me.SignInAsync();
        Hub.BendIdToken = claims => claims["account"] = "southside";
        var toHub = await Me.SubmitAsync("/switch-account", ("account", "southside"));
        Assert.Equal(HttpStatusCode.SeeOther, toHub.Status);
        var page = await Me.FollowAsync(toHub);

        Assert.Equal("southside", Hub.LastRequest!["account"]);
        Assert.Contains("<code data-claim=\"account\">southside</code>", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_needs_the_form_of_the_page()
    {
        await Me.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await Me.PostAsync("/switch-account", ("account", "southside"))).Status);
        Assert.True(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task Choosing_another_account_asks_the_hub_for_its_chooser()
    {
        await Me.SignInAsync("/choose-account");

        Assert.Equal("select_account", Hub.LastRequest!["prompt"]);
    }

    [Fact]
    public async Task RS256_passes_too()
    {
        var rsa = SigningKey.Rsa("rsa-1");
        Hub.Published.Add(rsa);
        Hub.Key = rsa;

        Assert.Equal(HttpStatusCode.OK, (await Me.SignInAsync()).Status);
    }

    [Fact]
    public async Task The_console_tells_someone_without_a_seat_what_to_do()
    {
        var console = await StartExpertConsoleAsync();
        Hub.BendAnswer = answer =>
        {
            answer.Remove("code");
            answer["error"] = "access_denied";
            answer["error_description"] = "no seat for expert-console";
        };

        var page = await console.SignInAsync();

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Contains("You have no seat", page.Html, StringComparison.Ordinal);
        Assert.Contains("Ask an administrator", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/signin\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("no seat for expert-console", page.Html, StringComparison.Ordinal);
        Assert.Equal(0, Hub.TokenRequests);
    }

    [Fact]
    public async Task The_console_lets_in_someone_with_a_seat()
    {
        var console = await StartExpertConsoleAsync();

        Assert.Contains("Ready to help, Pat Primary", (await console.SignInAsync()).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_answer_is_shown_encoded()
    {
        Hub.BendAnswer = answer =>
        {
            answer.Remove("code");
            answer["error"] = "server_error";
            answer["error_description"] = "<b>bold</b>";
        };

        var page = await Me.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("&lt;b&gt;bold", page.Html, StringComparison.Ordinal);
    }
}
