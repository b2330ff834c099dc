using System.Collections.Immutable;
using System.Globalization;

namespace IdentityHub.Host.Configuration;

/// <summary>Every key of the section <c>Hub</c>, and the faults of keys that are not among them.</summary>
internal static class HubKeys
{
    public const string Issuer = "Hub:Issuer";
    public const string AllowHttp = "Hub:AllowHttp";
    public const string DataDirectory = "Hub:DataDirectory";
    public const string DatabaseProvider = "Hub:Database:Provider";
    public const string DatabaseConnectionString = "Hub:Database:ConnectionString";
    public const string ConfigurationFile = "Hub:ConfigurationFile";
    public const string Mount = "Hub:Mount";
    public const string MailMode = "Hub:Mail:Mode";
    public const string SmtpHost = "Hub:Mail:Smtp:Host";
    public const string SmtpPort = "Hub:Mail:Smtp:Port";
    public const string SmtpUserName = "Hub:Mail:Smtp:UserName";
    public const string SmtpPassword = "Hub:Mail:Smtp:Password";
    public const string SmtpFrom = "Hub:Mail:Smtp:From";
    public const string SmtpSecurity = "Hub:Mail:Smtp:Security";
    public const string RootKeyFile = "Hub:RootKeyFile";
    public const string ErasureLedgerFile = "Hub:ErasureLedgerFile";
    public const string SignInAddressBurst = "Hub:SignIn:AddressBurst";
    public const string SignInAddressRefillSeconds = "Hub:SignIn:AddressRefillSeconds";
    public const string ScimRequestBurst = "Hub:Scim:RequestBurst";
    public const string ScimRequestsPerSecond = "Hub:Scim:RequestsPerSecond";
    public const string ScimMaxScan = "Hub:Scim:MaxScan";

    private static readonly ImmutableArray<string> Values =
    [
        Issuer, AllowHttp, DataDirectory, DatabaseProvider, DatabaseConnectionString, ConfigurationFile, Mount, MailMode,
        SmtpHost, SmtpPort, SmtpUserName, SmtpPassword, SmtpFrom, SmtpSecurity, RootKeyFile, ErasureLedgerFile, SignInAddressBurst, SignInAddressRefillSeconds,
        ScimRequestBurst, ScimRequestsPerSecond, ScimMaxScan,
    ];

    private static readonly ImmutableArray<string> Sections = ["Hub", "Hub:Database", "Hub:Mail", "Hub:Mail:Smtp", "Hub:SignIn", "Hub:Scim"];

    /// <summary>A fault for each key under <c>Hub</c> that nothing reads. The value is never told: it may be a secret under a misspelt key.</summary>
    public static IEnumerable<ConfigurationFault> Unknown(IConfiguration configuration) => InSection(configuration.GetSection("Hub"), "Hub");

    private static IEnumerable<ConfigurationFault> InSection(IConfigurationSection section, string name)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            yield return new ConfigurationFault(name, "It is a section and takes no value of its own.", $"Remove the value; give {Below(name)} instead.");
        }

        foreach (var child in section.GetChildren())
        {
            var path = $"{name}:{child.Key}";
            var faults =
                Find(Sections, path) is { } known ? InSection(child, known)
                : Find(Values, path) is { } value ? child.GetChildren().Where(below => !IsListed(value, below)).Select(below => NoSuchKey($"{value}:{below.Key}", name))
                : [NoSuchKey(path, name)];
            foreach (var fault in faults)
            {
                yield return fault;
            }
        }
    }

    private static string? Find(ImmutableArray<string> names, string path) =>
        names.FirstOrDefault(name => string.Equals(name, path, StringComparison.OrdinalIgnoreCase));

    // An array comes as Mount:0, Mount:1 and so on.
    private static bool IsListed(string value, IConfigurationSection below) =>
        value == Mount && int.TryParse(below.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !below.GetChildren().Any();

    private static ConfigurationFault NoSuchKey(string path, string section) =>
        new(Shown.Plain(path), "There is no such key.", $"Remove it or correct its name; {section} knows {Below(section)}.");

    private static string Below(string section) =>
        string.Join(", ", Values.Concat(Sections)
            .Where(name => name.StartsWith(section + ":", StringComparison.Ordinal) && !name[(section.Length + 1)..].Contains(':', StringComparison.Ordinal))
            .Select(name => name[(section.Length + 1)..]));
}
