using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>Walks a browser through the pages that set up a factor.</summary>
internal static class Enrolment
{
    /// <summary>The secret that the page shows as text.</summary>
    public static byte[] Secret(Page page) => Base32.Decode(page.Document.QuerySelector("#secret")!.TextContent)!;

    public static string CodeOf(FactorHub fixture, byte[] secret, int steps = 0) => Totp.CodeAt(secret, Totp.StepAt(fixture.Hub.Time.Now) + steps);

    /// <summary>From the choice, or from the page of the app, to the recovery codes and on.</summary>
    /// <returns>The app's secret and the recovery codes.</returns>
    public static async Task<(byte[] Secret, string[] Recovery)> AppAsync(FactorHub fixture, Browser browser)
    {
        if (browser.Page!.Document.QuerySelector("#secret") is null)
        {
            await browser.PressAsync("way", "app");
        }

        var secret = Secret(browser.Page!);
        await browser.SubmitAsync(("one-time-code", CodeOf(fixture, secret)));
        var codes = browser.Page!.Document.QuerySelectorAll(".codes code").Select(code => code.TextContent).ToArray();
        Assert.True(codes.Length == 10, browser.LeftFor?.ToString() ?? browser.Page.Address + browser.Page.Text);
        await browser.SendAsync("input[name=kept]", ("kept", "yes"));
        return (secret, codes);
    }
}
