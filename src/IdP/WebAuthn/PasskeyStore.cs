using System.Buffers.Text;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Identity;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>A user as far as the framework's passkey handler knows of one.</summary>
internal sealed record PasskeyOwner(string UserId);

/// <summary>Gives the framework's passkey handler what it reads: users by id, and their passkeys. Whatever changes goes through the Domain's operations, never through here.</summary>
/// <remarks>
/// Counts of uses are given as 0, which the handler compares with nothing: that a count moved on is decided, told and kept by <see cref="Passkeys.TryUseAsync"/> in one
/// statement. The handler would only say that something was wrong, and two answers at once would both pass it.
/// </remarks>
internal sealed class PasskeyStore(IHubStore store) : IUserPasskeyStore<PasskeyOwner>
{
    public Task<PasskeyOwner?> FindByIdAsync(string userId, CancellationToken cancellationToken) => store.ReadAsync(
        async reader => await Users.FindAsync(reader, userId) is { } user ? new PasskeyOwner(user.Id) : null, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyOwner user, CancellationToken cancellationToken) =>
        [.. (await store.ReadAsync(reader => Passkeys.StoredOfAsync(reader, user.UserId), cancellationToken)).Select(Info)];

    public async Task<PasskeyOwner?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await FindAsync(credentialId, cancellationToken) is { } passkey ? new(passkey.UserId) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) =>
        await FindAsync(credentialId, cancellationToken) is { } passkey && passkey.UserId == user.UserId ? Info(passkey) : null;

    public Task<string> GetUserIdAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult(user.UserId);

    public Task<string?> GetUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserId);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserId);

    public Task<PasskeyOwner?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task AddOrUpdatePasskeyAsync(PasskeyOwner user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Elsewhere();

    public Task RemovePasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetUserNameAsync(PasskeyOwner user, string? userName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetNormalizedUserNameAsync(PasskeyOwner user, string? normalizedName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> CreateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> UpdateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> DeleteAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw Elsewhere();

    /// <summary>The store itself is the container's.</summary>
    public void Dispose()
    {
    }

    private Task<StoredPasskey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        var id = Base64Url.EncodeToString(credentialId);
        return store.ReadAsync(reader => Passkeys.FindAsync(reader, id), cancellationToken);
    }

    private static UserPasskeyInfo Info(StoredPasskey passkey) => new(
        Base64Url.DecodeFromChars(passkey.Id), passkey.PublicKey, passkey.CreatedAt, signCount: 0, passkey.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        isUserVerified: false, passkey.BackupEligible, passkey.BackedUp, attestationObject: [], clientDataJson: []);

    private static NotSupportedException Elsewhere() => new("The passkey handler reads; the directory's own operations write.");
}
