using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace IdentityHub.Domain.Sessions;

/// <summary>The browser of a session, as it was when the person last proved who they are there.</summary>
/// <param name="Agent">The <c>User-Agent</c> header, cut to <see cref="MaxAgentLength"/>; null where there was none.</param>
/// <param name="Address">The browser's network address; null where it is not known.</param>
public sealed record SessionDevice(string? Agent, string? Address)
{
    public const int MaxAgentLength = 512;

    /// <summary>Programs by the word that gives them away. The order matters: most browsers claim to be several others too.</summary>
    private static readonly (string Mark, string Name)[] Programs =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Macintosh", "a Mac"), ("Linux", "Linux"),
    ];

    public static SessionDevice Of(string? agent, IPAddress? address) =>
        new(string.IsNullOrWhiteSpace(agent) ? null : agent[..Math.Min(agent.Length, MaxAgentLength)], Plain(address)?.ToString());

    /// <summary>What a person recognises: "Firefox on Windows". Says what the browser says; any program can say anything.</summary>
    public string Words
    {
        get
        {
            var program = Find(Programs);
            var system = Find(Systems);
            return (program, system) switch
            {
                (null, null) => "An unknown program",
                (null, _) => $"A program on {system}",
                (_, null) => program,
                _ => $"{program} on {system}",
            };
        }
    }

    /// <summary>The network, roughly: three of the four numbers of an IPv4 address, the first 48 bits of an IPv6 one. Null where it is not known.</summary>
    public string? Network => Plain(IPAddress.TryParse(Address, out var address) ? address : null) switch
    {
        null => null,
        { AddressFamily: AddressFamily.InterNetwork } four => string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', four.GetAddressBytes()[..3])}.x"),
        var six => new IPAddress([.. six.GetAddressBytes()[..6], .. new byte[10]]) + "/48",
    };

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private string? Find((string Mark, string Name)[] table) =>
        Agent is null ? null : table.FirstOrDefault(one => Agent.Contains(one.Mark, StringComparison.Ordinal)).Name;
}
