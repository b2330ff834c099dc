using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.WebAuthn;

[Collection(PasskeyHub.Collection)]
public sealed class ReviewPasskeyTests(PasskeyHub fixture)
{
    [Fact]
    public async Task After_freeze_and_thaw_the_intruders_passkey_signs_nobody_in()
    {
        var person = await fixture.WithPasskeyAsync();
        await fixture.Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, person.UserId));
        await fixture.Hub.WriteAsync(transaction => UserLifecycle.ThawAsync(transaction, person.UserId, fixture.Hub.Issuer));
        using var browser = await fixture.Hub.AtSignInAsync();
        await browser.SignInWithAsync(person);
        Assert.Null(browser.LeftFor);
    }
}
