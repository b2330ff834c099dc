using System.Buffers.Text;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using Microsoft.Extensions.Hosting;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>The console as a client of the OpenID Provider. It registers itself at each start, with a secret that follows from the hub's root key and is written down nowhere.</summary>
internal sealed class ConsoleClient(IHubStore store, Sealer sealer, ClientSecret secrets, AdminUiOptions options, TimeProvider time) : IHostedService
{
    public const string Id = ConsoleRegistration.ClientId;

    private static readonly Actor Self = new Actor.Hub("console");

    public string Secret { get; } = Base64Url.EncodeToString(sealer.DeriveKey("console-client-secret"));

    public string RedirectUri { get; } = options.Issuer + ConsoleSignIn.CallbackPath;

    public Task StartAsync(CancellationToken cancellationToken) => store.WriteAsync(Self, RegisterAsync, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task<bool> RegisterAsync(HubTransaction transaction)
    {
        // Each hash of a secret is another one: the present one stays as long as it fits.
        var present = Clients.Find(transaction, Id)?.SecretHash;
        var hash = present is not null && secrets.Verify(Secret, present) ? present : secrets.Hash(Secret);
        return Clients.PutAsync(transaction, Metadata.ToClient(hash, disabled: false, time.GetUtcNow()));
    }

    private ClientMetadata Metadata => new()
    {
        ClientId = Id,
        ClientName = "IdentityHub",
        ClientSecret = Secret,
        RedirectUris = [RedirectUri],
        Scope = "openid profile email account",
    };
}
