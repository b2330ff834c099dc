using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;

namespace IdentityHub.IdP.SignIn;

/// <summary>Who enrols what in a sign-in, and how far they are.</summary>
/// <param name="Session">Who is signed in.</param>
/// <param name="Owner">The same, as attempts at codes are counted.</param>
/// <param name="Step">What is asked of them.</param>
/// <param name="Pending">What they have begun and what is asked still; null for nothing.</param>
internal sealed record Enrolling(LiveSession Session, CodeOwner Owner, NextStep.Enrol Step, PendingEnrolment? Pending)
{
    /// <summary>Whether this is among what may be enrolled now.</summary>
    public bool Offers(Enrolment kind) => Step.Kind is { } asked ? asked == kind : kind switch
    {
        Enrolment.Email => Step.EmailServes,
        Enrolment.RecoveryCodes => false,
        _ => true,
    };

    /// <summary>Whether they came to do so, from their own settings, and may leave without.</summary>
    public static bool IsWish(CurrentSignIn current) => current.Request.Enrol is not null;
}
