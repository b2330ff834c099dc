using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Protocol.Json;

/// <summary>Reads request bodies, and refuses what JSON allows but no two readers agree on.</summary>
internal static class ScimJson
{
    /// <summary>How deep objects and arrays may nest. A PATCH in a bulk request needs 10.</summary>
    public const int MaxDepth = 16;

    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MaxDepth };

    /// <inheritdoc cref="Read(ReadOnlySequence{byte})"/>
    public static Outcome<JsonObject> Read(ReadOnlyMemory<byte> body) => Read(new ReadOnlySequence<byte>(body));

    /// <summary>Reads a body that has to be one JSON object.</summary>
    /// <param name="body">UTF-8; a byte order mark before it is passed over.</param>
    /// <returns>
    /// The object, whose members are found in any case (RFC 7643 §2.1). Otherwise <c>invalidSyntax</c>: not JSON (RFC 8259), a comment, a comma too many,
    /// more than 16 levels, a name given twice (in any case), a NUL or half a surrogate pair in a name or a string, or not an object.
    /// </returns>
    public static Outcome<JsonObject> Read(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(WithoutMark(body), Strict);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return ScimError.InvalidSyntax("The body has to be a JSON object.");
            }

            var read = ReadObject(ref reader);
            while (!read.Failed && reader.Read())
            {
                // Nothing but white space may follow; the reader throws on the rest.
            }

            return read;
        }
        catch (JsonException malformed)
        {
            return ScimError.InvalidSyntax($"The body is not JSON of at most {MaxDepth} levels: it breaks in line {malformed.LineNumber + 1}, at byte {malformed.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            // What Utf8JsonReader.GetString throws for bytes that are not UTF-8 and for \u escapes that are half a pair.
            return ScimError.InvalidSyntax("The body has text that is not Unicode: bytes that are not UTF-8, or half a surrogate pair.");
        }
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> body)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var reader = new SequenceReader<byte>(body);
        return reader.IsNext(mark, advancePast: true) ? reader.UnreadSequence : body;
    }

    private static Outcome<JsonObject> ReadObject(ref Utf8JsonReader reader)
    {
        var read = new JsonObject(AnyCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            var error = name.Contains('\0', StringComparison.Ordinal) ? Nul() : ReadValue(ref reader, out var value) ?? Put(read, name, value);
            if (error is not null)
            {
                return error;
            }
        }

        return read;
    }

    private static ScimError? Put(JsonObject read, string name, JsonNode? value) => read.TryAdd(name, value)
        ? null
        : ScimError.InvalidSyntax($"A name is given twice in one object{Shown(name)}. Names are compared without case.");

    private static ScimError? ReadArray(ref Utf8JsonReader reader, out JsonNode? value)
    {
        var read = new JsonArray();
        value = read;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadValue(ref reader, out var element) is { } error)
            {
                return error;
            }

            read.Add(element);
        }

        return null;
    }

    private static ScimError? ReadValue(ref Utf8JsonReader reader, out JsonNode? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var inner = ReadObject(ref reader);
                value = inner.Value;
                return inner.Error;
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, out value);
            case JsonTokenType.String:
                var text = reader.GetString()!;
                value = JsonValue.Create(text);
                return text.Contains('\0', StringComparison.Ordinal) ? Nul() : null;
            case JsonTokenType.Number:
                value = JsonValue.Create(JsonElement.ParseValue(ref reader));
                return null;
            case JsonTokenType.True or JsonTokenType.False:
                value = JsonValue.Create(reader.GetBoolean());
                return null;
            default:
                return null;
        }
    }

    private static ScimError Nul() => ScimError.InvalidSyntax("The body has a NUL character in a name or a string.");

    /// <summary>In an error, if it is one that a schema could have.</summary>
    private static string Shown(string name) => name.Length > 150 || name.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "" : $": \"{name}\"";
}
