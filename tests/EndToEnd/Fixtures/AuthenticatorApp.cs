using System.Collections.Concurrent;
using IdentityHub.Domain.Credentials;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>The codes of a person's authenticator app. The hub takes each step once, so each code is shown once; the steps beside the present one are used before waiting.</summary>
internal static class AuthenticatorApp
{
    private static readonly ConcurrentDictionary<string, long> Shown = new();

    /// <param name="secret">In base32.</param>
    /// <param name="hub">Steps that one hub took are new to another.</param>
    public static async Task<string> NextCodeAsync(string secret, string hub)
    {
        var key = hub + " " + secret;
        var now = Totp.StepAt(TimeProvider.System.GetUtcNow());
        var step = Math.Max(Shown.GetValueOrDefault(key) + 1, now);
        while (step > Totp.StepAt(TimeProvider.System.GetUtcNow()) + 1)
        {
            await Task.Delay(500);
        }

        Shown[key] = step;
        return Totp.CodeAt(Base32.Decode(secret)!, step);
    }
}
