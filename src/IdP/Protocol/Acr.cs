using IdentityHub.Domain.Credentials;

namespace IdentityHub.IdP.Protocol;

/// <summary>The <c>acr</c> values between an app and the hub. What evidence amounts to is decided by <see cref="Assurance.Of"/> alone.</summary>
internal static class Acr
{
    /// <summary>Whether a sign-in of this <c>amr</c> meets an asked <c>acr</c>: what is stronger meets what is weaker.</summary>
    public static bool Meets(string amr, string asked) => Assurance.LevelAsked(asked) <= Assurance.LevelOf(amr);

    /// <summary>The value to answer with: the first asked one that is met, or what was reached.</summary>
    public static string Answer(string amr, IEnumerable<string> asked) => asked.FirstOrDefault(value => Meets(amr, value)) ?? Assurance.AcrOf(Assurance.LevelOf(amr));
}
