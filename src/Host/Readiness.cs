using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Keys;

namespace IdentityHub.Host;

/// <summary>Whether the hub can serve: its database answers and has every migration, and its keys are open.</summary>
internal sealed class Readiness(IHubDatabase database, KeyLifecycle? keys = null)
{
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        keys?.IsReady != false && await database.IsReadyAsync(cancellationToken);
}
