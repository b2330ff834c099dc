using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

[Collection(FactorCollection.Name)]
public sealed class ReviewTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private RelyingApp Console { get; } = new(fixture.Hub, ConsoleRegistration.ClientId, null, fixture.Hub.Issuer + "/admin/signed-in");

    private static readonly (string, string?)[] Offline = [("scope", "openid profile email account offline_access"), ("prompt", "consent")];

    [Fact]
    public async Task Promoted_where_administrators_need_a_factor_the_old_grant_dies()
    {
        await hub.WriteAsync(async transaction => { await Accounts.PutAsync(transaction, "admins", "Account admins", TwoFactorPolicy.Administrators, new()); return true; });
        var person = await fixture.AddAsync("admins");
        using var browser = await fixture.AfterPasswordAsync(person, App, null, Offline);
        var tokens = await App.RedeemAsync(RelyingApp.Callback(browser)["code"]);
        await hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, person.MembershipId, Role.Administrator));
        var fresh = await App.RefreshAsync(tokens.Text("refresh_token"));
        Assert.True(fresh.Error is not null, fresh.Error is null ? RelyingApp.Payload(fresh.Text("access_token")).ToString() : "");
    }

    [Fact]
    public async Task After_the_days_of_grace_a_refresh_gives_nothing()
    {
        var person = await fixture.AddAsync(FactorHub.Grace);
        using var browser = await fixture.AfterPasswordAsync(person, App, null, Offline);
        await browser.PressAsync("Not now");
        var tokens = await App.RedeemAsync(RelyingApp.Callback(browser)["code"]);
        hub.Time.Advance(TimeSpan.FromDays(8));
        var fresh = await App.RefreshAsync(tokens.Text("refresh_token"));
        Assert.True(fresh.Error is not null, fresh.Error is null ? RelyingApp.Payload(fresh.Text("access_token")).ToString() : "");
    }

    [Fact]
    public async Task A_fresh_sign_in_for_the_console_is_not_spared_by_a_remembered_browser()
    {
        var person = await fixture.AddAsync(mailTo: $"codes-{RandomId.New()[..8]}@mail.example");
        using var browser = await fixture.AfterPasswordAsync(person, App);
        var mail = (await Pickup.MailsAsync(hub, (await hub.ReadAsync(reader => SecondFactors.OfAsync(reader, person.UserId))).EmailCodesTo!)).Last();
        var code = System.Text.RegularExpressions.Regex.Match(mail, @"\b\d{6}\b").Value;
        await browser.SendAsync("input[name=remember]", ("code", code), ("remember", "yes"));
        Assert.NotNull(browser.LeftFor);
        hub.Time.Advance(TimeSpan.FromHours(2));
        await fixture.AfterPasswordAsync(person, Console, browser, ("scope", "openid"), ("max_age", "300"), ("acr_values", "https://refeds.org/profile/mfa"));
        Assert.Equal("/sign-in/code", browser.Page?.Address.AbsolutePath);
    }

    [Fact]
    public async Task The_last_factor_that_one_account_requires_stays_though_another_wants_more()
    {
        var person = await fixture.AddAsync(FactorHub.Mail, mailTo: "last@mail.example");
        await hub.WriteAsync(transaction => Memberships.AddAsync(transaction, new(person.UserId, FactorHub.Grace, Role.User, null, MembershipStatus.Active)));
        fixture.Sql("""UPDATE "Memberships" SET "Status" = 'Active' WHERE "UserId" = @id""", ("@id", person.UserId));
        var result = await hub.WriteAsync(transaction => OwnFactors.RemoveAsync(transaction, person.UserId, FactorKind.Email, null, "none", false));
        Assert.IsType<OwnFactors.RemoveResult.RequiredBy>(result);
    }

    [Fact]
    public async Task After_a_thaw_no_older_link_freezes_again()
    {
        var person = await fixture.AddAsync(totp: true);
        foreach (var token in (string[])["old-link-1" + person.UserId, "old-link-2" + person.UserId])
        {
            fixture.Sql("""INSERT INTO "FreezeLinks" ("Id", "UserId", "TokenHash", "ExpiresAt") VALUES (@id, @user, @hash, @until)""",
                ("@id", RandomId.New()), ("@user", person.UserId), ("@hash", RandomId.HashOf("freeze|" + token)), ("@until", (hub.Time.Now + TimeSpan.FromDays(6)).ToUnixTimeMilliseconds()));
        }

        Assert.True(await hub.WriteAsync(transaction => FreezeLinks.TryUseAsync(transaction, "old-link-1" + person.UserId)));
        Assert.Equal(UserLifecycle.ThawResult.Thawed, await hub.WriteAsync(transaction => UserLifecycle.ThawAsync(transaction, person.UserId, hub.Issuer)));
        Assert.False(await hub.WriteAsync(transaction => FreezeLinks.TryUseAsync(transaction, "old-link-2" + person.UserId)), "an older link froze again");
    }

    [Fact]
    public async Task A_grant_does_not_outlive_the_grace_that_is_taken_away()
    {
        var person = await fixture.AddAsync(FactorHub.Grace);
        using var browser = await fixture.AfterPasswordAsync(person, App, null, Offline);
        await browser.PressAsync("Not now");
        var tokens = await App.RedeemAsync(RelyingApp.Callback(browser)["code"]);
        var before = (await hub.ReadAsync(reader => AccountSecurity.FindAsync(reader, FactorHub.Grace)))!;
        await hub.WriteAsync(transaction => AccountSecurity.ChangeAsync(transaction, FactorHub.Grace, before with { GraceDays = 0 }, before));
        var fresh = await App.RefreshAsync(tokens.Text("refresh_token"));
        fixture.Sql("""UPDATE "Accounts" SET "TwoFactorGraceDays" = 7 WHERE "Id" = 'grace'""");
        Assert.True(fresh.Error is not null, "the grant outlived the grace that was taken away");
    }
}
