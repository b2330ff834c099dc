using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>Throws strange and broken bodies at everything that reads them. Nothing but a canonical resource or an error may come out, and the resource as it was stays as it was.</summary>
/// <remarks>FUZZ_MINUTES=10 lets it run so long, from another seed each time, which it names when it fails.</remarks>
public sealed class PatchFuzz
{
    private static readonly string[] Names =
    [
        "op", "path", "value", "schemas", "Operations", "userName", "USERNAME", "active", "title", "name", "name.givenName", "givenName", "emails", "emails.value", "emails[type eq \\\"work\\\"].value", "emails[value pr]", "primary", "type", "$ref", "display", "id", "meta", "meta.version", "groups",
        "password", "roles", "roles[primary eq \\\"True\\\"].value", "addresses[type eq \\\"work\\\"]", "addresses", "locality", "x509Certificates", "members", "members[value eq \\\"u\\\"]", "displayName", "externalId", "manager", "seats", "twoFactor", "twoFactor.required", "required", "", ".", "[", "urn:", "\\u0000", "\\ud800",
        UserSchemas.EnterpriseId, UserSchemas.EnterpriseId + ":manager", UserSchemas.EnterpriseId + ":manager.value", UserSchemas.EnterpriseId + ".department", UserSchemas.AccountId + ":seats", UserSchemas.AccountId + ":seats[value eq \\\"a\\\"]", UserSchemas.AccountId, UserSchemas.AccountId + ":twoFactor.methods[value eq \\\"x\\\"]", UserSchemas.CoreId + ":title",
    ];

    private static readonly string[] Texts =
    [
        "\"\"", "\"a\"", "\"True\"", "\"FALSE\"", "\"work\"", "\"1\"", "null", "true", "false", "0", "-1.5e300", "1e999", "123456789012345678901234567890", "[]", "{}", "[[]]", "[null]", "{\"value\":null}", "{\"value\":\"v\",\"primary\":true}", "[{\"value\":\"v\",\"type\":\"work\"},{\"value\":\"w\"}]",
        "\"{\\\"value\\\":\\\"x\\\"}\"", "\"{\\\"value\\\":\\\"{}\\\"}\"", "\"{\"", "\"{broken\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"\\udc00\"", "\"2026-01-01T00:00:00Z\"", "\"AAAA\"", "[\"a\",\"b\",\"a\"]", "{\"a\":{\"b\":{\"c\":[]}}}",
    ];

    private static readonly JsonObject User = JsonNode.Parse($$"""
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "u", "active": true, "name": { "givenName": "G", "familyName": "F" }, "groups": [ { "value": "g" } ], "meta": { "version": "1" },
          "emails": [ { "value": "a", "type": "work", "primary": true }, { "value": "b" } ], "addresses": [ { "type": "work", "locality": "L" } ], "roles": [ { "value": "User", "primary": true } ],
          "urn:identityhub:params:scim:schemas:extension:account:2.0:User": { "seats": ["a", "b"], "subject": "s", "twoFactor": { "required": true, "methods": ["totp"] } }, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "m", "$ref": "r", "displayName": "M" } } }
        """)!.AsObject();

    private static readonly JsonObject Group = JsonNode.Parse("""{ "id": "1", "displayName": "G", "members": [ { "value": "u", "type": "User", "display": "U" }, { "value": "v" } ] }""")!.AsObject();

    private ulong state;
    private int applied;
    private int read;

    /// <summary>What long runs have found.</summary>
    [Theory]
    [InlineData("""{"Operations":[{"op":"Replace","path":"emails.value","value":["{\"value\":\"\"}"]}]}""")]
    public void Bodies_that_once_left_something_that_is_not_canonical_do_so_no_more(string body) => Feed(Encoding.UTF8.GetBytes(body));

