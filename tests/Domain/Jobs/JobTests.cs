using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IdentityHub.Domain.Tests.Jobs;

/// <summary>Ada administers the account <c>north</c>, beside its PRIMARY.</summary>
public abstract class JobTests : HubTests
{
    protected const string North = "north";
    private const string Issuer = "https://hub.example";

    protected TestMember Boss { get; private set; } = null!;

    protected TestMember Ada { get; private set; } = null!;

    protected Actor.Person Actor => new(Ada.UserId);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync(North, seats: 3);
        Boss = await Hub.AddMemberAsync("boss", North, Role.User, PermissionLevel.Primary);
        Ada = await Hub.AddMemberAsync("ada", North, Role.Administrator);
    }

    protected async Task<IReadOnlyList<TestMember>> AddMembersAsync(int count)
    {
        var members = new List<TestMember>();
        for (var i = 0; i < count; i++)
        {
            members.Add(await Hub.AddMemberAsync($"user{i:000}", North));
        }

        return members;
    }

    protected JobRunner NewRunner(IHubStore? store = null) => new(store ?? Hub.Store, Hub.Time, NullLogger<JobRunner>.Instance);

    /// <summary>Has every job done that there is anything to do for.</summary>
    protected async Task RunAsync(JobRunner? runner = null)
    {
        runner ??= NewRunner();
        while (await runner.TakeTurnsAsync())
        {
        }
    }

    protected async Task<string> PrepareAsync(JobAction action, Domain.Jobs.Jobs.Selection selection)
    {
        var result = await Hub.Store.WriteAsync(Actor, transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, North, action, selection));
        return Assert.IsType<Domain.Jobs.Jobs.PrepareResult.Preparing>(result).JobId;
    }

    protected Task<string> PrepareAsync(JobAction action, params IEnumerable<TestMember> members) =>
        PrepareAsync(action, new Domain.Jobs.Jobs.Selection.Named([.. members.Select(member => member.MembershipId)]));

    /// <summary>Prepares, confirms, and leaves the rest to runners.</summary>
    protected async Task<string> StartAsync(JobAction action, params IEnumerable<TestMember> members)
    {
        var id = await PrepareAsync(action, members);
        await RunAsync();
        Assert.Equal(Domain.Jobs.Jobs.StepResult.Done, await ConfirmAsync(id));
        return id;
    }

    protected Task<Domain.Jobs.Jobs.StepResult> ConfirmAsync(string id, Actor? by = null) =>
        Hub.Store.WriteAsync(by ?? Actor, transaction => Domain.Jobs.Jobs.ConfirmAsync(transaction, North, id));

    protected Task<Domain.Jobs.Jobs.StepResult> CancelAsync(string id) => Hub.Store.WriteAsync(Actor, transaction => Domain.Jobs.Jobs.CancelAsync(transaction, North, id));

    protected async Task<JobView> JobAsync(string id) => Assert.IsType<JobView>(await Hub.ReadAsync(reader => JobReading.FindAsync(reader, North, id)));

    protected Task<IReadOnlyList<JobItemView>> ItemsAsync(string id, JobOutcome? only = null) => Hub.ReadAsync(reader => JobReading.ItemsAsync(reader, North, id, only, 0, 500));

    protected async Task<Imports.ReadResult> ReadAsync(string file)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file));
        return await ReadAsync(stream);
    }

    protected Task<Imports.ReadResult> ReadAsync(Stream file) => Imports.ReadAsync(Hub.Store, Actor, North, Issuer, file);

    /// <returns>The job of a file of which it is still to be said what its columns are.</returns>
    protected async Task<string> DraftAsync(string file) => Assert.IsType<Imports.ReadResult.Read>(await ReadAsync(file)).JobId;

    /// <summary>Takes the columns of a file for what their headings say.</summary>
    protected async Task ChooseColumnsAsync(string id)
    {
        var import = (JobAction.Import)(await JobAsync(id)).Action;
        Assert.Equal(
            Domain.Jobs.Jobs.StepResult.Done,
            await Hub.Store.WriteAsync(Actor, transaction => Domain.Jobs.Jobs.ChooseColumnsAsync(transaction, North, id, ImportColumns.Guess(import.Header))));
    }

    /// <summary>Reads a file, takes its columns for what their headings say, and looks it through.</summary>
    protected async Task<string> TryAsync(string file)
    {
        var id = await DraftAsync(file);
        await ChooseColumnsAsync(id);
        await RunAsync();
        return id;
    }

    protected async Task<string> ImportAsync(string file)
    {
        var id = await TryAsync(file);
        Assert.Equal(Domain.Jobs.Jobs.StepResult.Done, await ConfirmAsync(id));
        await RunAsync();
        return id;
    }

    /// <summary>Everything but the jobs themselves.</summary>
    protected IReadOnlyList<string> Directory() => [.. Hub.Everything().Where(row => !row.StartsWith("Job", StringComparison.Ordinal))];
}

/// <summary>A store that does not answer any more after so many writes, as when the machine loses its power.</summary>
internal sealed class DyingStore(IHubStore store, int writes) : IHubStore
{
    private int left = writes;

    public Task<T> WriteAsync<T>(Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default) =>
        Interlocked.Decrement(ref left) >= 0 ? store.WriteAsync(actor, work, cancellationToken) : throw new StoreFailedException(new IOException("no power"));

    public Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default) => store.ReadAsync(work, cancellationToken);
}
