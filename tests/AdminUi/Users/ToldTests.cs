using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>Per app, when it was told of a deactivation or a deletion: to the administrator who did it, and of nobody else's.</summary>
public sealed class ToldTests : IAsyncLifetime
{
    private ConsoleHub console = null!;

    public async Task InitializeAsync()
    {
        console = await ConsoleHub.StartAsync();
        await console.Hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "portal")!;
            client.BackchannelLogoutUri = "http://127.0.0.1:9/logout";
            return Clients.PutAsync(transaction, client);
        });
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    private async Task<string> SignedInMemberAsync()
    {
        using var browser = console.Hub.NewBrowser();
        await SampleDirectory.Portal(console.Hub).SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password);
        return await console.MemberIdAsync(SampleDirectory.Sam, "northside");
    }

    [Fact]
    public async Task The_page_of_somebody_who_was_deactivated_says_which_app_was_told()
    {
        var member = await SignedInMemberAsync();
        var boss = await console.SignInAsync(SampleDirectory.Pat);
        await boss.GoAsync($"/admin/accounts/northside/users/{member}");
        Assert.Null(boss.Page!.Document.GetElementById("deliveries"));
        await boss.SendAsync("form[action='?handler=Deactivate']");
        var told = boss.Page!.Document.GetElementById("deliveries")!;
        Assert.Equal("true", told.GetAttribute("data-moving"));
        Assert.NotNull(told.QuerySelector($"a[href$='/users/{member}']"));
        Assert.Matches("(is being told now|could not be reached so far)", told.TextContent);
        Assert.NotNull(boss.Page.Document.QuerySelector("script[src*='/deliveries.js']"));
    }

    [Fact]
    public async Task What_was_told_of_somebody_deleted_is_followed_for_an_hour_without_their_name()
    {
        var member = await SignedInMemberAsync();
        var user = (await console.Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, CanonicalName.Of(SampleDirectory.Sam)!)))!;
        var (word, other) = await console.Hub.WriteAsync(async transaction =>
        {
            Assert.Equal(UserLifecycle.StatusResult.Changed, await UserLifecycle.DeleteAsync(transaction, member));
            return (Deliveries.Follow(transaction, "northside", user.Id), Deliveries.Follow(transaction, "brightfix", user.Id));
        });
        var boss = await console.SignInAsync(SampleDirectory.Pat);
        await boss.GoAsync($"/admin/accounts/northside/users/told?of={word}");
        Assert.Contains("portal", boss.Page!.Document.GetElementById("deliveries")!.TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(SampleDirectory.Sam, boss.Page.Text, StringComparison.OrdinalIgnoreCase);
        foreach (var wrong in (string[])[other, "", "nonsense", word + "A", new string('x', 2000)])
        {
            await boss.GoAsync($"/admin/accounts/northside/users/told?of={wrong}");
            Assert.Null(boss.Page!.Document.GetElementById("deliveries"));
        }

        console.Hub.Time.Advance(Deliveries.Followed);
        Assert.Null(await console.Hub.ReadAsync(reader => Deliveries.FollowedAsync(reader, "northside", word)));
    }
}
