using System.Globalization;

namespace IdentityHub.Host.Configuration;

/// <summary>Reads single values and gathers what is wrong with them. A value that is wrong yields its default, so that one fault brings no other.</summary>
internal sealed class HubValues(IConfiguration configuration)
{
    private readonly List<ConfigurationFault> faults = [];

    public IReadOnlyList<ConfigurationFault> Faults => faults;

    public void Fault(string key, string wrong, string mend) => faults.Add(new ConfigurationFault(key, wrong, mend));

    public void Fault(IEnumerable<ConfigurationFault> more) => faults.AddRange(more);

    /// <summary>The section itself, for a key that may be a list.</summary>
    public IConfigurationSection Section(string key) => configuration.GetSection(key);

    /// <summary>The value as it was written, or null when the key is not given. An empty value is a fault: it says neither this nor that.</summary>
    public string? Text(string key)
    {
        if (configuration[key] is not { } value)
        {
            return null;
        }

        if (!string.IsNullOrWhiteSpace(value))
        {
            return value;
        }

        Fault(key, "It is empty.", "Give it a value, or remove the key for the default.");
        return null;
    }

    /// <param name="key">The key.</param>
    /// <param name="whenWrong">What a wrong value counts as, so as to bring no further fault.</param>
    /// <returns>False when the key is not given.</returns>
    public bool Flag(string key, bool whenWrong)
    {
        if (Text(key) is not { } text)
        {
            return false;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        Fault(key, $"{Shown.Quoted(text)} is neither true nor false.", "Write true or false.");
        return whenWrong;
    }

    public int Number(string key, int fallback, int least, int most)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Fault(key, $"{Shown.Quoted(text)} is not a whole number from {least} to {most}.", $"Write such a number, for example {fallback}.");
        return fallback;
    }

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (TryName<T>(text, out var value))
        {
            return value;
        }

        Fault(key, $"{Shown.Quoted(text)} is not one of {Names<T>()}.", $"Write one of {Names<T>()}.");
        return fallback;
    }

    /// <summary>Reads a name of the set whatever its case; unlike <see cref="Enum.TryParse{T}(string, out T)"/> neither numbers nor lists.</summary>
    public static bool TryName<T>(string text, out T value)
        where T : struct, Enum
    {
        var name = Enum.GetNames<T>().FirstOrDefault(n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase));
        value = name is null ? default : Enum.Parse<T>(name);
        return name is not null;
    }

    public static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}
