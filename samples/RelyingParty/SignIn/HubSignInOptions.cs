using Microsoft.AspNetCore.Authentication;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>The framework's options of a remote sign-in, with what ours needs; filled in <c>RelyingPartySetup</c>.</summary>
public sealed class HubSignInOptions : RemoteAuthenticationOptions
{
    internal RelyingPartySettings Settings { get; set; } = null!;

    internal ISecureDataFormat<AuthenticationProperties> States { get; set; } = null!;
}
