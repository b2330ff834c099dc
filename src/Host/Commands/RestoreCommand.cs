using System.Globalization;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Erasing;
using IdentityHub.Storage;

namespace IdentityHub.Host.Commands;

/// <summary>Puts a copy in the place of the database. It is made ready beside it first: brought to this build, whom the hub erased since is erased again, and what was open then is closed.</summary>
internal static class RestoreCommand
{
    private const string AcceptUnverified = "--accept-unverified-erasure";

    public static async Task<int> RunAsync(string file, string[] args)
    {
        var acceptUnverified = args.Contains(AcceptUnverified);
        var options = CommandLine.ReadOptions(HubApplication.CreateBuilder([.. args.Where(arg => arg != AcceptUnverified)]).Configuration);
        var copy = DatabaseCopy.Of(new(options.Database.Provider.ToString(), options.Database.ConnectionString));
        if (DatabaseCopy.Fault(Path.GetFullPath(file)) is { } fault)
        {
            throw new StartFailedException($"{Path.GetFullPath(file)} cannot be restored: {fault}.");
        }

        if (!copy.TrySettlePresent())
        {
            throw new StartFailedException("The hub is running, or another program has the database open. Stop it, then restore.");
        }

        using var staged = copy.Stage(Path.GetFullPath(file));
        var (again, closed) = await MakeReadyAsync(options with { Database = options.Database with { ConnectionString = staged.ConnectionString } }, acceptUnverified);
        var former = staged.TakePlace() ?? throw new StartFailedException("The hub was started meanwhile. Nothing was changed. Stop it, then restore.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored. Erased again: {again}. Sessions that were open in the copy and are ended now: {closed}."));
        Console.WriteLine("Changes since the copy was made are not in it: look at who was deactivated since. Links in mails that were sent before are no good any more.");
        Console.WriteLine(former.Length == 0 ? "There was no database before." : $"The former database is {former}. Delete it when you are sure.");
        return 0;
    }

    private static async Task<(int Again, int Closed)> MakeReadyAsync(HubOptions options, bool acceptUnverified)
    {
        await using var services = await CoreServices.OpenAsync(options, checkLedger: false);
        if (acceptUnverified && services.GetRequiredService<ErasureLedger>().Length < await services.GetRequiredService<IHubStore>().ReadAsync(LedgerPosition.ReadAsync))
        {
            await RewriteLedgerCommand.RewriteAsync(services, CancellationToken.None);
        }

        var again = await ErasureReplay.RunAsync(services, CancellationToken.None);
        var closed = await Restoration.CloseWhatWasOpenAsync(services.GetRequiredService<IHubStore>(), new Actor.Hub("restore"), CancellationToken.None);
        await services.GetRequiredService<IHubDatabase>().ForgetDeletedAsync();
        return (again, closed);
    }
}
