using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>Deleting: what it erases is said, the name is typed, the sign-in is fresh.</summary>
public sealed class DeleteTests(UsersHub users) : IClassFixture<UsersHub>
{
    private static string PageOf(string id) => $"{UsersHub.Users}/{id}/delete";

    [Theory]
    [InlineData("Del Eted"), InlineData(" del  eted "), InlineData("DELETED@x.example")]
    public async Task Whoever_types_the_name_deletes_for_good(string typed)
    {
        var id = await users.AddAsync("deleted@x.example", "Del", "Eted", seats: "desk");
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(id));
        Assert.Contains("This cannot be undone", boss.Page!.Text, StringComparison.Ordinal);
        Assert.Contains("their seat is free", boss.Page.Text, StringComparison.Ordinal);
        foreach (var wrong in (string[])["", "Del", "Somebody Else", "\u200B"])
        {
            await boss.SendAsync("main form", ("name", wrong));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
            Assert.Equal("This is not the name. Nobody was deleted.", boss.Page.Document.GetElementById("name-wrong")!.TextContent);
            Assert.NotNull(await users.FindAsync(id));
        }

        await boss.SendAsync("main form", ("name", typed));
        Assert.Equal(UsersHub.Users, boss.Page!.Address.AbsolutePath);
        Assert.Contains("Del Eted was deleted, with everything that was kept about them.", boss.Page.Text, StringComparison.Ordinal);
        Assert.Null(await users.FindAsync(id));
    }

    [Fact]
    public async Task A_guest_loses_only_their_place_here()
    {
        var home = await users.AddAsync("leaving@x.example", "Lea", "Ving", "south");
        var id = await users.AddAsync("leaving@x.example");
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(id));
        Assert.Contains("Their sign-in belongs to another account and stays.", boss.Page!.Text, StringComparison.Ordinal);
        await boss.SendAsync("main form", ("name", "leaving@x.example"));
        Assert.Null(await users.FindAsync(id));
        Assert.NotNull(await users.FindAsync(home, "south"));
    }

    [Fact]
    public async Task Who_signed_in_a_while_ago_signs_in_again_first()
    {
        var id = await users.AddAsync("stale@x.example", "Sta", "Le");
        var boss = await users.Console.SignInAsync(UsersHub.Boss);
        users.Hub.Time.Advance(TimeSpan.FromMinutes(6));
        await boss.GoAsync(PageOf(id));
        Assert.True(boss.Page!.Asks("current-password"));
        await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
        Assert.Equal(PageOf(id), boss.Page!.Address.AbsolutePath);
        users.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await boss.SendAsync("main form", ("name", "Sta Le"));
        Assert.True(boss.Page!.Asks("current-password"));
        Assert.NotNull(await users.FindAsync(id));
        await users.Console.FinishSignInAsync(boss, UsersHub.Boss);
        Assert.Equal(PageOf(id), boss.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task Nobody_deletes_the_PRIMARY_themself_or_without_proof_of_origin()
    {
        var (prime, own) = (await users.Console.MemberIdAsync(UsersHub.Prime, "north"), await users.Console.MemberIdAsync(UsersHub.Second, "north"));
        var victim = await users.AddAsync("victim@x.example", "Vic", "Tim");
        var second = await users.Console.SignInAsync(UsersHub.Second, PageOf(victim));
        var token = second.Page!.Document.QuerySelector("main form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await second.PostAsync(PageOf(victim), [new("name", "Vic Tim")]);
        Assert.Contains("Nothing was changed", second.Page!.Alert, StringComparison.Ordinal);
        foreach (var (id, name) in ((string, string)[])[(prime, "Primo Prime"), (own, "Sandy Second")])
        {
            await second.GoAsync(PageOf(id));
            Assert.Empty(second.Page!.Document.QuerySelectorAll("main form"));
            await second.PostAsync(PageOf(id), [new("__RequestVerificationToken", token), new("name", name)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, second.Page!.Status);
            Assert.NotNull(await users.FindAsync(id));
        }

        Assert.NotNull(await users.FindAsync(victim));
    }
}
