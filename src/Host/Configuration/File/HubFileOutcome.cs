namespace IdentityHub.Host.ConfigurationFile;

/// <summary>What came of the steps so far.</summary>
internal sealed class HubFileOutcome
{
    private readonly List<HubFileFault> refusals = [];
    private int changed;

    /// <summary>Set when the directory moved on between looking and writing.</summary>
    public bool IsOvertaken { get; set; }

    public void Count(bool isChange) => changed += isChange ? 1 : 0;

    public void Refuse(string place, string message) => refusals.Add(new(place, message));

    public void Refuse(bool isRefused, string place, string message)
    {
        if (isRefused)
        {
            Refuse(place, message);
        }
    }

    public HubFileResult ToResult() => refusals.Count == 0 ? new HubFileResult.Applied(changed) : new HubFileResult.Faults(refusals);
}
