using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

/// <summary>Every parameter of every grant in every way wrong. Whatever is refused leaves a good request possible, unless it was a replay or time ran out.</summary>
[Spec("RFC 6749", "5.2")]
public sealed class ParameterTableTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const string InvalidRequest = "invalid_request", InvalidGrant = "invalid_grant", InvalidClient = "invalid_client", InvalidScope = "invalid_scope";

    /// <summary>What an absent parameter answers, also when it is empty; then malformed, then somebody else's. Repeated is invalid_request everywhere. Null: good.</summary>
    private static readonly (string Grant, string Name, string? Absent, string? Malformed, string? Foreign)[] Parameters =
    [
        ("code", "grant_type", InvalidRequest, "unsupported_grant_type", "unauthorized_client"),
        ("code", "code", InvalidRequest, InvalidGrant, InvalidGrant),
        ("code", "redirect_uri", InvalidGrant, InvalidGrant, InvalidGrant),
        ("code", "code_verifier", InvalidGrant, InvalidGrant, InvalidGrant),
        ("code", "client_id", InvalidClient, InvalidClient, InvalidClient),
        ("post", "client_id", InvalidClient, InvalidClient, InvalidClient),
        ("post", "client_secret", InvalidClient, InvalidClient, InvalidClient),
        ("post", "code", InvalidRequest, InvalidGrant, InvalidGrant),
        ("refresh", "grant_type", InvalidRequest, "unsupported_grant_type", "unauthorized_client"),
        ("refresh", "refresh_token", InvalidRequest, InvalidGrant, InvalidGrant),
        ("refresh", "scope", null, InvalidScope, InvalidScope),
        ("refresh", "client_id", InvalidClient, InvalidClient, InvalidClient),
        ("client", "grant_type", InvalidRequest, "unsupported_grant_type", InvalidRequest),
        ("client", "scope", null, InvalidScope, InvalidScope),
        ("client", "client_id", InvalidClient, InvalidClient, InvalidClient),
        ("client", "client_secret", InvalidClient, InvalidClient, InvalidClient),
    ];

    public static TheoryData<string, string, string, string?> Table()
    {
        var table = new TheoryData<string, string, string, string?>();
        foreach (var (grant, name, absent, malformed, foreign) in Parameters)
        {
            table.Add(grant, name, "missing", absent);
            table.Add(grant, name, "empty", absent);
            table.Add(grant, name, "repeated", InvalidRequest);
            table.Add(grant, name, "repeated with another", InvalidRequest);
            table.Add(grant, name, "malformed", malformed);
            table.Add(grant, name, "very long", name == "grant_type" ? "unsupported_grant_type" : malformed);
            table.Add(grant, name, "with a space after", name is "scope" ? null : malformed);
            table.Add(grant, name, "foreign", foreign);
        }

        foreach (var (grant, name) in (ReadOnlySpan<(string, string)>)[("code", "code"), ("post", "code"), ("refresh", "refresh_token")])
        {
            table.Add(grant, name, "replayed", InvalidGrant);
            table.Add(grant, name, "expired", InvalidGrant);
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_wrong_parameter_is_refused_and_the_good_request_stays_good(string grant, string name, string fault, string? error)
    {
        var good = await GoodAsync(grant);
        var fields = await WithFaultAsync(good, grant, name, fault);
        var answer = await SendAsync(fields);
        if (error is null)
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            return;
        }

        Wire.AssertError(answer, HttpStatusCode.BadRequest, error);
        if (fault is not ("replayed" or "expired"))
        {
            var second = await SendAsync(good);
            Assert.True(second.Status == HttpStatusCode.OK, $"The good request afterwards: {second.Body}");
        }
    }

    private Task<JsonAnswer> SendAsync(IEnumerable<(string, string?)> fields) => Wire.PostAsync(fixture.Http, "/token", Wire.Form([.. fields]));

    private async Task<List<(string Name, string? Value)>> GoodAsync(string grant) => grant switch
    {
        "code" =>
        [
            ("grant_type", "authorization_code"), ("client_id", "native"), ("code", await fixture.CodeAsync(fixture.Native)), ("redirect_uri", fixture.Native.RedirectUri),
            ("code_verifier", fixture.Native.Verifier),
        ],
        "post" =>
        [
            ("grant_type", "authorization_code"), ("client_id", "poster"), ("client_secret", SampleDirectory.PortalSecret),
            ("code", await fixture.CodeAsync(fixture.Poster, SampleDirectory.Pat, ("scope", "openid"))), ("redirect_uri", fixture.Poster.RedirectUri), ("code_verifier", fixture.Poster.Verifier),
        ],
        "refresh" =>
        [
            ("grant_type", "refresh_token"), ("client_id", "native"), ("refresh_token", (await fixture.TokensAsync(fixture.Native)).Text("refresh_token")), ("scope", "openid profile"),
        ],
        _ => [("grant_type", "client_credentials"), ("client_id", "poster"), ("client_secret", SampleDirectory.PortalSecret), ("scope", "scim")],
    };

    private async Task<List<(string Name, string? Value)>> WithFaultAsync(List<(string Name, string? Value)> good, string grant, string name, string fault)
    {
        var at = good.FindIndex(field => field.Name == name);
        List<(string Name, string? Value)> Put(string? value) => [.. good[..at], (name, value), .. good[(at + 1)..]];
        switch (fault)
        {
            case "missing": return Put(null);
            case "empty": return Put("");
            case "repeated": return [.. good, good[at]];
            case "repeated with another": return [.. good, (name, "x")];
            case "malformed": return Put(name == "redirect_uri" ? "javascript:alert(1)" : "\"ü\r\n\\<script>");
            case "very long": return Put(new string('A', 20_000));
            case "with a space after": return Put(good[at].Value + " ");
            case "foreign": return Put(await ForeignAsync(grant, name));
            case "replayed":
                Assert.Equal(HttpStatusCode.OK, (await SendAsync(good)).Status);
                if (grant == "refresh")
                {
                    fixture.Hub.Time.Advance(TimeSpan.FromSeconds(31));
                }

                return good;
            case "expired":
                fixture.Hub.Time.Advance(grant == "refresh" ? TimeSpan.FromHours(12) : TimeSpan.FromSeconds(61));
                return good;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    private async Task<string> ForeignAsync(string grant, string name) => name switch
    {
        "grant_type" => grant == "client" ? "authorization_code" : "client_credentials",
        "code" => await fixture.CodeAsync(fixture.Portal),
        "redirect_uri" => SampleDirectory.PortalRedirect,
        "code_verifier" => fixture.Portal.Verifier,
        "refresh_token" => (await fixture.TokensAsync(fixture.Portal)).Text("refresh_token"),
        "scope" => grant == "client" ? "something" : "openid email",
        "client_id" => "portal",
        "client_secret" => SampleDirectory.OtherSecret,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
