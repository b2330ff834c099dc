namespace IdentityHub.Domain.Persistence;

/// <summary>The database as a whole: what starting and readiness need of it.</summary>
public interface IHubDatabase
{
    /// <summary>Creates the database where there is none, and applies every migration that it lacks, in one transaction. Safe to call from several processes at once.</summary>
    Task PrepareAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the database answers a query and has every migration of this build.</summary>
    Task<bool> IsReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns once nothing that was deleted before stands in any file of the database. However busy the hub is; readings that are under way end first.</summary>
    Task ForgetDeletedAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes a whole, consistent copy of the database while the hub serves.</summary>
    /// <param name="file">Where to; there is no file yet. Only its owner may read it.</param>
    /// <param name="cancellationToken">Cancelled: there is no file afterwards.</param>
    Task BackUpAsync(string file, CancellationToken cancellationToken = default);

    /// <summary>What the operator may know of it.</summary>
    Task<DatabaseFacts> FactsAsync(CancellationToken cancellationToken = default);
}

/// <summary>A database, for its operator.</summary>
/// <param name="Engine">Its name and version.</param>
/// <param name="Bytes">How much the data take, free pages included.</param>
public sealed record DatabaseFacts(string Engine, long Bytes);
