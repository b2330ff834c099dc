using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>Applies a file within one transaction, through the directory's named operations only. What they refuse is a fault with its place.</summary>
/// <remarks>In this order, so that no step is refused for something that a later one would bring about: pools grow, members come and rise, members sink
/// and go, seats are freed, seats are taken, pools shrink, clients.</remarks>
internal sealed class HubFileWriter(
    HubTransaction transaction, HubFile file, ClientSecret secrets, IReadOnlyDictionary<int, string> passwordHashes)
{
    private readonly HubFileOutcome outcome = new();

    /// <returns>Null when a password became new since the hashes were made: nothing may be kept, and the whole is to be tried again.</returns>
    public async Task<HubFileResult?> RunAsync()
    {
        await PutApplicationsAsync();
        await PutAccountsAsync();
        await ResizePoolsAsync(grow: true);
        var users = new HubFileUserWriter(transaction, outcome, passwordHashes);
        for (var i = 0; i < file.Users.Length; i++)
        {
            await users.PutAsync(file.Users[i], i);
            await transaction.SettleAsync();
        }

        if (outcome.IsOvertaken)
        {
            return null;
        }

        await users.Members.FinishAsync();
        await ResizePoolsAsync(grow: false);
        await PutClientsAsync();
        return outcome.ToResult();
    }

    private async Task PutApplicationsAsync()
    {
        foreach (var application in file.Applications)
        {
            outcome.Count(await Seats.PutApplicationAsync(transaction, application.Id, application.Name, application.Seated));
        }
    }

    private async Task PutAccountsAsync()
    {
        for (var i = 0; i < file.Accounts.Length; i++)
        {
            var account = file.Accounts[i];
            var present = await Accounts.FindAsync(transaction, account.Id);
            var put = await Accounts.PutAsync(
                transaction, account.Id, account.Name, account.TwoFactor ?? present?.TwoFactor ?? TwoFactorPolicy.Optional,
                account.Scim ?? present?.Scim ?? new ScimSettings());
            outcome.Count(put is not Accounts.PutResult.Unchanged);
            for (var t = 0; t < account.ProvisioningTokens.Length; t++)
            {
                var token = account.ProvisioningTokens[t];
                var result = await Accounts.PutProvisioningTokenAsync(transaction, account.Id, token.Name, token.Token);
                outcome.Count(result == Accounts.PutTokenResult.Kept);
                outcome.Refuse(
                    result == Accounts.PutTokenResult.UsedElsewhere, $"accounts[{i}].provisioningTokens[{t}].token",
                    "is in use under another name or in another account; give this one a token of its own");
            }
        }
    }

    /// <summary>Growing makes room before seats are assigned; shrinking waits until seats are freed.</summary>
    private async Task ResizePoolsAsync(bool grow)
    {
        for (var i = 0; i < file.Accounts.Length; i++)
        {
            foreach (var seats in file.Accounts[i].Seats)
            {
                var present = await Seats.FindPoolAsync(transaction, file.Accounts[i].Id, seats.Application);
                if (grow != (present is null || present.Capacity < seats.Capacity))
                {
                    continue;
                }

                var result = await Seats.ResizeAsync(transaction, file.Accounts[i].Id, seats.Application, seats.Capacity);
                outcome.Count(result is Seats.ResizeResult.Resized);
                if (result is Seats.ResizeResult.InUse inUse)
                {
                    outcome.Refuse(
                        HubFileFaults.Below($"accounts[{i}].seats", seats.Application),
                        $"{inUse.Used} seats are taken, also by members that the file does not name; free some first or give at least as many");
                }
            }
        }
    }

    private async Task PutClientsAsync()
    {
        foreach (var client in file.Clients)
        {
            var present = Clients.Find(transaction, client.ClientId);
            var hash = client.ClientSecret switch
            {
                null => null,
                var secret when present?.SecretHash is { } kept && secrets.Verify(secret, kept) => kept,
                var secret => secrets.Hash(secret),
            };
            outcome.Count(await Clients.PutAsync(transaction, client.ToClient(hash, present?.Disabled ?? false, transaction.Now)));
        }
    }
}
