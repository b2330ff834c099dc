using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Host.ConfigurationFile;

namespace IdentityHub.Host.Demo;

/// <summary>One line of the demo's sign-in table.</summary>
/// <param name="UserName">What to type.</param>
/// <param name="Password">What to type next.</param>
/// <param name="Shows">What there is to see as this person.</param>
/// <param name="TotpSecret">In base32, for an authenticator app; null where the password is enough.</param>
internal sealed record DemoPerson(string UserName, string Password, string Shows, string? TotpSecret)
{
    /// <summary>The code that an authenticator app would show now; null where there is none to enter.</summary>
    public string? CodeAt(DateTimeOffset now) => TotpSecret is null ? null : Totp.CodeAt(Base32.Decode(TotpSecret)!, Totp.StepAt(now));
}

/// <summary>The demo's directory: an ordinary configuration file, embedded, with what each person is good for. Its secrets are public, so the demo binds to loopback only.</summary>
internal static class DemoContent
{
    private const string Resource = "IdentityHub.Host.Demo.demo.json";

    private static readonly Dictionary<string, string> Notes = new(StringComparer.Ordinal)
    {
        ["olivia.hart@identityhub.example"] = "runs the hub itself: accounts, clients, transfers of PRIMARY; is in no account",
        ["pat.reyes@northside.example"] = "PRIMARY of Northside: may do everything there; two factors",
        ["gwen.moss@northside.example"] = "Administrator of Northside without a permission level: users and billing, no services",
        ["sam.ortiz@northside.example"] = "SUPPORT: every service but ACATR and invoices; holds a seat, so the Expert console opens",
        ["ines.vogel@northside.example"] = "INVOICES: sees invoices and nothing else; no seat",
        ["alex.cato@northside.example"] = "ACATR: the ACA tracking and reporting tools only",
        ["lee.chandra@northside.example"] = "a plain user: own report and own second factor",
        ["robin.quill@northside.example"] = "inactive: cannot sign in until an administrator lets them in again",
        ["dana.okafor@brightfix.example"] = "PRIMARY of Brightfix, which asks its administrators for a second factor; holds a seat",
        ["theo.lindqvist@brightfix.example"] = "a technician with a seat",
        ["mia.tanaka@brightfix.example"] = "a technician without a seat: all three are taken, so one has to be moved",
        ["noor.haddad@brightfix.example"] = "a plain user who protects the sign-in with an authenticator app",
        ["jordan.ellis@brightfix.example"] = "in two accounts with a seat in each: the chooser, and a different role on either side; two factors",
        ["casey.brook@brightfix.example"] = "in two accounts: Brightfix lets in with a password, Lakeview asks for a second factor first",
        ["vera.stone@lakeview.example"] = "PRIMARY of Lakeview, where everybody needs a second factor; has an address for codes by e-mail as well",
    };

    /// <summary>The file as read. The build's tests hold that it has no faults.</summary>
    public static HubFile Load()
    {
        using var stream = typeof(DemoContent).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks {Resource}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var reading = HubFileReader.Read(bytes.ToArray());
        return reading is { File: { } file, Faults.Count: 0 } ? file : throw new InvalidOperationException(HubFileFaults.Render(reading.Faults));
    }

    /// <summary>The sign-in table, in the order of the file.</summary>
    public static IReadOnlyList<DemoPerson> People(HubFile file) =>
        [.. file.Users.Select(user => new DemoPerson(user.UserName, user.Password ?? "", Notes[user.UserName], user.Totp))];

    /// <summary>A client of the demo with its secret in the clear, to start the sample apps with.</summary>
    public static ClientMetadata Client(HubFile file, string clientId) => file.Clients.Single(client => client.ClientId == clientId);
}
