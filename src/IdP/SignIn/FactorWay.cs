namespace IdentityHub.IdP.SignIn;

/// <summary>A way to give a second factor, from strong to weak: the order in which they are offered.</summary>
internal enum FactorWay
{
    Passkey,
    App,
    Mail,
    Recovery,

    /// <summary>The code that an administrator hands over after a reset.</summary>
    Temporary,
}

/// <summary>The ways by the names that addresses have for them.</summary>
internal static class FactorWays
{
    public static string NameOf(FactorWay way) => way switch
    {
        FactorWay.Passkey => "passkey",
        FactorWay.App => "app",
        FactorWay.Mail => "mail",
        FactorWay.Recovery => "recovery",
        _ => "temporary",
    };

    /// <returns>The way of this name among those that are offered; null for none.</returns>
    public static FactorWay? Find(IEnumerable<FactorWay> offered, string? name) => offered.Select(way => (FactorWay?)way).FirstOrDefault(way => NameOf(way!.Value) == name);

    /// <summary>For people.</summary>
    public static string WordsOf(FactorWay way) => way switch
    {
        FactorWay.Passkey => "A passkey",
        FactorWay.App => "Your authenticator app",
        FactorWay.Mail => "A code by e-mail",
        FactorWay.Recovery => "A recovery code",
        _ => "The code that your administrator gave you",
    };
}
