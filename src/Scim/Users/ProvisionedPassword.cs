using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>Passwords that HR systems send. Hashed before the transaction, which nothing slow may hold up.</summary>
internal sealed class ProvisionedPassword(PasswordHashing hashing, HashGate gate) : IDisposable
{
    /// <summary>How long a password waits for its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ScimError TooMany = new(
        StatusCodes.Status503ServiceUnavailable, null, "Too many passwords are being set at once. Try again in a moment.");

    /// <summary>One at a time for all of provisioning: the rest of the gate is for people who sign in.</summary>
    private readonly SemaphoreSlim turns = new(1);

    /// <summary>What others choose for people may be shorter than what people choose for themselves.</summary>
    private const int MinLength = 8;

    /// <summary>A password's hash, or none.</summary>
    public sealed record Hashed(string? Hash)
    {
        public static readonly Hashed None = new((string?)null);
    }

    /// <summary>Takes the password out of a resource and hashes it.</summary>
    /// <returns><c>invalidValue</c> where it is too short or too long; 503 while too many hashes wait.</returns>
    public async Task<Outcome<Hashed>> TakeAsync(JsonObject desired)
    {
        if (desired["password"]?.GetValue<string>() is not { } password)
        {
            return Hashed.None;
        }

        desired.Remove("password");
        if (password.Length is < MinLength or > Passwords.MaxLength)
        {
            return ScimError.InvalidValue($"A password has {MinLength} to {Passwords.MaxLength} characters.");
        }

        if (!await turns.WaitAsync(Patience))
        {
            return TooMany;
        }

        try
        {
            return gate.TryRun(() => hashing.Hash(password)) is { } running ? new Hashed(await running) : TooMany;
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();
}
