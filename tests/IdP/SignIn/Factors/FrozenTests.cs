using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>Who is frozen does not sign in, and nobody learns that they are.</summary>
[Collection(FactorCollection.Name)]
public sealed class FrozenTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private void Freeze(Person person) => fixture.Sql("""UPDATE "Users" SET "FrozenAt" = 1 WHERE "Id" = @id""", ("@id", person.UserId));

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.3.8")]
    public async Task The_right_password_of_who_is_frozen_is_answered_as_a_wrong_one()
    {
        var person = await fixture.AddAsync(totp: true);
        using var wrong = hub.NewBrowser();
        await wrong.GoAsync(App.AuthorizeAddress());
        await wrong.SubmitAsync(("username", person.UserName), ("current-password", "a wrong password"));
        Freeze(person);
        using var frozen = await fixture.AfterPasswordAsync(person, App);
        Assert.Equal((wrong.Page!.Status, wrong.Page.Alert), (frozen.Page!.Status, frozen.Page.Alert));
    }

    [Fact]
    public async Task A_session_is_neither_started_nor_raised()
    {
        var person = await fixture.AddAsync(totp: true);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        var (epoch, session) = await hub.WriteAsync(async transaction =>
        {
            var user = (await Users.FindAsync(transaction, person.UserId))!;
            return (user.Epoch, (await Sessions.StartAsync(transaction, user.Id, user.Epoch, transaction.Now, "pwd"))!.Value.Session.Id);
        });
        Freeze(person);
        Assert.Null(await hub.WriteAsync(transaction => Sessions.StartAsync(transaction, person.UserId, epoch, transaction.Now, "pwd")));
        Assert.Null(await hub.WriteAsync(transaction => Sessions.StepUpAsync(transaction, session, transaction.Now, "pwd otp mfa")));
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.True(browser.Page?.Asks("current-password"), browser.LeftFor?.ToString());
    }
}
