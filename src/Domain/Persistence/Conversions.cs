using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace IdentityHub.Domain.Persistence;

internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    moment => moment.ToUnixTimeMilliseconds(), value => DateTimeOffset.FromUnixTimeMilliseconds(value));

internal sealed class LevelName() : ValueConverter<PermissionLevel, string>(
    level => PermissionNames.Of(level), name => LevelList.Parse(name));

internal sealed class TextList() : ValueConverter<ImmutableArray<string>, string>(
    list => Write(list), text => Read(text))
{
    private const int MostParsed = 4096;

    /// <summary>The same few lists are read at every request: a client's redirect URIs, grant types, scopes.</summary>
    private static readonly ConcurrentDictionary<string, ImmutableArray<string>> Parsed = new(StringComparer.Ordinal);

    public static string Write(ImmutableArray<string> list) => JsonSerializer.Serialize(list.IsDefault ? [] : list);

    public static ImmutableArray<string> Read(string text)
    {
        if (text == "[]")
        {
            return [];
        }

        if (Parsed.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Parsed.Count >= MostParsed)
        {
            Parsed.Clear();
        }

        return Parsed[text] = JsonSerializer.Deserialize<ImmutableArray<string>>(text);
    }
}

internal sealed class TextListComparer() : ValueComparer<ImmutableArray<string>>(
    (one, other) => Enumerable.SequenceEqual(one, other), list => list.Length, list => list);

internal sealed class LevelList() : ValueConverter<ImmutableArray<PermissionLevel>, string>(
    list => Write(list), text => Read(text))
{
    public static string Write(ImmutableArray<PermissionLevel> list) => TextList.Write(list.IsDefault ? [] : [.. list.Select(PermissionNames.Of)]);

    public static ImmutableArray<PermissionLevel> Read(string text) => [.. TextList.Read(text).Select(Parse)];

    public static PermissionLevel Parse(string name) =>
        PermissionNames.Level(name) ?? throw new InvalidDataException($"The database holds the unknown permission level '{name}'.");
}

internal sealed class LevelListComparer() : ValueComparer<ImmutableArray<PermissionLevel>>(
    (one, other) => Enumerable.SequenceEqual(one, other), list => list.Length, list => list);

internal sealed class ScimSettingsText() : ValueConverter<ScimSettings, string>(
    settings => JsonSerializer.Serialize(settings, JsonSerializerOptions.Default),
    text => Read(text))
{
    /// <summary>The same few settings are read at every request.</summary>
    private static readonly ConcurrentDictionary<string, ScimSettings> Parsed = new(StringComparer.Ordinal);

    public static ScimSettings Read(string text) =>
        Parsed.GetOrAdd(text, static one => JsonSerializer.Deserialize<ScimSettings>(one, JsonSerializerOptions.Default)!);
}
