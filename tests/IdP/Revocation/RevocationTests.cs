using System.Net;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.Revocation;

[Spec("RFC 7009", "2")]
public sealed class RevocationTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private static void AssertDone(JsonAnswer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(0, answer.Response.Content.Headers.ContentLength);
        Wire.AssertNotCached(answer.Response);
    }

    [Theory]
    [InlineData("portal")]
    [InlineData("other")]
    public async Task Revoking_an_access_token_kills_it_and_nothing_else(string client)
    {
        var app = client == "portal" ? fixture.Portal : fixture.Other;
        var tokens = await fixture.TokensAsync(app);
        var sibling = await app.RefreshAsync(tokens.Text("refresh_token"));
        AssertDone(await app.RevokeAsync(tokens.Text("access_token")));
        Assert.False(await SignedInHub.IsActiveAsync(app, tokens.Text("access_token")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(tokens.Text("access_token"))).Status);
        Assert.True(await SignedInHub.IsActiveAsync(app, sibling.Text("access_token")));
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(sibling.Text("refresh_token"))).Status);
        AssertDone(await app.RevokeAsync(tokens.Text("access_token")));
    }

    [Theory]
    [InlineData("portal")]
    [InlineData("other")]
    [InlineData("native")]
    public async Task Revoking_a_refresh_token_kills_its_family_with_the_access_tokens(string client)
    {
        var app = client switch { "portal" => fixture.Portal, "other" => fixture.Other, _ => fixture.Native };
        var kept = await fixture.TokensAsync(app);
        var tokens = await fixture.TokensAsync(app);
        var next = await app.RefreshAsync(tokens.Text("refresh_token"));
        AssertDone(await app.RevokeAsync(next.Text("refresh_token")));
        foreach (var dead in (JsonAnswer[])[tokens, next])
        {
            Assert.Equal("invalid_grant", (await app.RefreshAsync(dead.Text("refresh_token"))).Error);
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(dead.Text("access_token"))).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.UserInfoAsync(kept.Text("access_token"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(kept.Text("refresh_token"))).Status);
        AssertDone(await app.RevokeAsync(next.Text("refresh_token")));
    }

    [Fact]
    public async Task Revoking_a_spent_refresh_token_kills_its_family_too()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var next = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"));
        AssertDone(await fixture.Portal.RevokeAsync(tokens.Text("refresh_token")));
        Assert.Equal("invalid_grant", (await fixture.Portal.RefreshAsync(next.Text("refresh_token"))).Error);
    }

    [Fact]
    public async Task Another_client_s_token_is_answered_alike_and_lives_on()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        foreach (var stranger in (RelyingApp[])[fixture.Other, fixture.Native, fixture.Expert])
        {
            AssertDone(await stranger.RevokeAsync(tokens.Text("access_token")));
            AssertDone(await stranger.RevokeAsync(tokens.Text("refresh_token")));
        }

        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("ü")]
    [Spec("RFC 7009", "2.2")]
    public async Task An_unknown_token_is_as_good_as_revoked(string token) => AssertDone(await fixture.Portal.RevokeAsync(token));

    [Fact]
    public async Task Other_kinds_of_token_change_nothing()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        AssertDone(await fixture.Portal.RevokeAsync(tokens.Text("id_token")));
        AssertDone(await fixture.Portal.RevokeAsync(tokens.Text("refresh_token") + "A"));
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
    }

    [Fact]
    public async Task A_hint_of_the_wrong_kind_is_no_obstacle()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        AssertDone(await fixture.Portal.PostAsync("/revoke", ("token", tokens.Text("access_token")), ("token_type_hint", "refresh_token")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
        AssertDone(await fixture.Portal.PostAsync("/revoke", ("token", tokens.Text("refresh_token")), ("token_type_hint", "nonsense")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("refresh_token")));
    }

    [Fact]
    public async Task The_token_must_be_there_once()
    {
        Wire.AssertError(await fixture.Portal.PostAsync("/revoke"), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(
            await Wire.PostAsync(fixture.Http, "/revoke", Wire.Form(("token", "a"), ("token", "b")), Wire.Basic("portal", SampleDirectory.PortalSecret)), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_client_s_own_token_can_be_revoked()
    {
        var token = (await fixture.Other.TokenAsync(("grant_type", "client_credentials"))).Text("access_token");
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Other, token));
        AssertDone(await fixture.Other.RevokeAsync(token));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Other, token));
    }
}

/// <summary>What cannot be written down is not called done (fosite CVE-2020-15223), and what cannot be read is not called active.</summary>
public sealed class StorageFailureTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private string Database => $"Data Source={Path.Combine(fixture.Hub.DataDirectory, "hub.db")};Pooling=False";

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void AssertUnavailable(JsonAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable, $"{answer.Status} {answer.Body}");
        Assert.Equal("temporarily_unavailable", answer.Error);
        Assert.NotNull(answer.Response.Headers.RetryAfter);
    }

    [Fact]
    [Spec("RFC 7009", "2.2.1")]
    public async Task When_the_database_takes_no_write_a_revocation_is_not_answered_as_done()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        await using (var lockHolder = new SqliteConnection(Database))
        {
            lockHolder.Open();
            Run(lockHolder, "BEGIN IMMEDIATE");
            var answers = await Task.WhenAll(
                fixture.Portal.RevokeAsync(tokens.Text("refresh_token")), fixture.Portal.RevokeAsync(tokens.Text("access_token")), fixture.Portal.RefreshAsync(tokens.Text("refresh_token")));
            Assert.All(answers, AssertUnavailable);

            // Reading goes on.
            Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
            Run(lockHolder, "ROLLBACK");
        }

        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RevokeAsync(tokens.Text("refresh_token"))).Status);
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
    }

    [Theory]
    [InlineData("Grants")]
    [InlineData("RevokedTokens")]
    [InlineData("Clients")]
    public async Task When_a_table_cannot_be_used_nothing_is_called_active_or_done(string table)
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        using var other = new SqliteConnection(Database);
        other.Open();
        Run(other, "PRAGMA busy_timeout=5000; PRAGMA legacy_alter_table=ON;");
        Run(other, $"ALTER TABLE \"{table}\" RENAME TO \"{table}Gone\"");
        var answers = new List<JsonAnswer>
        {
            await fixture.Portal.IntrospectAsync(tokens.Text("access_token")), await fixture.Portal.UserInfoAsync(tokens.Text("access_token")),
        };
        if (table != "RevokedTokens")
        {
            answers.Add(await fixture.Portal.RevokeAsync(tokens.Text("refresh_token")));
            answers.Add(await fixture.Portal.RefreshAsync(tokens.Text("refresh_token")));
        }

        if (table != "Grants")
        {
            answers.Add(await fixture.Portal.RevokeAsync(tokens.Text("access_token")));
        }

        Run(other, $"ALTER TABLE \"{table}Gone\" RENAME TO \"{table}\"");
        Assert.All(answers, AssertUnavailable);
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Status);
    }
}
