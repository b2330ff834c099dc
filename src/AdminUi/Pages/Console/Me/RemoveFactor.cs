using IdentityHub.Domain.Credentials;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>The form that takes a second factor away, for <c>_RemoveFactor.cshtml</c>.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Passkey">Which passkey; null for the other kinds.</param>
/// <param name="Words">What the button says.</param>
public sealed record RemoveFactor(FactorKind Kind, string? Passkey, string Words);
