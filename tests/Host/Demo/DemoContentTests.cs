using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Host.ConfigurationFile;
using IdentityHub.Host.Demo;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Host.Tests.Demo;

public sealed class DemoContentTests
{
    [Fact]
    public async Task The_demo_applies_to_a_fresh_hub_and_again_without_a_change()
    {
        await using var hub = await TestHub.StartAsync();
        var (hashing, secrets, file) = (new PasswordHashing(), new ClientSecret(hub.Sealer), DemoContent.Load());

        var first = await HubFileApplier.ApplyAsync(hub.Store, hashing, secrets, file);
        Assert.True(first is HubFileResult.Applied, first is HubFileResult.Faults faults ? HubFileFaults.Render(faults.List) : "");
        Assert.Equal(new HubFileResult.Applied(0), await HubFileApplier.ApplyAsync(hub.Store, hashing, secrets, file));
    }

    [Fact]
    public void The_demo_shows_every_level_and_role_scarce_seats_and_people_with_codes()
    {
        var file = DemoContent.Load();
        var memberships = file.Users.SelectMany(user => user.Memberships).ToList();
        Assert.Equal(Enum.GetValues<PermissionLevel>(), memberships.Select(one => one.Level).OfType<PermissionLevel>().Distinct().Order());
        Assert.Equal(Enum.GetValues<Role>(), memberships.Select(one => one.Role).Distinct().Order());
        Assert.Contains(memberships, one => !one.Active);
        Assert.Contains(file.Users, user => user is { Memberships.Length: > 1, Totp: not null });
        Assert.Contains(file.Users, user => user.Operator);
        foreach (var account in file.Accounts.Where(account => account.Id is "northside" or "brightfix"))
        {
            var taken = memberships.Count(one => one.Account == account.Id && one.Seats.Contains("expert-console"));
            Assert.Equal(Assert.Single(account.Seats).Capacity, taken);
        }
    }

    [Fact]
    public void Everyone_in_the_sign_in_table_has_a_password_a_note_and_a_code_where_one_is_asked_for()
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var person in DemoContent.People(DemoContent.Load()))
        {
            Assert.NotEmpty(person.Password);
            Assert.NotEmpty(person.Shows);
            Assert.Equal(person.TotpSecret is null, person.CodeAt(now) is null);
        }
    }

    [Theory]
    [InlineData("portal", "https://localhost:5002", null)]
    [InlineData("expert", "https://localhost:5003", "expert-console")]
    public void The_sample_apps_are_registered_where_they_listen(string clientId, string origin, string? seat)
    {
        var client = DemoContent.Client(DemoContent.Load(), clientId);
        Assert.Equal([origin + "/signin-oidc"], client.RedirectUris.AsEnumerable());
        Assert.Equal([origin + "/signout-callback-oidc"], client.PostLogoutRedirectUris.AsEnumerable());
        Assert.Equal(origin + "/backchannel-logout", client.BackchannelLogoutUri);
        Assert.Equal(seat, client.RequireSeat);
    }
}
