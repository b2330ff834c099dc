using System.Text.Json;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.IdP.Reset;

/// <summary>Does what was asked for with a name: whoever it is gets a mail, if they may sign in. Nobody waits for it.</summary>
internal sealed class ResetRequests(IHubStore store, IdPOptions options) : IOutboxHandler
{
    private static readonly Actor Self = new Actor.Hub("password-reset");

    public string Kind => PasswordResetRequest.Kind;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (JsonSerializer.Deserialize<PasswordResetRequest>(payload.Span) is not { Name.Length: > 0 } request)
        {
            return new Delivery.Refused("the request cannot be read");
        }

        await store.WriteAsync(
            Self,
            async transaction =>
            {
                if (await Users.FindByNameAsync(transaction, request.Name) is { } user)
                {
                    await PasswordResets.StartAsync(transaction, user.Id, options.Issuer, requestedByAdministrator: false, request.SignIn);
                }

                return true;
            },
            cancellationToken);
        return new Delivery.Delivered();
    }
}
