using IdentityHub.AdminUi.Jobs;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>What was changed at once in this account, and what waits to be.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class IndexModel : JobPage
{
    public IReadOnlyList<JobView> Jobs { get; private set; } = [];

    public async Task OnGetAsync() => Jobs = await ReadAsync(reader => JobReading.RecentAsync(reader, AccountId));
}
