namespace IdentityHub.Domain.Persistence;

/// <summary>The database as a whole: what starting and readiness need of it.</summary>
public interface IHubDatabase
{
    /// <summary>Creates the database where there is none, and applies every migration that it lacks, in one transaction. Safe to call from several processes at once.</summary>
    Task PrepareAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the database answers a query and has every migration of this build.</summary>
    Task<bool> IsReadyAsync(CancellationToken cancellationToken = default);
}
