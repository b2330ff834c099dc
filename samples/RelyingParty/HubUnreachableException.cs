namespace IdentityHub.RelyingParty;

/// <summary>The hub gave no usable answer; the person sees a page that says to try again (503).</summary>
internal sealed class HubUnreachableException(string reason, Exception? inner = null) : Exception(reason, inner);
