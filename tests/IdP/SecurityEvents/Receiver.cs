using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Clients;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>A receiver: a client with a token of its own that sets up its stream and checks everything that comes over it.</summary>
internal sealed class Receiver
{
    public const string Caep = "https://schemas.openid.net/secevent/caep/event-type/";
    public const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";
    public const string Ssf = "https://schemas.openid.net/secevent/ssf/event-type/";
    public const string Push = "urn:ietf:rfc:8935";
    public const string Poll = "urn:ietf:rfc:8936";
    public const string Secret = "secret-0123456789abcdef0123456789abcdef";

    public static readonly string[] AllEvents =
    [
        Caep + "session-revoked", Caep + "credential-change", Caep + "token-claims-change", Caep + "assurance-level-change",
        Risc + "account-disabled", Risc + "account-enabled", Risc + "account-purged",
    ];

    private static int made;

    private readonly RunningHub hub;
    private readonly HttpClient http;

    private Receiver(RunningHub hub, string clientId)
    {
        this.hub = hub;
        http = hub.NewClient();
        ClientId = clientId;
        App = new(hub, clientId, Secret, $"https://{clientId}.example/cb");
    }

    public string ClientId { get; }

    /// <summary>The same client, signing people in.</summary>
    public RelyingApp App { get; }

    public string StreamId { get; private set; } = "";

    public static async Task<Receiver> RegisterAsync(RunningHub hub, string? clientId = null, string? account = null, string scope = "openid account offline_access ssf.manage")
    {
        var receiver = new Receiver(hub, clientId ?? $"receiver-{Interlocked.Increment(ref made)}");
        await receiver.PutAsync(account, scope);
        return receiver;
    }

