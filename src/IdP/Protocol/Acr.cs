namespace IdentityHub.IdP.Protocol;

/// <summary>How strongly someone signed in: the <c>acr</c> values and how they follow from the <c>amr</c> (RFC 8176).</summary>
internal static class Acr
{
    public const string SingleFactor = "https://refeds.org/profile/sfa";
    public const string MultiFactor = "https://refeds.org/profile/mfa";

    /// <summary>What can be reached today. Phishing-resistant (<c>phr</c>) comes with passkeys.</summary>
    public static readonly string[] Supported = [SingleFactor, MultiFactor];

    public const string Password = "pwd";

    /// <summary>Password and authenticator app: two distinct factors.</summary>
    public const string PasswordAndTotp = "pwd otp mfa";

    /// <summary>Password and a code sent by e-mail: a second channel, which is not a second factor (NIST SP 800-63B-4 §3.1.3.1).</summary>
    public const string PasswordAndEmail = "pwd mca";

    public static bool IsMultiFactor(string amr) => Methods(amr).Contains("mfa");

    /// <summary>Whether more than the password was asked for.</summary>
    public static bool HasSecondStep(string amr) => IsMultiFactor(amr) || Methods(amr).Contains("mca");

    public static string[] Methods(string amr) => amr.Split(' ');

    public static string Of(string amr) => IsMultiFactor(amr) ? MultiFactor : SingleFactor;

    /// <summary>Whether a sign-in of this <c>amr</c> meets an asked <c>acr</c>: what is stronger meets what is weaker.</summary>
    public static bool Meets(string amr, string asked) => asked == SingleFactor || (asked == MultiFactor && IsMultiFactor(amr));

    /// <summary>The value to answer with: the first asked one that is met, or what was reached.</summary>
    public static string Answer(string amr, IEnumerable<string> asked) => asked.FirstOrDefault(value => Meets(amr, value)) ?? Of(amr);
}
