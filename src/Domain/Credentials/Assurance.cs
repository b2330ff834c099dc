namespace IdentityHub.Domain.Credentials;

/// <summary>What a person has shown in a sign-in. Each is shown once or not at all: the same thing twice is one thing.</summary>
[Flags]
public enum Evidence
{
    None = 0,

    /// <summary>Something known.</summary>
    Password = 1,

    /// <summary>A code of an authenticator app.</summary>
    Totp = 2,

    /// <summary>A code sent by e-mail: another channel, which is no factor of its own (NIST SP 800-63B-4 §3.1.3.1).</summary>
    EmailCode = 4,

    /// <summary>A recovery code: stands in for an authenticator app, and is of the same kind.</summary>
    RecoveryCode = 8,

    /// <summary>A passkey's signature: something held, bound to this hub's address.</summary>
    Passkey = 16,

    /// <summary>The passkey verified the person itself, by PIN or biometry. Counts only with <see cref="Passkey"/>.</summary>
    UserVerified = 32,

    /// <summary>The passkey's key cannot leave its device. Counts only with <see cref="Passkey"/>.</summary>
    DeviceBound = 64,

    /// <summary>A code that an administrator handed over after a reset. It lets a factor be enrolled and counts as none.</summary>
    TemporaryCode = 128,

    /// <summary>The browser remembers a second factor that was given in it. It spares asking and counts as none.</summary>
    RememberedDevice = 256,
}

/// <summary>How strongly somebody signed in, from weak to strong. What is stronger meets what is weaker.</summary>
public enum AssuranceLevel
{
    /// <summary>Nobody is signed in by this.</summary>
    None,

    /// <summary>One factor.</summary>
    OneFactor,

    /// <summary>Two distinct factors.</summary>
    TwoFactors,

    /// <summary>Two distinct factors, one of which cannot be given to another address than the hub's.</summary>
    PhishingResistant,
}

/// <summary>What evidence amounts to: the one decision from what was shown to <c>acr</c> and <c>amr</c>.</summary>
/// <param name="Level">How strong it is.</param>
/// <param name="Amr">RFC 8176 values, separated by spaces; empty where nobody is signed in by it.</param>
public sealed record Assurance(AssuranceLevel Level, string Amr)
{
    public const string SingleFactor = "https://refeds.org/profile/sfa";
    public const string MultiFactor = "https://refeds.org/profile/mfa";

    /// <summary>OpenID Connect Extended Authentication Profile ACR Values 1.0 §2.</summary>
    public const string PhishingResistant = "phr";

    /// <summary>From strong to weak.</summary>
    public static readonly string[] Supported = [PhishingResistant, MultiFactor, SingleFactor];

    /// <summary>Two factors are two kinds: something known, something held, something the person is. Two of one kind are one.</summary>
    public static Assurance Of(Evidence evidence)
    {
        var known = evidence.HasFlag(Evidence.Password);
        var passkey = evidence.HasFlag(Evidence.Passkey);
        var verified = passkey && evidence.HasFlag(Evidence.UserVerified);
        if (!known && !passkey)
        {
            // A code completes something; alone it signs nobody in, whichever it is and however many.
            return new(AssuranceLevel.None, "");
        }

        var code = (evidence & (Evidence.Totp | Evidence.RecoveryCode)) != 0;
        var level = passkey && (known || verified) ? AssuranceLevel.PhishingResistant
            : known && code ? AssuranceLevel.TwoFactors
            : AssuranceLevel.OneFactor;
        string[] methods =
        [
            .. known ? ["pwd"] : Array.Empty<string>(),
            .. code ? ["otp"] : Array.Empty<string>(),
            .. evidence.HasFlag(Evidence.EmailCode) ? ["mca"] : Array.Empty<string>(),
            .. passkey ? [evidence.HasFlag(Evidence.DeviceBound) ? "hwk" : "swk"] : Array.Empty<string>(),
            .. verified ? ["user"] : Array.Empty<string>(),
            .. level >= AssuranceLevel.TwoFactors ? ["mfa"] : Array.Empty<string>(),
        ];
        return new(level, string.Join(' ', methods));
    }

    /// <summary>The same, read back from what <see cref="Of"/> gave.</summary>
    public static AssuranceLevel LevelOf(string amr)
    {
        var methods = Methods(amr);
        return !methods.Contains("mfa") ? methods.Length == 0 ? AssuranceLevel.None : AssuranceLevel.OneFactor
            : methods.Contains("swk") || methods.Contains("hwk") ? AssuranceLevel.PhishingResistant
            : AssuranceLevel.TwoFactors;
    }

    /// <summary>What of the evidence a session holds still when more is added to it. Flags that only let something pass are not among it.</summary>
    public static Evidence EvidenceOf(string amr)
    {
        var evidence = Evidence.None;
        foreach (var method in Methods(amr))
        {
            evidence |= method switch
            {
                "pwd" => Evidence.Password,
                "otp" => Evidence.Totp,
                "mca" => Evidence.EmailCode,
                "swk" => Evidence.Passkey,
                "hwk" => Evidence.Passkey | Evidence.DeviceBound,
                "user" => Evidence.UserVerified,
                _ => Evidence.None,
            };
        }

        return evidence;
    }

    /// <summary>Whether the sign-in holds a code by e-mail beside the password: a second step, where an account lets it count.</summary>
    public static bool HasEmailCode(string amr) => Methods(amr).Contains("mca");

    public static string[] Methods(string amr) => amr.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The <c>acr</c> of a level.</summary>
    public static string AcrOf(AssuranceLevel level) => level switch
    {
        AssuranceLevel.PhishingResistant => PhishingResistant,
        AssuranceLevel.TwoFactors => MultiFactor,
        _ => SingleFactor,
    };

    /// <returns>The level that an <c>acr</c> value asks; null for one that the hub does not know.</returns>
    public static AssuranceLevel? LevelAsked(string acr) => acr switch
    {
        PhishingResistant => AssuranceLevel.PhishingResistant,
        MultiFactor => AssuranceLevel.TwoFactors,
        SingleFactor => AssuranceLevel.OneFactor,
        _ => null,
    };
}
