namespace IdentityHub.RelyingParty;

/// <summary>What an application is called and looks like; fixed in its source, unlike <see cref="RelyingPartySettings"/>.</summary>
/// <param name="Name">As shown to people, such as <c>Member portal</c>.</param>
/// <param name="Theme">A class of the style sheet that sets the accent colour.</param>
/// <param name="DefaultUrl">Where it listens when nothing else is configured.</param>
public sealed record AppIdentity(string Name, string Theme, string DefaultUrl);
