using IdentityHub.Domain.Credentials;

namespace IdentityHub.IdP.SignIn;

/// <summary>Hashes passwords that people choose, behind the gate.</summary>
internal sealed class NewPasswordHashing(PasswordHashing hashing, HashGate gate)
{
    /// <returns>Null at once when the gate is full.</returns>
    public Task<string>? TryHash(string password) => gate.TryRun(() => hashing.Hash(password));

    /// <summary>Hashes a password that is to be another than the former.</summary>
    /// <returns>Null at once when the gate is full; a null hash when it is the former one.</returns>
    public Task<string?>? TryHashAnother(string password, string formerHash) =>
        gate.TryRun(() => hashing.Verify(formerHash, password) == PasswordVerdict.Wrong ? hashing.Hash(password) : null);
}