    [Fact]
    public void No_body_makes_anything_throw()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("FUZZ_MINUTES"), CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        var seed = minutes > 0 ? (ulong)TimeProvider.System.GetTimestamp() : 20261122;
        var start = TimeProvider.System.GetTimestamp();
        state = seed | 1;
        var round = 0;
        for (; round < 30_000 || TimeProvider.System.GetElapsedTime(start).TotalMinutes < minutes; round++)
        {
            var body = Broken(Next(4) == 0 ? Resource() : Message());
            try
            {
                Feed(body);
            }
            catch (Exception cause)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}: {Convert.ToBase64String(body)}: {Encoding.UTF8.GetString(body)}", cause);
            }
        }

        Assert.True(applied > round / 10 && read > round / 50, $"Of {round} bodies only {applied} were applied and {read} read: the fuzzer has gone blunt.");
    }

    private void Feed(byte[] bytes)
    {
        if (Allowed(ScimJson.Read(bytes), "invalidSyntax") is not { } body)
        {
            return;
        }

        foreach (var type in new[] { UserSchemas.User, GroupSchema.Group })
        {
            if (Allowed(ResourceReader.Read(type, body), "invalidValue") is { } resource)
            {
                read++;
                Canonical.Check(type, resource);
                Allowed(GroupMembers.Read(resource["members"]), "invalidValue");
            }
        }

        if (Allowed(PatchRequest.Parse(body), "invalidSyntax", "invalidPath", "invalidValue", "noTarget", "tooMany") is { } request)
        {
            Apply(UserSchemas.User, User, request);
            Apply(GroupSchema.Group, Group, request);
            Allowed(GroupPatch.Compile(request, "1", FilterOptions.Default), "invalidPath", "invalidFilter", "mutability", "invalidValue");
        }
    }

    private void Apply(ResourceType type, JsonObject current, PatchRequest request)
    {
        var before = current.ToJsonString();
        var desired = Allowed(PatchApplier.Apply(type, current, request, FilterOptions.Default), "invalidPath", "invalidFilter", "noTarget", "mutability", "invalidValue");
        Assert.Equal(before, current.ToJsonString());
        if (desired is not null)
        {
            applied++;
            Canonical.Check(type, desired);
            Assert.True(JsonNode.DeepEquals(current["id"], desired["id"]) && JsonNode.DeepEquals(current["meta"], desired["meta"]) && JsonNode.DeepEquals(current["groups"], desired["groups"]), "What is read-only has changed.");
            Assert.True(desired.ContainsKey(type == UserSchemas.User ? "userName" : "displayName"));
        }
    }

    private static T? Allowed<T>(Outcome<T> outcome, params string[] errors)
        where T : class
    {
        if (outcome.Failed)
        {
            Assert.Contains(outcome.Error.ScimType, errors);
            Assert.DoesNotContain(outcome.Error.Detail, char.IsControl);
            Assert.True(outcome.Error.Detail.Length < 400);
        }

        return outcome.Value;
    }

    private string Message() => $$"""{"schemas":["{{PatchRequest.Schema}}"],"Operations":[{{string.Join(',', Enumerable.Range(0, Next(4)).Select(_ => Operation()))}}]}""";

    private string Operation() => Next(4) == 0
        ? $$"""{"op":"{{Verb()}}","value":{{Members(3)}}}"""
        : $$"""{"op":"{{Verb()}}","path":"{{Name()}}","value":{{Value(2)}}}""";

    private string Resource() => $$"""{"schemas":["{{UserSchemas.CoreId}}","{{GroupSchema.Id}}"],"userName":"a","displayName":"d",{{Members(3)[1..]}}""";

    private string Verb() => Next(9) switch { < 3 => "add", < 6 => "Replace", < 8 => "remove", _ => "move" };

    private string Name() => Names[Next(Names.Length)];

    private string Value(int depth) => Next(4) switch
    {
        0 when depth > 0 => Members(depth - 1),
        1 when depth > 0 => "[" + string.Join(',', Enumerable.Range(0, Next(3)).Select(_ => Value(depth - 1))) + "]",
        _ => Texts[Next(Texts.Length)],
    };

    private string Members(int depth) => "{" + string.Join(',', Enumerable.Range(0, 1 + Next(3)).Select(_ => $"\"{Name()}\":{Value(depth)}")) + "}";

    /// <summary>One body in four loses, gains or changes bytes.</summary>
    private byte[] Broken(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var changes = Next(4) == 0 ? 1 + Next(3) : 0; changes > 0; changes--)
        {
            var at = Next(bytes.Count);
            switch (Next(3))
            {
                case 0: bytes.RemoveRange(at, Math.Min(Next(6), bytes.Count - at)); break;
                case 1: bytes.Insert(at, (byte)Next(256)); break;
                default: bytes[at] = (byte)Next(256); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Xorshift: the same from the same seed on every machine.</summary>
    private int Next(int below)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)((state >> 11) % (ulong)below);
    }
}
