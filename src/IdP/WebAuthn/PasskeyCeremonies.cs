using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>What a passkey is asked for. An answer to one is none to another.</summary>
internal enum PasskeyPurpose
{
    SignIn,
    SecondFactor,
    Enrol,
}

/// <summary>A passkey that a browser was asked for, as its sign-in keeps it.</summary>
/// <param name="Purpose">What for.</param>
/// <param name="SessionId">The session that it raises or that enrols it; null for none.</param>
/// <param name="Until">The end of it.</param>
/// <param name="State">As the framework's handler wrote it: the challenge.</param>
internal sealed record PasskeyCeremony(PasskeyPurpose Purpose, string? SessionId, DateTimeOffset Until, string State);

[JsonSerializable(typeof(PasskeyCeremony))]
internal sealed partial class PasskeyCeremonyJson : JsonSerializerContext;

/// <summary>Keeps what a browser was asked for with the sign-in that it belongs to, in the database: the newest counts, for five minutes, once.</summary>
internal sealed class PasskeyCeremonies(IHubStore store, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static readonly Actor Self = new Actor.Hub("sign-in");

    /// <param name="signInId">The sign-in.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="userId">Of whom; null where anybody may answer.</param>
    /// <param name="sessionId">The session that it belongs to; null for none.</param>
    /// <param name="state">As the handler wrote it.</param>
    /// <param name="cancellationToken">The request's end.</param>
    public Task KeepAsync(string signInId, PasskeyPurpose purpose, string? userId, string? sessionId, string state, CancellationToken cancellationToken)
    {
        var kept = JsonSerializer.Serialize(new(purpose, sessionId, time.GetUtcNow() + Lifetime, state), PasskeyCeremonyJson.Default.PasskeyCeremony);
        return store.WriteAsync(
            Self,
            async transaction =>
            {
                await SignIns.SetPasskeyStateAsync(transaction, signInId, userId, kept);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Takes what the browser was asked for. Whatever comes of the answer, there is no second one to it.</summary>
    /// <returns>The handler's state; null when nothing of this kind was asked of this user and session, it is too long ago, or it was answered.</returns>
    public static async Task<string?> TakeAsync(HubTransaction transaction, string signInId, PasskeyPurpose purpose, string? userId, string? sessionId)
    {
        if (await SignIns.TryTakePasskeyStateAsync(transaction, signInId, userId) is not { } kept || !kept.StartsWith('{'))
        {
            return null;
        }

        var ceremony = JsonSerializer.Deserialize(kept, PasskeyCeremonyJson.Default.PasskeyCeremony);
        return ceremony is not null && ceremony.Purpose == purpose && ceremony.SessionId == sessionId && ceremony.Until > transaction.Now ? ceremony.State : null;
    }
}
