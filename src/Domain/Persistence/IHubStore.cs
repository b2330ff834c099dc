using IdentityHub.Domain.Audit;

namespace IdentityHub.Domain.Persistence;

/// <summary>The storage seam: one implementation per database engine.</summary>
public interface IHubStore
{
    /// <summary>Runs <paramref name="work"/> in one transaction and returns once it is durable.</summary>
    /// <param name="actor">Who does it; the audit names them.</param>
    /// <param name="work">Awaits nothing but the database. May run more than once where the engine makes transactions compete: it has no effect outside the transaction.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn; work once begun is finished.</param>
    /// <returns>What <paramref name="work"/> returned. When it called <see cref="HubTransaction.RollBack{T}"/> or threw, nothing was changed.</returns>
    Task<T> WriteAsync<T>(Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default);

    /// <summary>Runs <paramref name="work"/> on a connection that only reads. It sees every write that was answered before.</summary>
    Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default);
}
