using IdentityHub.Domain.Credentials;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whose second factor is asked for in a sign-in.</summary>
/// <param name="UserId">The user whose password was right in this sign-in, or who is signed in already.</param>
/// <param name="UserEpoch">The user's epoch then.</param>
/// <param name="Factors">The user's second factors.</param>
/// <param name="SessionId">The session that the factor raises; null where it completes a password.</param>
internal sealed record CodeOwner(string UserId, int UserEpoch, EnrolledFactors Factors, string? SessionId)
{
    /// <summary>What the sign-in must come to with it.</summary>
    public AssuranceLevel Needed { get; init; } = AssuranceLevel.TwoFactors;

    /// <summary>What the person may give, the strongest first: whatever they have that comes to what is needed, and nothing else.</summary>
    public IReadOnlyList<FactorWay> Ways =>
    [
        .. Factors.MustEnrol ? [FactorWay.Temporary] : Array.Empty<FactorWay>(),
        .. !Factors.MustEnrol && Factors.Passkeys > 0 ? [FactorWay.Passkey] : Array.Empty<FactorWay>(),
        .. !Factors.MustEnrol && Factors.Totp && Needed <= AssuranceLevel.TwoFactors ? [FactorWay.App] : Array.Empty<FactorWay>(),
        .. !Factors.MustEnrol && Factors.EmailCodesTo is not null && !Factors.MakesTwo && Needed <= AssuranceLevel.OneFactor ? [FactorWay.Mail] : Array.Empty<FactorWay>(),
        .. !Factors.MustEnrol && Factors is { MakesTwo: true, RecoveryCodes: > 0 } && Needed <= AssuranceLevel.TwoFactors ? [FactorWay.Recovery] : Array.Empty<FactorWay>(),
    ];

    /// <summary>All that the sign-in holds with what was just shown, where it completes a password; what is added to the session's own, where it raises one.</summary>
    public Evidence With(Evidence shown) => SessionId is null ? Evidence.Password | shown : shown;
}
