using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;

namespace IdentityHub.Domain.Credentials;

/// <summary>What somebody is enrolling in a sign-in and has not finished: one of the three.</summary>
public sealed record PendingEnrolment
{
    /// <summary>The secret of an authenticator app of which no code was typed yet.</summary>
    public byte[]? TotpSecret { get; init; }

    /// <summary>An address for codes from which none was typed yet.</summary>
    public string? EmailAddress { get; init; }

    /// <summary>Recovery codes that are theirs already, shown until they say that they have kept them.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; init; }
}

/// <remarks>What is absent is not written: bytes that are null would be written as none, and none is a secret too.</remarks>
[JsonSerializable(typeof(PendingEnrolment)), JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EnrolmentJson : JsonSerializerContext;

/// <summary>Keeps what is being enrolled with the sign-in in which that is done, sealed under the key of the person: a form carries nothing of it, and nobody else's sign-in opens it.</summary>
public static class Enrolments
{
    private const string Place = "enrolment|";

    /// <returns>What this person is enrolling in the sign-in; null for nothing.</returns>
    public static async Task<PendingEnrolment?> OfAsync(HubReader reader, SignIn signIn, string userId)
    {
        ArgumentNullException.ThrowIfNull(signIn);
        return signIn.SealedEnrolment is { } sealedEnrolment && await UserSealing.OpenAsync(reader, userId, Place + signIn.Id, sealedEnrolment) is { } plain
            ? JsonSerializer.Deserialize(plain, EnrolmentJson.Default.PendingEnrolment)
            : null;
    }

    /// <summary>Begins, in place of what was begun before. Attempts are counted anew.</summary>
    public static async Task SetAsync(HubTransaction transaction, string signInId, string userId, PendingEnrolment pending)
    {
        await transaction.FlushAsync();
        var plain = JsonSerializer.SerializeToUtf8Bytes(pending, EnrolmentJson.Default.PendingEnrolment);
        await SignIns.SetEnrolmentAsync(transaction, signInId, UserSealing.Seal(transaction, userId, Place + signInId, plain));
    }

    /// <summary>Gives up what was begun.</summary>
    public static Task ForgetAsync(HubTransaction transaction, string signInId) => SignIns.SetEnrolmentAsync(transaction, signInId, null);

    /// <summary>Takes what was begun, once: of any number that come with the same row, one.</summary>
    public static async Task<bool> TryTakeAsync(HubTransaction transaction, SignIn signIn)
    {
        ArgumentNullException.ThrowIfNull(signIn);
        return signIn.SealedEnrolment is { } present && await SignIns.TryTakeEnrolmentAsync(transaction, signIn.Id, present);
    }
}
