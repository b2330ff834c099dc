using IdentityHub.Domain.Jobs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi.Jobs;

/// <summary>A page from which a job is asked for or moved on.</summary>
public abstract class JobPage : AccountPage
{
    /// <summary>Small jobs are done within this: then the next page shows what came of it at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the pages of the account begin.</summary>
    public string Root => $"{Request.PathBase}/admin/accounts/{AccountId}";

    protected DateOnly Today => DateOnly.FromDateTime(HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime);

    protected Task<JobView?> FindAsync(string id) => ReadAsync(reader => JobReading.FindAsync(reader, AccountId, id));

    /// <summary>Has the job moved on, gives a small one the time that it takes, and leads to its page.</summary>
    protected async Task<IActionResult> GoOnAsync(string id)
    {
        HttpContext.RequestServices.GetRequiredService<JobRunner>().Wake();
        for (var waited = TimeSpan.Zero; waited < Patience && await FindAsync(id) is { IsMoving: true }; waited += Look)
        {
            // The machine's clock: it is a person who waits here.
            await Task.Delay(Look, TimeProvider.System, Aborted);
        }

        return Redirect($"{Root}/jobs/{id}");
    }
}
