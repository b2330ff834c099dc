using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

/// <summary>Throws broken text at everything that reads filters, paths, orders and projections. Nothing but a value or an error may come out; and what is read must print, read and evaluate.</summary>
/// <remarks>FUZZ_MINUTES=10 lets it run so long, from another seed each time, which it names when it fails.</remarks>
public sealed class FilterFuzz
{
    private static readonly string[] Seeds =
    [
        """userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")""",
        """emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]""",
        """urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName sw "\u00e9\"\\" """,
        """not (meta.lastModified gt "2011-05-13T04:42:34.123+02:00") and active ne true""",
        """emails[type eq "work"].value eq null""",
        """members[value eq "2819c223-7f76-453a-919d-413861904646"].display""",
        """urn:identityhub:params:scim:schemas:extension:account:2.0:User:twoFactor.methods[value pr]""",
        "name.familyName, urn:ietf:params:scim:schemas:core:2.0:User:emails.value,id",
    ];

    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "\"", "\\", "\\u", "\\ud83d", "\\u0000", " ", "\t", ".", ".value", ":", ",", "\0", "\ud83d", "\ude00", "😀", "é", "$ref", " eq ", " and ", " or ", "not (", " pr", " ne null", "true", "\"False\"", "-1.5e3", "1e999", "0", "emails[", "userName", "members", "urn:", "24:00:00", "+14:00", "T", "\u2028", "password",
    ];

    private static readonly JsonObject User = JsonNode.Parse("""
        { "schemas": ["a"], "id": "1", "userName": "u", "userType": "Employee", "active": true, "emails": [ { "value": "a@example.com", "type": "work", "primary": true }, { "value": "" } ],
          "meta": { "lastModified": "not a time" }, "urn:identityhub:params:scim:schemas:extension:account:2.0:User": { "seats": ["a"], "twoFactor": { "methods": ["totp"] } } }
        """)!.AsObject();

    /// <summary>Throws at half a character.</summary>
    private static readonly UTF8Encoding Strict = new(false, true);

    private ulong _state;
    private int _read;

    [Fact]
    public void No_text_makes_anything_throw()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("FUZZ_MINUTES"), CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        var seed = minutes > 0 ? (ulong)TimeProvider.System.GetTimestamp() : 20261121;
        var start = TimeProvider.System.GetTimestamp();
        _state = seed | 1;
        var round = 0;
        for (; round < 60_000 || TimeProvider.System.GetElapsedTime(start).TotalMinutes < minutes; round++)
        {
            var text = Broken();
            try
            {
                Feed(text);
            }
            catch (Exception cause)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}: {Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()))} (UTF-16): {text}", cause);
            }
        }

        Assert.True(_read > round / 20, $"Only {_read} filters of {round} were understood: the fuzzer has gone blunt.");
    }

    private void Feed(string text)
    {
        var options = new FilterOptions { UnquotedLiterals = Next(2) == 0, MaxDepth = 8, MaxTerms = 20 };
        foreach (var type in new[] { UserSchemas.User, GroupSchema.Group })
        {
            if (Allowed(FilterParser.Parse(type, text, options), "invalidFilter") is { } filter)
            {
                _read++;
                var printed = FilterPrinter.Print(filter);
                Assert.Equal(printed, FilterPrinter.Print(FilterParser.Parse(type, printed, new() { MaxLength = int.MaxValue, MaxDepth = 100 }).Value!));
                var plan = FilterPlan.Of(filter);
                var matches = FilterEvaluator.Matches(filter, User);
                Assert.True(type == GroupSchema.Group || !matches || plan.Narrowing is null || NaiveFilter.Holds(plan.Narrowing, User));
            }

            if (Allowed(PatchPathParser.Parse(type, text, options), "invalidPath", "invalidFilter") is { ValueFilter: { } selection })
            {
                FilterEvaluator.MatchesElement(selection, User["emails"]![0]!);
                FilterEvaluator.MatchesElement(selection, JsonValue.Create("a"));
            }

            Allowed(SortOrder.Parse(type, text, Next(2) == 0 ? "descending" : null), "invalidValue")?.Compare(User, []);
            Allowed(Projection.Parse(type, text, null), "invalidValue")?.Apply(User);
            Allowed(Projection.Parse(type, null, text), "invalidValue")?.Apply(User);
        }
    }

    /// <summary>An error must be one of those, and its detail must go into JSON as it is.</summary>
    private static T? Allowed<T>(Outcome<T> outcome, params string[] errors)
        where T : class
    {
        if (outcome.Failed)
        {
            Assert.Contains(outcome.Error.ScimType, errors);
            Assert.DoesNotContain(outcome.Error.Detail, char.IsControl);
            Assert.True(outcome.Error.Detail.Length < 400);
            Strict.GetByteCount(outcome.Error.Detail);
        }

        return outcome.Value;
    }

    private string Broken()
    {
        var text = Seeds[Next(Seeds.Length)];
        for (var changes = Next(6); changes > 0; changes--)
        {
            var (from, to) = (Next(text.Length + 1), Next(text.Length + 1));
            var (low, high) = (Math.Min(from, to), Math.Max(from, to));
            text = Next(6) switch
            {
                0 => text.Remove(low, Math.Min(high - low, Next(8))),
                1 => text.Insert(low, Pieces[Next(Pieces.Length)]),
                2 => text.Insert(low, ((char)Next(0x10000)).ToString()),
                3 => text.Insert(low, text[low..high]),
                4 => text[..low] + Seeds[Next(Seeds.Length)][..Next(20)] + text[high..],
                _ => string.Join(Pieces[Next(Pieces.Length)], text[..low], text[low..]),
            };
        }

        return text;
    }

    /// <summary>Xorshift: the same from the same seed on every machine.</summary>
    private int Next(int below)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)((_state >> 11) % (ulong)below);
    }
}
