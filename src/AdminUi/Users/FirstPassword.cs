using IdentityHub.Domain.Credentials;

namespace IdentityHub.AdminUi.Users;

/// <summary>A first password that an administrator chooses for somebody: checked as everybody's own, and hashed before any transaction.</summary>
internal sealed class FirstPassword(PasswordHashing hashing, HashGate gate)
{
    /// <returns>The hash, or a sentence about what is wrong.</returns>
    public async Task<(string? Hash, string? Wrong)> TakeAsync(string? password, string userName) =>
        PasswordRules.Check(password, userName) is { } wrong ? (null, wrong)
        : gate.TryRun(() => hashing.Hash(password!)) is { } running ? (await running, null)
        : (null, "Too many people are signing in just now. Try again in a moment.");
}
