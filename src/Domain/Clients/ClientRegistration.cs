using System.Collections.Immutable;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Clients;

/// <summary>The operator registers, changes and shuts clients by hand. What a client may be is said by <see cref="ClientRules"/>; the hub makes the secrets.</summary>
public static class ClientRegistration
{
    private static readonly Statement MoveOn = new("""UPDATE "Clients" SET "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", "@id");

    public abstract record Result
    {
        private Result() { }

        /// <param name="Secret">A secret that was made for it, which nobody can show again; null where it has none or keeps its own.</param>
        public sealed record Done(string? Secret) : Result;

        public sealed record Unchanged : Result;

        /// <summary>Everything that is wrong. Nothing was changed.</summary>
        public sealed record Refused(ImmutableArray<ClientFault> Faults) : Result;

        public sealed record NoSuchClient : Result;

        /// <summary>It is the hub's own. Nothing was changed.</summary>
        public sealed record HubsOwn : Result;
    }

    /// <summary>Registers a client under an id that none has.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="metadata">Without a secret: the hub makes it.</param>
    /// <param name="secrets">Hashes it.</param>
    public static async Task<Result> RegisterAsync(HubTransaction transaction, ClientMetadata metadata, ClientSecret secrets)
    {
        var wanted = WithSecret(metadata, IsPublic(metadata) ? null : RandomId.Secret());
        var faults = await FaultsOfAsync(transaction, wanted);
        if (Clients.Find(transaction, metadata.ClientId) is not null)
        {
            faults = [.. faults, new(ClientRules.InvalidClientMetadata, "client_id", null, "is the id of another client")];
        }

        if (!faults.IsEmpty)
        {
            return new Result.Refused(faults);
        }

        await Clients.PutAsync(transaction, wanted.ToClient(wanted.ClientSecret is { } secret ? secrets.Hash(secret) : null, disabled: false, transaction.Now));
        return new Result.Done(wanted.ClientSecret);
    }

    /// <summary>Gives a client these properties. It keeps its secret; one that had none and needs one now is given one.</summary>
    public static async Task<Result> ChangeAsync(HubTransaction transaction, ClientMetadata metadata, ClientSecret secrets)
    {
        if (Clients.Find(transaction, metadata.ClientId) is not { } present)
        {
            return new Result.NoSuchClient();
        }

        if (present.Id == ConsoleRegistration.ClientId)
        {
            return new Result.HubsOwn();
        }

        // A kept secret cannot be looked at again: for the rules, a fresh one stands in for it.
        var fresh = IsPublic(metadata) ? null : RandomId.Secret();
        if (await FaultsOfAsync(transaction, WithSecret(metadata, fresh)) is { IsEmpty: false } faults)
        {
            return new Result.Refused(faults);
        }

        var made = present.SecretHash is null ? fresh : null;
        var hash = fresh is null ? null : present.SecretHash ?? secrets.Hash(fresh);
        var changed = await Clients.PutAsync(transaction, metadata.ToClient(hash, present.Disabled, transaction.Now));
        return changed ? new Result.Done(made) : new Result.Unchanged();
    }

    /// <summary>Makes another secret. The former one is no good from the commit on.</summary>
    public static Task<Result> RotateSecretAsync(HubTransaction transaction, string clientId, ClientSecret secrets) => EditAsync(
        transaction, clientId, present =>
        {
            if (present.IsPublic)
            {
                return (null, new Result.Refused([new(ClientRules.InvalidClientMetadata, "token_endpoint_auth_method", null, "is none: this client has no secret")]));
            }

            var secret = RandomId.Secret();
            present.SecretHash = secrets.Hash(secret);
            return ("client.secret-rotated", new Result.Done(secret));
        });

    /// <summary>Shuts a client, or lets it be used again. What it held when it was shut is dead and stays so.</summary>
    public static Task<Result> SetDisabledAsync(HubTransaction transaction, string clientId, bool disabled) => EditAsync(
        transaction, clientId, present =>
        {
            if (present.Disabled == disabled)
            {
                return (null, new Result.Unchanged());
            }

            present.Disabled = disabled;
            return (disabled ? "client.disabled" : "client.enabled", new Result.Done(null));
        });

    private static async Task<Result> EditAsync(HubTransaction transaction, string clientId, Func<Client, (string? Action, Result Result)> edit)
    {
        if (await transaction.Db.Clients.SingleOrDefaultAsync(row => row.Id == clientId) is not { } present)
        {
            return new Result.NoSuchClient();
        }

        if (clientId == ConsoleRegistration.ClientId)
        {
            return new Result.HubsOwn();
        }

        var (action, result) = edit(present);
        if (action is not null)
        {
            await transaction.AuditAsync(action, present.AccountId, details: new { client_id = clientId });
            if (action == "client.disabled")
            {
                transaction.Connection.Execute(MoveOn, clientId);
                Reports.Connections.EndOfClient(transaction, clientId);
                await transaction.Db.Entry(present).ReloadAsync();
            }
        }

        return result;
    }

    private static bool IsPublic(ClientMetadata metadata) => metadata.TokenEndpointAuthMethod == "none";

    private static ClientMetadata WithSecret(ClientMetadata metadata, string? secret) => metadata with { ClientSecret = secret };

    /// <summary>The rules, and what only the database knows.</summary>
    private static async Task<ImmutableArray<ClientFault>> FaultsOfAsync(HubTransaction transaction, ClientMetadata metadata)
    {
        var faults = ClientRules.Check(metadata);
        if (metadata.Account is { } account && !await Accounts.Accounts.ExistsAsync(transaction, account))
        {
            faults = faults.Add(new(ClientRules.InvalidClientMetadata, "account", null, "is not the id of an account"));
        }

        if (metadata.RequireSeat is { } application && await Seats.Seats.FindApplicationAsync(transaction, application) is not { Seated: true })
        {
            faults = faults.Add(new(ClientRules.InvalidClientMetadata, "require_seat", null, "is not the id of an application with seats"));
        }

        return faults;
    }
}
