using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.SignIn;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Who signs in where they had not before is told.</summary>
public sealed class NewDeviceTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Password = "a long enough password 1";
    private const string Subject = "You signed in on a new device";
    private static readonly string Hash = new PasswordHashing().Hash(Password);

    private readonly RunningHub hub = fixture.Hub;

    private Task<string> AddAsync() => hub.WriteAsync(async transaction =>
    {
        var name = $"nina-{RandomId.New()[..12]}@northside.example";
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Nina", "New", name, false, false));
        await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, MembershipStatus.Active));
        await Passwords.SetAsync(transaction, created.User.Id, Hash);
        return name;
    });

    private Task<Dictionary<string, string>> SignInAsync(Browser browser, string user) =>
        SampleDirectory.Portal(hub).SignInAsync(browser, user, Password, changes: [("prompt", "login")]);

    private async Task<string[]> ToldAsync(string user) => [.. (await Pickup.MailsAsync(hub, user)).Where(mail => Pickup.Subject(mail) == Subject)];

    [Fact]
    public async Task The_first_sign_in_is_none_on_a_new_device_and_the_same_browser_is_known()
    {
        var user = await AddAsync();
        using var browser = hub.NewBrowser();
        await SignInAsync(browser, user);
        await SignInAsync(browser, user);
        Assert.Empty(await ToldAsync(user));

        using var other = hub.NewBrowser();
        other.Client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0");
        await SignInAsync(other, user);
        await SignInAsync(other, user);
        var mail = Assert.Single(await ToldAsync(user));
        Assert.Contains("Browser: Firefox on Windows. Time: 2 January 2030, 03:", mail, StringComparison.Ordinal);
        Assert.Contains("until an administrator of Northside School District lets you in again", mail, StringComparison.Ordinal);
        Assert.Contains("/freeze?token=", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_not_told_and_many_sign_ins_are_told_five_times()
    {
        var user = await AddAsync();
        using var first = hub.NewBrowser();
        await SignInAsync(first, user);
        using var wrong = hub.NewBrowser();
        await wrong.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await wrong.SubmitAsync(("username", user), ("current-password", "not the password at all"));
        Assert.Empty(await ToldAsync(user));
        for (var i = 0; i < 7; i++)
        {
            using var browser = hub.NewBrowser();
            await SignInAsync(browser, user);
        }

        Assert.Equal(5, (await ToldAsync(user)).Length);
    }
}
