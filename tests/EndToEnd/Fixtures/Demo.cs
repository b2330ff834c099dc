using System.Text.RegularExpressions;
using Xunit;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>One line of the sign-in table that the demo prints.</summary>
public sealed record DemoPerson(string UserName, string Password, string? TotpSecret);

/// <summary>The demo as the README starts it, known by what it prints. Its ports are fixed, so there is one at a time.</summary>
public sealed partial class Demo : IAsyncLifetime
{
    private string folder = "";
    private ChildProcess process = null!;

    public string Hub { get; private set; } = "";

    public string Portal { get; private set; } = "";

    public string Console { get; private set; } = "";

    public string Mail { get; private set; } = "";

    public IReadOnlyDictionary<string, DemoPerson> People { get; private set; } = new Dictionary<string, DemoPerson>();

    internal ChildProcess Process => process;

    public async Task InitializeAsync()
    {
        folder = Directory.CreateTempSubdirectory("identityhub-demo-").FullName;
        process = ChildProcess.StartHub(["demo", "--Hub:DataDirectory", Path.Combine(folder, "data")], Checkout.Root);
        try
        {
            // The table ends with the last person; the apps answer once they are up.
            await process.UntilAsync(() => Task.FromResult(process.Output.Contains("vera.stone@lakeview.example", StringComparison.Ordinal)), TimeSpan.FromSeconds(60), "sign-in table");
            await Task.Delay(100);
            Read(process.Output);
            foreach (var address in new[] { Hub + "/health/ready", Portal + "/health/live", Console + "/health/live", Mail })
            {
                await process.UntilAsync(() => Web.AnswersAsync(address), TimeSpan.FromSeconds(30), "answer of " + address);
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public DemoPerson Person(string name) => People.Values.Single(person => person.UserName.StartsWith(name + ".", StringComparison.Ordinal));

    public async Task DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Read(string output)
    {
        (Hub, Portal, Console, Mail) = (Address("Hub"), Address("Member portal"), Address("Expert console"), Address("Mail viewer"));
        People = PersonForm().Matches(output)
            .Select(match => new DemoPerson(match.Groups["name"].Value, match.Groups["password"].Value, match.Groups["secret"] is { Success: true, Value: var secret } ? secret : null))
            .ToDictionary(person => person.UserName);

        string Address(string label) => Regex.Match(output, $@"^\s+{label}\s+(https?://\S+)", RegexOptions.Multiline) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidOperationException($"The demo prints no address of '{label}':\n{output}");
    }

    [GeneratedRegex(@"^\s+(?<name>\S+@\S+)\s*\n\s+password (?<password>[^,\n]+?)(, code now \d{6} \(secret (?<secret>[A-Z2-7]+)\))?\s*$", RegexOptions.Multiline)]
    private static partial Regex PersonForm();
}

/// <summary>All tests with a browser run one after another: the demo's ports are fixed, and two cores carry one Chromium.</summary>
[CollectionDefinition(Name)]
public sealed class WithBrowser : ICollectionFixture<Chromium>
{
    public const string Name = "End to end";
}
