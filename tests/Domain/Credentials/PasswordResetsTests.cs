using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

/// <summary>How many links are sent to a user, and that those who ask for them without being known stand in nobody's way.</summary>
public sealed class PasswordResetsTests : HubTests
{
    private TestMember pat = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home");
        pat = await Hub.AddMemberAsync("pat", "home");
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, pat.UserId, "hash"));
    }

    private Task<PasswordResets.StartResult> AskAsync(bool byAdministrator = false) =>
        Hub.WriteAsync(transaction => PasswordResets.StartAsync(transaction, pat.UserId, "https://hub.example", byAdministrator));

    /// <summary>The token of the link sent last.</summary>
    private async Task<string> TokenAsync() => (await Hub.MailsAsync())[^1].Text.Split("token=")[1][..43];

    private async Task<bool> IsGoodAsync(string token) => await Hub.ReadAsync(reader => PasswordResets.FindAsync(reader, token)) is PasswordResets.Standing.Open;

    [Fact]
    public async Task However_often_anybody_asks_an_administrator_can_send_one()
    {
        for (var i = 0; i < 10; i++)
        {
            await AskAsync();
        }

        Assert.IsType<PasswordResets.StartResult.TooSoon>(await AskAsync());
        Assert.IsType<PasswordResets.StartResult.Sent>(await AskAsync(byAdministrator: true));
        Assert.True(await IsGoodAsync(await TokenAsync()));
    }

    [Fact]
    public async Task Asked_for_too_often_the_link_that_an_administrator_sent_stays_good()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<PasswordResets.StartResult.Sent>(await AskAsync());
        }

        await AskAsync(byAdministrator: true);
        var sent = await TokenAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<PasswordResets.StartResult.TooSoon>(await AskAsync());
        }

        Assert.True(await IsGoodAsync(sent));
    }

    [Fact]
    public async Task Administrators_have_a_limit_too_that_takes_nothing_from_the_user()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<PasswordResets.StartResult.Sent>(await AskAsync(byAdministrator: true));
        }

        Assert.IsType<PasswordResets.StartResult.TooSoon>(await AskAsync(byAdministrator: true));
        Assert.IsType<PasswordResets.StartResult.Sent>(await AskAsync());
        Hub.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<PasswordResets.StartResult.Sent>(await AskAsync(byAdministrator: true));
        Assert.IsType<PasswordResets.StartResult.TooSoon>(await AskAsync(byAdministrator: true));
    }
}
