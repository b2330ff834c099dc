namespace IdentityHub.AdminUi.Users;

/// <summary>A field of a form about a user, with everything that is said beside it.</summary>
/// <param name="Name">The field's name and id.</param>
/// <param name="Label">What it is called.</param>
/// <param name="Value">What it holds; passwords are never given back.</param>
internal sealed record UserField(string Name, string Label, string? Value)
{
    public string Type { get; init; } = "text";
    public string Autocomplete { get; init; } = "off";
    public int MaxLength { get; init; } = 256;
    public bool Required { get; init; }
    public string? Hint { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Wrong { get; init; }

    /// <summary>What somebody else made it meanwhile.</summary>
    public string? Now { get; init; }

    /// <summary>Values to choose from, with what they mean; null for a field to type in.</summary>
    public IReadOnlyList<(string Value, string Words)>? Choices { get; init; }

    public string? DescribedBy => string.Join(
        ' ', new[] { Wrong is null ? null : Name + "-wrong", Now is null ? null : Name + "-now", Hint is null ? null : Name + "-hint" }.OfType<string>()) is { Length: > 0 } ids ? ids : null;
}
