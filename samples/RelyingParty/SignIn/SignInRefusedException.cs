namespace IdentityHub.RelyingParty.SignIn;

internal enum SignInFault
{
    /// <summary>The answer was not made for this browser's sign-in, or was used before.</summary>
    NotOurs,

    /// <summary>The hub answered with an error of RFC 6749 section 4.1.2.1.</summary>
    ErrorAnswer,

    /// <summary>A check of the answer or of its tokens failed.</summary>
    Invalid,
}

/// <summary>Carries a refused sign-in through the framework's remote handler to the page that explains it.</summary>
internal sealed class SignInRefusedException(SignInFault fault, string detail, string? description = null) : Exception(detail)
{
    public SignInFault Fault => fault;

    /// <summary>The <c>error</c> of the hub, or which check failed.</summary>
    public string Detail => Message;

    public string? Description => description;
}
