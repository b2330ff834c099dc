using Microsoft.Extensions.Configuration;

namespace IdentityHub.RelyingParty;

/// <summary>Section <c>RelyingParty</c> of the configuration.</summary>
public sealed class RelyingPartySettings
{
    internal const string Section = "RelyingParty";

    /// <summary>The issuer, exactly as the hub writes it: https, no trailing slash.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    /// <summary>Comes from the environment, a secret file or the command line; never from the source.</summary>
    public string ClientSecret { get; set; } = "";

    public string Scope { get; set; } = "openid profile email account accounts offline_access";

    /// <summary>Asked for at every sign-in when set, such as <c>https://refeds.org/profile/mfa</c>.</summary>
    public string? AcrValues { get; set; }

    /// <summary>A PEM or DER file with the one root that calls to the hub may lead to; absent: the machine's roots.</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>Tests on loopback only: an http authority, and cookies that travel over http.</summary>
    public bool AllowHttp { get; set; }

    /// <exception cref="SettingsException">Lists everything wrong at once.</exception>
    internal static RelyingPartySettings Read(IConfiguration configuration)
    {
        RelyingPartySettings settings;
        try
        {
            settings = configuration.GetSection(Section).Get<RelyingPartySettings>(o => o.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException fault)
        {
            throw new SettingsException($"{Section}: {fault.Message}", fault);
        }

        var faults = settings.Faults().ToList();
        return faults.Count == 0 ? settings : throw new SettingsException(string.Join(Environment.NewLine, faults), null);
    }

    private IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || !IsAllowed(authority))
        {
            yield return $"{Section}:Authority must be the https URL of the hub's issuer (http on loopback with AllowHttp), not '{Authority}'.";
        }
        else if (Authority.EndsWith('/') || authority.Query.Length > 0 || authority.Fragment.Length > 0)
        {
            yield return $"{Section}:Authority has no trailing slash, query or fragment: '{Authority}'.";
        }

        if (string.IsNullOrWhiteSpace(ClientId))
        {
            yield return $"{Section}:ClientId is missing: the client_id this application is registered with.";
        }

        if (string.IsNullOrWhiteSpace(ClientSecret))
        {
            yield return $"{Section}:ClientSecret is missing: set {Section}__ClientSecret in the environment or --{Section}:ClientSecret.";
        }

        if (!Scope.Split(' ').Contains("openid", StringComparer.Ordinal))
        {
            yield return $"{Section}:Scope must contain openid.";
        }
    }

    /// <summary>Whether a URL of the hub may be called: https, or http on loopback when that is allowed.</summary>
    internal bool IsAllowed(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (AllowHttp && url.IsLoopback && url.Scheme == Uri.UriSchemeHttp);

    /// <summary>
    /// Cookies of localhost are shared by all its ports, so each application has names of its own.
    /// <c>__Host-</c> holds a cookie to this host, to https and to the path <c>/</c>.
    /// </summary>
    internal string CookieName(string purpose) =>
        (AllowHttp ? "" : "__Host-") + string.Concat(ClientId.Where(char.IsAsciiLetterOrDigit)) + "-" + purpose;
}

/// <summary>The configuration cannot be used; the message says what to mend.</summary>
public sealed class SettingsException(string message, Exception? inner) : Exception(message, inner);
