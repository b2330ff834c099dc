namespace IdentityHub.AdminUi;

/// <summary>One field of a form with its label, its hint and what is wrong with it, for <c>_FormField.cshtml</c>.</summary>
/// <param name="Name">Of the form field; its id as well.</param>
/// <param name="Label">What it is called.</param>
public sealed record FormField(string Name, string Label)
{
    /// <summary>What was typed, or what is so far.</summary>
    public string? Value { get; init; }

    public string Type { get; init; } = "text";
    public string? Autocomplete { get; init; }
    public string? Hint { get; init; }

    /// <summary>A sentence; null when nothing is wrong.</summary>
    public string? Wrong { get; init; }

    /// <summary>What somebody else made of it since the form was opened, empty for nothing; null when nobody did.</summary>
    public string? Now { get; init; }

    public bool Required { get; init; }
    public int MaxLength { get; init; } = 256;

    /// <summary>Several lines.</summary>
    public bool Lines { get; init; }

    /// <summary>The values to choose from with what they are called; null for what is typed.</summary>
    public IReadOnlyList<(string Value, string Words)>? Choices { get; init; }

    /// <summary>What is offered while typing.</summary>
    public IReadOnlyList<string> Offers { get; init; } = [];

    /// <summary>The ids of what describes the field, for <c>aria-describedby</c>.</summary>
    public string? DescribedBy => string.Join(' ', new[] { Hint is null ? null : Name + "-hint", Wrong is null ? null : Name + "-wrong", Now is null ? null : Name + "-now" }.OfType<string>()) is { Length: > 0 } ids ? ids : null;
}
