using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>How the hub is, and what waits for its operator.</summary>
[Callers(Caller.Operator)]
internal sealed class OverviewModel(IHubDatabase database, TimeProvider time) : OperatorPage
{
    private const int MostShown = 20;

    public HubHealth Health { get; private set; } = null!;

    public IReadOnlyDictionary<AccountStatus, int> Accounts { get; private set; } = new Dictionary<AccountStatus, int>();

    public IReadOnlyList<PrimaryRequests.Waiting> Waiting { get; private set; } = [];

    public string Issuer => Options.Issuer;

    public DateTimeOffset Now => time.GetUtcNow();

    public async Task OnGetAsync()
    {
        Health = await HubHealth.ReadAsync(Store, database, Aborted);
        (Accounts, Waiting) = await ReadAsync(async reader => (await AccountList.CountsAsync(reader), await PrimaryRequests.WaitingAsync(reader, MostShown)));
    }

    /// <summary>Bytes as people read them.</summary>
    public static string Size(long bytes) => bytes < 1 << 20
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Max(1, bytes >> 10)} KiB")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1048576.0:#,0.0} MiB");
}
