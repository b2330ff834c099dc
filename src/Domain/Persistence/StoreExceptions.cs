namespace IdentityHub.Domain.Persistence;

/// <summary>More writes wait than the store takes on. Nothing was begun; trying again later is safe.</summary>
public sealed class StoreBusyException() : Exception("Too many writes are waiting for the database.");

/// <summary>The database did not take the transaction, through no fault of the work in it: a full disk, a lost file.</summary>
/// <remarks>Nothing of it was kept, but for one case that no engine can exclude: a failure while the commit itself was being made durable.</remarks>
public sealed class StoreFailedException(Exception cause) : Exception("The database did not take the transaction.", cause);