    public async Task PutAsync(string? account, string scope, bool disabled = false)
    {
        var hasher = hub.Services.GetRequiredService<ClientSecret>();
        await hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata
        {
            ClientId = ClientId, RedirectUris = [App.RedirectUri], GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], Scope = scope, Account = account,
        }.ToClient(hasher.Hash(Secret), disabled, transaction.Now)));
    }

    /// <summary>Registers a client and makes its stream of everything.</summary>
    public static async Task<Receiver> StreamingAsync(RunningHub hub, string? clientId = null, string? account = null, string? pushTo = null, string? authorization = null)
    {
        var receiver = await RegisterAsync(hub, clientId, account);
        var delivery = pushTo is null ? new JsonObject { ["method"] = Poll } : new JsonObject { ["method"] = Push, ["endpoint_url"] = pushTo };
        if (authorization is not null)
        {
            delivery["authorization_header"] = authorization;
        }

        var made = await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject { ["delivery"] = delivery, ["events_requested"] = new JsonArray([.. AllEvents.Select(type => JsonValue.Create(type))]) });
        Assert.True(made.Status == HttpStatusCode.Created, made.Body.ToString());
        receiver.StreamId = made.Text("stream_id");
        return receiver;
    }

    /// <summary>A token of the client's own, fresh: the test moves the clock.</summary>
    public async Task<string> TokenAsync(string scope = "ssf.manage")
    {
        var answer = await App.TokenAsync(("grant_type", "client_credentials"), ("scope", scope));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
        return answer.Text("access_token");
    }

    public async Task<JsonAnswer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? token = null) =>
        await RawAsync(method, path, body?.ToJsonString(), "Bearer " + (token ?? await TokenAsync()));

    public async Task<JsonAnswer> RawAsync(HttpMethod method, string path, string? body, string? authorization, string type = "application/json", CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = Wire.Body(body, type);
        }

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await RelyingApp.ReadAsync(await http.SendAsync(request, cancellation));
    }

    public Task<JsonAnswer> SetStatusAsync(string status, string? reason = null) =>
        SendAsync(HttpMethod.Post, "/ssf/status", new JsonObject { ["stream_id"] = StreamId, ["status"] = status, ["reason"] = reason });

    public Task<JsonAnswer> VerifyAsync(string? state = null) => SendAsync(HttpMethod.Post, "/ssf/verify", state is null
        ? new JsonObject { ["stream_id"] = StreamId }
        : new JsonObject { ["stream_id"] = StreamId, ["state"] = state });

    public Task<JsonAnswer> PollAsync(JsonObject? request = null) => SendAsync(HttpMethod.Post, "/ssf/poll/" + StreamId, request ?? new() { ["returnImmediately"] = true });

    /// <summary>Everything that waits, checked, and acknowledged.</summary>
    public async Task<List<Event>> TakeAsync()
    {
        var all = new List<Event>();
        while (true)
        {
            var answer = await PollAsync();
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
            var events = await ReadAsync(answer);
            all.AddRange(events);
            var done = await PollAsync(new() { ["maxEvents"] = 0, ["returnImmediately"] = true, ["ack"] = new JsonArray([.. events.Select(one => JsonValue.Create(one.Id))]) });
            Assert.Empty(done.Body.GetProperty("sets").EnumerateObject());
            if (!answer.Body.GetProperty("moreAvailable").GetBoolean())
            {
                return all;
            }
        }
    }

    public async Task<List<Event>> ReadAsync(JsonAnswer answer)
    {
        var events = new List<Event>();
        foreach (var set in answer.Body.GetProperty("sets").EnumerateObject())
        {
            var one = await CheckAsync(set.Value.GetString()!);
            Assert.Equal(set.Name, one.Id);
            events.Add(one);
        }

        return events;
    }

    /// <summary>Holds a token to all that RFC 8417, SSF 1.0 and the CAEP interoperability profile ask of it.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5404", Justification = "A security event token has no exp, and must have none.")]
    public async Task<Event> CheckAsync(string set)
    {
        var header = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(set.Split('.')[0])).RootElement;
        Assert.Equal("secevent+jwt", header.GetProperty("typ").GetString());
        Assert.Equal("RS256", header.GetProperty("alg").GetString());
        var keys = new JsonWebKeySet(await http.GetStringAsync("/jwks"));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(set, new()
        {
            ValidIssuer = hub.Issuer, ValidAudience = ClientId, ValidTypes = ["secevent+jwt"], ValidAlgorithms = ["RS256"], IssuerSigningKeys = keys.GetSigningKeys(), RequireExpirationTime = false,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.True(keys.Keys.Single(key => key.Kid == header.GetProperty("kid").GetString()).KeySize >= 2048);

        var token = RelyingApp.Payload(set);
        Assert.Equal(["iss", "aud", "iat", "jti", "txn", "sub_id", "events"], token.EnumerateObject().Select(claim => claim.Name));
        Assert.InRange(token.GetProperty("iat").GetInt64(), 1, hub.Time.Now.ToUnixTimeSeconds());
        Assert.NotEmpty(token.GetProperty("jti").GetString()!);
        Assert.NotEmpty(token.GetProperty("txn").GetString()!);
        var one = Assert.Single(token.GetProperty("events").EnumerateObject());
        var told = new Event(token.GetProperty("jti").GetString()!, token.GetProperty("txn").GetString()!, one.Name, one.Value, token.GetProperty("sub_id"), set);
        CheckSubject(told);
        CheckEvent(told);
        return told;
    }

    private void CheckSubject(Event told)
    {
        var subject = told.Subject;
        if (told.Type.StartsWith(Ssf, StringComparison.Ordinal))
        {
            Assert.Equal("opaque", subject.GetProperty("format").GetString());
            Assert.Equal(StreamId, subject.GetProperty("id").GetString());
            return;
        }

        var user = subject;
        if (subject.GetProperty("format").GetString() == "complex")
        {
            user = subject.GetProperty("user");
            foreach (var part in subject.EnumerateObject().Where(member => member.Name is not ("format" or "user")))
            {
                Assert.Contains(part.Name, new[] { "session", "application", "tenant" });
                Assert.Equal(["format", "id"], part.Value.EnumerateObject().Select(member => member.Name));
                Assert.Equal("opaque", part.Value.GetProperty("format").GetString());
            }
        }

        Assert.Equal(["format", "iss", "sub"], user.EnumerateObject().Select(member => member.Name));
        Assert.Equal("iss_sub", user.GetProperty("format").GetString());
        Assert.Equal(hub.Issuer, user.GetProperty("iss").GetString());
    }

    private void CheckEvent(Event told)
    {
        if (told.Type.StartsWith(Caep, StringComparison.Ordinal))
        {
            Assert.InRange(told.Says.GetProperty("event_timestamp").GetInt64(), 1, hub.Time.Now.ToUnixTimeSeconds());
            Assert.Contains(told.Says.GetProperty("initiating_entity").GetString(), new[] { "admin", "user", "policy", "system" });
            Assert.NotEmpty(told.Says.GetProperty("reason_admin").GetProperty("en").GetString()!);
        }

        string[] members = told.Word switch
        {
            "credential-change" => ["event_timestamp", "initiating_entity", "reason_admin", "credential_type", "change_type"],
            "token-claims-change" => ["event_timestamp", "initiating_entity", "reason_admin", "claims"],
            "assurance-level-change" => ["event_timestamp", "initiating_entity", "reason_admin", "namespace", "current_level", "previous_level", "change_direction"],
            "session-revoked" => ["event_timestamp", "initiating_entity", "reason_admin"],
            "account-disabled" or "account-enabled" or "account-purged" => [],
            "verification" => told.Says.TryGetProperty("state", out _) ? ["state"] : [],
            "stream-updated" => ["status", "reason"],
            _ => throw new InvalidOperationException(told.Type),
        };
        Assert.Equal(members, told.Says.EnumerateObject().Select(member => member.Name));
    }
}

/// <summary>An event as it came.</summary>
internal sealed record Event(string Id, string Cause, string Type, JsonElement Says, JsonElement Subject, string Set)
{
    public string Word => Type[(Type.LastIndexOf('/') + 1)..];

    public string Sub => (IsComplex ? Subject.GetProperty("user") : Subject).GetProperty("sub").GetString()!;

    public bool IsComplex => Subject.GetProperty("format").GetString() == "complex";

    /// <summary>The id of a member of a complex subject; null where it has none.</summary>
    public string? Part(string member) => IsComplex && Subject.TryGetProperty(member, out var part) ? part.GetProperty("id").GetString() : null;
}
