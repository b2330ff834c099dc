using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>Applies the users of a file: names, credentials; their memberships through <see cref="HubFileMemberWriter"/>.</summary>
internal sealed class HubFileUserWriter(HubTransaction transaction, HubFileOutcome outcome, IReadOnlyDictionary<int, string> passwordHashes)
{
    public HubFileMemberWriter Members { get; } = new(transaction, outcome);

    public async Task PutAsync(HubFileUser user, int position)
    {
        var place = $"users[{position}]";
        if (await PutProfileAsync(user, place) is not { } userId)
        {
            return;
        }

        await Members.PutAsync(userId, user.Memberships, place);
        await PutPasswordAsync(userId, user.Password, position);
        if (user.Totp is { } totp && !await ConfiguredCredentials.IsRememberedAsync(transaction, userId, ConfiguredCredential.Totp, totp))
        {
            outcome.Count(await SecondFactors.PutTotpAsync(transaction, userId, Base32.Decode(totp)!));
            await ConfiguredCredentials.RememberAsync(transaction, userId, ConfiguredCredential.Totp, totp);
        }

        if (user.EmailCodesTo is { } address && !await ConfiguredCredentials.IsRememberedAsync(transaction, userId, ConfiguredCredential.EmailCodes, address))
        {
            outcome.Count(await SecondFactors.PutEmailCodesAsync(transaction, userId, address));
            await ConfiguredCredentials.RememberAsync(transaction, userId, ConfiguredCredential.EmailCodes, address);
        }
    }

    /// <returns>The user's id; null when the operation refused.</returns>
    private async Task<string?> PutProfileAsync(HubFileUser user, string place)
    {
        var person = new UserLifecycle.NewUser(user.UserName, user.GivenName, user.FamilyName, user.Email, EmailVerified: true, user.Operator);
        if (CanonicalName.Of(user.UserName) is { } name && await Users.FindByNameAsync(transaction, name) is { } present)
        {
            switch (await Users.ChangeProfileAsync(transaction, present.Id, person))
            {
                case Users.ChangeResult.Changed:
                    outcome.Count(true);
                    return present.Id;
                case Users.ChangeResult.Unchanged:
                    return present.Id;
                case var refusal:
                    outcome.Refuse($"{place}.userName", $"was refused: {refusal}");
                    return null;
            }
        }

        switch (await UserLifecycle.CreateAsync(transaction, person))
        {
            case UserLifecycle.CreateResult.Created created:
                outcome.Count(true);
                return created.User.Id;
            case var refusal:
                outcome.Refuse($"{place}.userName", $"was refused: {refusal}");
                return null;
        }
    }

    /// <summary>Sets a password that the file gives for the first time. One that the user has chosen since an earlier file stays while the file stays as it is.</summary>
    private async Task PutPasswordAsync(string userId, string? password, int position)
    {
        if (password is null || await ConfiguredCredentials.IsRememberedAsync(transaction, userId, ConfiguredCredential.Password, password))
        {
            return;
        }

        if (!passwordHashes.TryGetValue(position, out var hash))
        {
            outcome.IsOvertaken = true;
            return;
        }

        await Passwords.SetAsync(transaction, userId, hash);
        await ConfiguredCredentials.RememberAsync(transaction, userId, ConfiguredCredential.Password, password);
        outcome.Count(true);
    }
}
