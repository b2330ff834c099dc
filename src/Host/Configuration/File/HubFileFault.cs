using System.Text.Json;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>One thing that is wrong in a configuration file.</summary>
/// <param name="Place">Where, as a path such as <c>users[3].memberships[0].role</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and the mend. Never holds a secret.</param>
internal sealed record HubFileFault(string Place, string Message);

/// <summary>What came of applying a configuration file.</summary>
internal abstract record HubFileResult
{
    private HubFileResult() { }

    /// <param name="Changed">How many things were changed; 0 when everything was so already.</param>
    public sealed record Applied(int Changed) : HubFileResult;

    /// <summary>Nothing was applied.</summary>
    public sealed record Faults(IReadOnlyList<HubFileFault> List) : HubFileResult;
}

/// <summary>Faults in words.</summary>
internal static class HubFileFaults
{
    private const int ShownValueLength = 80;

    /// <returns>One message that names every fault with its place, a line each.</returns>
    public static string Render(IReadOnlyList<HubFileFault> faults)
    {
        var head = faults.Count == 1
            ? "The configuration file has a fault; nothing of it was applied."
            : $"The configuration file has {faults.Count} faults; nothing of it was applied.";
        return string.Join(Environment.NewLine, faults.Select(fault => "  " + (fault.Place.Length == 0 ? "" : fault.Place + ": ") + fault.Message).Prepend(head));
    }

    /// <summary>A value of the file as it may stand in a message: quoted, escaped, not too long.</summary>
    public static string Quote(string value) =>
        JsonSerializer.Serialize(value.Length <= ShownValueLength ? value : value[..ShownValueLength] + "…", QuoteOptions);

    /// <summary>The place of a key below another place.</summary>
    public static string Below(string place, string key) =>
        key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '$')
            ? place.Length == 0 ? key : $"{place}.{key}"
            : $"{place}[{Quote(key)}]";

    /// <summary>Whether a place is the other one or lies below it.</summary>
    public static bool IsWithin(string place, string other) =>
        other.Length == 0 || (place.StartsWith(other, StringComparison.Ordinal) && (place.Length == other.Length || place[other.Length] is '.' or '['));

    private static readonly JsonSerializerOptions QuoteOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
