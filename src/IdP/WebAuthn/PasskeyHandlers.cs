using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>The framework's passkey handler, set up for this hub: what is its own comes from the issuer, never from the Host header.</summary>
internal sealed class PasskeyHandlers : IDisposable
{
    private const int Es256 = -7;
    private const int EdDsa = -8;
    private const int Rs256 = -257;

    private readonly UserManager<PasskeyOwner> users;

    public PasskeyHandlers(PasskeyStore passkeys, IdPOptions options, IServiceProvider services, ILogger<UserManager<PasskeyOwner>> logger)
    {
        var issuer = new Uri(options.Issuer);
        RelyingPartyId = issuer.IdnHost;
        var origin = $"{issuer.Scheme}://{issuer.IdnHost}{(issuer.IsDefaultPort ? "" : $":{issuer.Port}")}";
        users = new(
            passkeys, Options.Create(new IdentityOptions()), new PasswordHasher<PasskeyOwner>(), [], [], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), services, logger);
        Verifying = Handler("required", origin);
        Possessing = Handler("preferred", origin);
    }

    /// <summary>The host of the issuer: passkeys are made for it and for nothing else.</summary>
    public string RelyingPartyId { get; }

    /// <summary>For a whole sign-in: the passkey must have verified the person itself.</summary>
    public IPasskeyHandler<PasskeyOwner> Verifying { get; }

    /// <summary>For a second factor, and to enrol: it does so where it can.</summary>
    public IPasskeyHandler<PasskeyOwner> Possessing { get; }

    public void Dispose() => users.Dispose();

    private PasskeyHandler<PasskeyOwner> Handler(string userVerification, string origin) => new(users, Options.Create(new IdentityPasskeyOptions
    {
        ServerDomain = RelyingPartyId,
        ChallengeSize = 32,
        AuthenticatorTimeout = PasskeyCeremonies.Lifetime,
        UserVerificationRequirement = userVerification,
        ResidentKeyRequirement = "preferred",
        AttestationConveyancePreference = "none",

        // Of these the framework offers those that it can verify.
        IsAllowedAlgorithm = algorithm => algorithm is Es256 or EdDsa or Rs256,
        ValidateOrigin = asked => ValueTask.FromResult(asked.Origin == origin && !asked.CrossOrigin && asked.TopOrigin is null),
    }));
}
