using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>What is sent wrongly is refused, and nothing comes of it.</summary>
public sealed class BadInputTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly RunningHub hub = fixture.Hub;

    [Theory]
    [InlineData("""{ "status": "paused" }""")]
    [InlineData("""{ "stream_id": "$" }""")]
    [InlineData("""{ "stream_id": "$", "status": "Paused" }""")]
    [InlineData("""{ "stream_id": "$", "status": "gone" }""")]
    [InlineData("""{ "stream_id": "$", "status": 1 }""")]
    [InlineData("""{ "stream_id": "$", "status": "paused", "reason": 1 }""")]
    [InlineData("""{ "stream_id": "$", "status": "paused", "reason": "a\u0000b" }""")]
    [InlineData("""{ "stream_id": "$", "status": "paused", "status": "disabled" }""")]
    [InlineData("[]")]
    public async Task A_wrong_status_changes_nothing(string body)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var answer = await receiver.RawAsync(HttpMethod.Post, "/ssf/status", body.Replace("$", receiver.StreamId, StringComparison.Ordinal), "Bearer " + await receiver.TokenAsync());
        Wire.AssertError(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("enabled", (await receiver.SendAsync(HttpMethod.Get, "/ssf/status?stream_id=" + receiver.StreamId)).Text("status"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "stream_id": "$", "state": 1 }""")]
    [InlineData("""{ "stream_id": "$", "state": null }""")]
    public async Task A_wrong_request_for_verification_is_refused(string body)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var token = "Bearer " + await receiver.TokenAsync();
        Wire.AssertError(await receiver.RawAsync(HttpMethod.Post, "/ssf/verify", body.Replace("$", receiver.StreamId, StringComparison.Ordinal), token), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await receiver.RawAsync(HttpMethod.Post, "/ssf/verify", $$"""{ "stream_id": "{{receiver.StreamId}}", "state": "{{new string('x', 1025)}}" }""", token), HttpStatusCode.BadRequest, "invalid_request");
        Assert.Empty(await receiver.TakeAsync());
    }

    [Theory]
    [InlineData("""{ "subject": { "format": "email", "email": "a@b.example" } }""")]
    [InlineData("""{ "stream_id": "$" }""")]
    [InlineData("""{ "stream_id": "$", "subject": "a@b.example" }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "email" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "email", "email": "nothing" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "email", "email": "a@b.example", "more": "x" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "email", "email": 1 } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "iss_sub", "iss": "https://x.example" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "phone_number", "phone_number": "+12065550123" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "opaque", "id": "$" } }""")]
    [InlineData("""{ "stream_id": "$", "subject": { "format": "email", "email": "a@b.example" }, "verified": "yes" }""")]
    public async Task A_subject_that_is_none_is_refused(string body)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        foreach (var path in new[] { "/ssf/subjects/add", "/ssf/subjects/remove" })
        {
            var answer = await receiver.RawAsync(HttpMethod.Post, path, body.Replace("$", receiver.StreamId, StringComparison.Ordinal), "Bearer " + await receiver.TokenAsync());
            Wire.AssertError(answer, HttpStatusCode.BadRequest, "invalid_request");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{ "maxEvents": -1 }""")]
    [InlineData("""{ "maxEvents": "5" }""")]
    [InlineData("""{ "maxEvents": 1.5 }""")]
    [InlineData("""{ "maxEvents": 99999999999 }""")]
    [InlineData("""{ "returnImmediately": "true" }""")]
    [InlineData("""{ "returnImmediately": null }""")]
    [InlineData("""{ "ack": "one" }""")]
    [InlineData("""{ "ack": [ 1 ] }""")]
    [InlineData("""{ "ack": {} }""")]
    [InlineData("""{ "setErrs": [] }""")]
    [InlineData("""{ "setErrs": { "id": "invalid" } }""")]
    [InlineData("""{ "setErrs": { "id": {} } }""")]
    [InlineData("""{ "setErrs": { "id": { "err": 1 } } }""")]
    public async Task A_wrong_poll_is_refused_and_takes_nothing_away(string body)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        await receiver.VerifyAsync();
        Wire.AssertError(await receiver.RawAsync(HttpMethod.Post, "/ssf/poll/" + receiver.StreamId, body, "Bearer " + await receiver.TokenAsync()), HttpStatusCode.BadRequest, "invalid_request");
        Assert.Single(await receiver.TakeAsync());
    }
}
