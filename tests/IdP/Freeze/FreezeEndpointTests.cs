using System.Net;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Freeze;

/// <summary>"This wasn't me", from the mail to the button.</summary>
public sealed class FreezeEndpointTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    public async Task The_link_shows_what_will_happen_and_the_button_does_it_once()
    {
        var (userName, link) = await LinkAsync();
        using var browser = hub.NewBrowser();
        for (var i = 0; i < 3; i++)
        {
            await browser.GoAsync(link);
            Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
            Assert.Contains(userName, browser.Page.Text, StringComparison.Ordinal);
        }

        Assert.False(await IsFrozenAsync(userName));
        await browser.PressAsync("Freeze my sign-in");
        Assert.Contains("Your sign-in is frozen", browser.Page!.Text, StringComparison.Ordinal);
        Assert.True(await IsFrozenAsync(userName));
        Assert.Contains("Your sign-in is frozen", (await Pickup.MailsAsync(hub, userName)).Select(Pickup.Subject));

        await browser.GoAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        Assert.DoesNotContain(userName, browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(("token", link.Split("token=")[1]))).StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_none_or_comes_from_elsewhere_or_twice_freezes_nobody()
    {
        var (userName, link) = await LinkAsync();
        var token = link.Split("token=")[1];
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(("token", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(("token", token), ("token", token))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(("token", new string('x', 5000)))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(("token", token[..^1]))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/freeze")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/freeze?token={token}&token={token}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/reset/password?token=" + token)).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, hub.Issuer + "/freeze") { Content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var client = hub.NewClient();
        using var answer = await client.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(await IsFrozenAsync(userName));
    }

    [Fact]
    public async Task Of_parallel_uses_one_wins()
    {
        var (userName, link) = await LinkAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PostAsync(("token", link.Split("token=")[1]))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.True(await IsFrozenAsync(userName));
    }

    [Fact]
    public async Task The_address_in_the_mail_is_the_issuers_whatever_host_was_named()
    {
        var (_, link) = await LinkAsync();
        Assert.StartsWith(hub.Issuer + "/freeze?token=", link, StringComparison.Ordinal);
    }

    private async Task<bool> IsFrozenAsync(string userName) => (await hub.ReadAsync(reader => Users.FindByNameAsync(reader, userName)))!.FrozenAt is not null;

    private async Task<(string UserName, string Link)> LinkAsync()
    {
        var name = $"fred-{RandomId.New()[..12]}@northside.example";
        var userId = await hub.WriteAsync(async transaction =>
        {
            var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Fred", "Frozen", name, true, false));
            await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, MembershipStatus.Active));
            await Passwords.SetAsync(transaction, created.User.Id, "first");
            return created.User.Id;
        });
        await hub.Services.GetRequiredService<IHubStore>().WriteAsync(new Actor.Person(userId), async transaction =>
        {
            await Passwords.SetAsync(transaction, userId, "second");
            return true;
        });
        return (name, Pickup.Link((await Pickup.MailsAsync(hub, name)).Last(mail => Pickup.Subject(mail) == "Your password was changed")));
    }

    private async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] fields)
    {
        using var client = hub.NewClient();
        return await client.PostAsync("/freeze", new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));
    }

    private async Task<HttpResponseMessage> GetAsync(string address)
    {
        using var client = hub.NewClient();
        return await client.GetAsync(address);
    }
}
