using System.Collections.Immutable;
using System.Text.Json;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>An object of the file, read key by key. Every key that is asked for is known; <see cref="RefuseOthers"/> refuses the rest.</summary>
/// <remarks>A fault never stops the reading: it is noted with its place, and a stand-in is answered, so that one pass finds them all.</remarks>
internal sealed class FileObject
{
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly List<HubFileFault> faults;

    /// <summary>Set when there is no object here: what is missing in it is not missing.</summary>
    private readonly bool isVoid;

    public FileObject(JsonElement element, string place, List<HubFileFault> faults)
    {
        Place = place;
        this.faults = faults;
        if (element.ValueKind != JsonValueKind.Object)
        {
            isVoid = true;
            Wrong(place, "an object", element);
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (NameOf(member) is not { } name)
            {
                faults.Add(new(place, "holds a key that is not text: half of a surrogate pair"));
            }
            else if (!members.TryAdd(name, member.Value))
            {
                faults.Add(new(PlaceOf(name), "is given twice; keep one"));
            }
        }
    }

    public string Place { get; }

    public string PlaceOf(string key) => HubFileFaults.Below(Place, key);

    public void Fault(string key, string message) => FaultAt(PlaceOf(key), message);

    public void FaultAt(string place, string message) => faults.Add(new(place, message));

    /// <summary>Text that must be there.</summary>
    public string RequiredText(string key)
    {
        if (Take(key) is { } value)
        {
            return TextOf(value, PlaceOf(key)) ?? "";
        }

        if (!isVoid)
        {
            Fault(key, "is missing");
        }

        return "";
    }

    public string? Text(string key) => Take(key) is { } value ? TextOf(value, PlaceOf(key)) : null;

    public bool Flag(string key, bool otherwise)
    {
        if (Take(key) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(PlaceOf(key), "true or false", value);
        return otherwise;
    }

    public int? Number(string key) => Take(key) is { } value ? NumberOf(value, PlaceOf(key)) : null;

    /// <summary>One of a few words. Null when it is absent or none of them; the latter is a fault.</summary>
    public T? Word<T>(string key, params ReadOnlySpan<(string Word, T Meaning)> words)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        foreach (var (word, meaning) in words)
        {
            if (word == text)
            {
                return meaning;
            }
        }

        Fault(key, $"is {HubFileFaults.Quote(text)} but must be {string.Join(" or ", words.ToArray().Select(word => HubFileFaults.Quote(word.Word)))}");
        return null;
    }

    /// <summary>A word that must be there.</summary>
    public T RequiredWord<T>(string key, params ReadOnlySpan<(string Word, T Meaning)> words)
        where T : struct
    {
        if (!members.ContainsKey(key) && !isVoid)
        {
            Fault(key, "is missing");
        }

        return Word(key, words) ?? default;
    }

    /// <summary>A list of texts, or null when it is absent.</summary>
    public ImmutableArray<string>? Texts(string key) =>
        Take(key) is { } value ? [.. Elements(value, PlaceOf(key)).Select(element => TextOf(element.Value, element.Place) ?? "")] : null;

    /// <summary>A list of objects; empty when it is absent.</summary>
    public ImmutableArray<T> Objects<T>(string key, Func<FileObject, T> read) =>
        Take(key) is { } value ? [.. Elements(value, PlaceOf(key)).Select(element => ReadOne(element.Value, element.Place, read))] : [];

    /// <summary>An object, or null when it is absent.</summary>
    public T? Object<T>(string key, Func<FileObject, T> read)
        where T : class =>
        Take(key) is { } value ? ReadOne(value, PlaceOf(key), read) : null;

    /// <summary>An object whose keys are the file's own and whose values are numbers; empty when it is absent.</summary>
    public ImmutableArray<(string Key, int Number)> Numbers(string key)
    {
        if (Take(key) is not { } value)
        {
            return [];
        }

        var map = new FileObject(value, PlaceOf(key), faults);
        return [.. map.members.Select(member => (member.Key, NumberOf(member.Value, map.PlaceOf(member.Key)) ?? 0))];
    }

    /// <summary>Notes every key that was not asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var key in members.Keys.Except(known, StringComparer.Ordinal))
        {
            Fault(key, $"is not a known key; known here: {string.Join(", ", known)}");
        }
    }

    private T ReadOne<T>(JsonElement element, string place, Func<FileObject, T> read)
    {
        var one = new FileObject(element, place, faults);
        var result = read(one);
        one.RefuseOthers();
        return result;
    }

    private JsonElement? Take(string key)
    {
        known.Add(key);
        return members.TryGetValue(key, out var value) ? value : null;
    }

    private IEnumerable<(JsonElement Value, string Place)> Elements(JsonElement list, string place)
    {
        if (list.ValueKind == JsonValueKind.Array)
        {
            return list.EnumerateArray().Select((element, index) => (element, $"{place}[{index}]"));
        }

        Wrong(place, "a list", list);
        return [];
    }

    private string? TextOf(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Wrong(place, "text", value);
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            faults.Add(new(place, "is not text: it holds half of a surrogate pair"));
            return null;
        }
    }

    private int? NumberOf(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
        {
            return number;
        }

        Wrong(place, "a whole number", value);
        return null;
    }

    private void Wrong(string place, string wanted, JsonElement given) => faults.Add(new(place, $"must be {wanted}, not " + given.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "this number",
        JsonValueKind.Null => "null; leave the key out instead",
        _ => "true or false",
    }));

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
