using System.Net;
using System.Text.RegularExpressions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>A sign-in name can be claimed by whoever comes first: what an account gives to a name is accepted only by who reads mail at an address that it named.</summary>
public sealed partial class GuestAddressTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private const string Given = $$""" "password":"{{ScimHub.Password}}" """;

    private string Folder => Path.Combine(hub.Hub.DataDirectory, "mail");

    private string StatusOf(ScimReply member) => hub.Rows("""SELECT "Status" FROM "Memberships" WHERE "Id" = @id""", ("@id", member.Id))[0];

    private string Verified(string userName) => hub.Rows("""SELECT "EmailVerified" FROM "Users" WHERE "UserName" = @name""", ("@name", userName))[0];

    private static string Email(string address) => $$""" "emails":[{"value":"{{address}}","primary":true}] """;

    private async Task<Browser> SignInAsync(string userName)
    {
        var browser = hub.Hub.NewBrowser();
        await browser.GoAsync(hub.Portal.AuthorizeAddress());
        await browser.SubmitAsync(("username", userName), ("current-password", ScimHub.Password));
        Assert.Equal("/sign-in/membership", browser.Page?.Address.AbsolutePath);
        return browser;
    }

    private static string[] Answers(Browser browser) =>
        [.. browser.Page!.Document.QuerySelectorAll("button[name=answer]").Select(button => button.GetAttribute("value")!)];

    /// <summary>The code of the mail that comes to this address after this.</summary>
    private async Task<string> CodeAsync(string address, Func<Task> act)
    {
        string[] Mails() => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, "*.eml").Where(file => File.ReadAllText(file).Contains("To: " + address, StringComparison.Ordinal))] : [];
        var before = Mails();
        await act();
        for (var i = 0; i < 200; i++)
        {
            if (Mails().Except(before).SingleOrDefault() is { } file)
            {
                return SixDigits().Match(File.ReadAllText(file).Replace("=\r\n", "", StringComparison.Ordinal)).Value;
            }

            await Task.Delay(25);
        }

        throw new TimeoutException("No mail came.");
    }

    private static string Other(string code) => code[..5] + (code[5] == '0' ? '1' : '0');

    [Fact]
    public async Task Who_claimed_a_name_first_does_not_become_whom_another_account_meant_by_it()
    {
        const string Ceo = "ceo@northside.example";
        var south = await hub.SouthCaller.AddUserAsync(Ceo, Given + "," + Email("attacker@south.example"));
        var north = await hub.NorthCaller.AddUserAsync(Ceo, Email(Ceo) + $$""","{{Urns.Account}}":{"role":"Administrator"}""");
        using var browser = await SignInAsync(Ceo);
        Assert.Contains("named another e-mail address", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(["decline", "later"], Answers(browser));
        var page = browser.Page.Address.ToString();
        await browser.PostAsync(page, [new("membership", north.Id), new("answer", "accept")]);
        Assert.Equal("Invited", StatusOf(north));
        await browser.PostAsync(page + "&handler=send", [new("membership", north.Id)]);
        await browser.PostAsync(page + "&handler=prove", [new("membership", north.Id), new("code", "000000")]);
        Assert.Equal("Invited", StatusOf(north));

        // Nor after taking the address on: whoever reads its mail has the code.
        (await hub.SouthCaller.PatchAsync("/Users/" + south.Id, $$"""{"op":"replace","path":"emails","value":[{"value":"{{Ceo}}","primary":true}]}""")).Ok();
        await browser.GoAsync(page);
        Assert.Equal(["decline", "later"], Answers(browser));
        await browser.PostAsync(page, [new("membership", north.Id), new("answer", "accept")]);
        await browser.PostAsync(page + "&handler=prove", [new("membership", north.Id), new("code", "")]);
        Assert.Equal(("Invited", "0"), (StatusOf(north), Verified(Ceo)));
    }

    [Fact]
    public async Task The_name_that_the_home_account_gives_afterwards_is_none_that_the_inviting_account_named()
    {
        const string Own = "own@south.example";
        var south = await hub.SouthCaller.AddUserAsync("cfo@northside.example", Given + "," + Email(Own));
        var north = await hub.NorthCaller.AddUserAsync("cfo@northside.example");
        hub.Rows("""UPDATE "Users" SET "EmailVerified" = 1 WHERE "UserName" = 'cfo@northside.example'""");
        (await hub.SouthCaller.PatchAsync("/Users/" + south.Id, $$"""{"op":"replace","path":"userName","value":"{{Own}}"}""")).Ok();
        using var browser = await SignInAsync(Own);
        Assert.Equal(["decline", "later"], Answers(browser));
        await browser.PostAsync(browser.Page!.Address.ToString(), [new("membership", north.Id), new("answer", "accept")]);
        Assert.Equal("Invited", StatusOf(north));

        // The account's own word mends it.
        (await hub.NorthCaller.PatchAsync("/Users/" + north.Id, $$"""{"op":"add","path":"emails","value":[{"value":"OWN@south.example"}]}""")).Ok();
        using var again = await SignInAsync(Own);
        await again.PressAsync("answer", "accept");
        Assert.Equal("Active", StatusOf(north));
    }

    [Theory, InlineData("both@south.example", true), InlineData("bare@south.example", false)]
    public async Task A_code_that_goes_to_the_named_address_verifies_it_and_accepts(string userName, bool withEmail)
    {
        await hub.SouthCaller.AddUserAsync(userName, Given + (withEmail ? "," + Email(userName) : ""));
        var north = await hub.NorthCaller.AddUserAsync(userName);
        using var browser = await SignInAsync(userName);
        Assert.Equal(["decline", "later"], Answers(browser));
        Assert.DoesNotContain($"mail of {userName}", browser.Page!.Text, StringComparison.Ordinal);
        Assert.False(browser.Page.Asks("one-time-code"));

        var code = await CodeAsync(userName, () => browser.PressAsync("Send me a code"));
        await browser.SubmitAsync(("one-time-code", Other(code)));
        Assert.Contains("not right", browser.Page.Alert, StringComparison.Ordinal);
        Assert.Equal("Invited", StatusOf(north));

        // In another sign-in it is none.
        using var other = await SignInAsync(userName);
        await other.PostAsync(other.Page!.Address + "&handler=prove", [new("membership", north.Id), new("code", code)]);
        Assert.Equal("Invited", StatusOf(north));

        await browser.SubmitAsync(("one-time-code", code));
        Assert.Contains("account", browser.Page?.Address.AbsolutePath ?? "", StringComparison.Ordinal);
        Assert.Equal(("Active", withEmail ? "1" : "0"), (StatusOf(north), Verified(userName)));
        Assert.Equal(withEmail ? 1 : 0, hub.Count("Audit", $"\"Action\" = 'user.email-verified' AND \"SubjectUserId\" = (SELECT \"Id\" FROM \"Users\" WHERE \"UserName\" = '{userName}')"));
    }

    [Fact]
    public async Task Five_wrong_codes_use_a_code_up_and_codes_are_not_sent_without_end()
    {
        const string Name = "guesser@south.example";
        await hub.SouthCaller.AddUserAsync(Name, Given + "," + Email(Name));
        var north = await hub.NorthCaller.AddUserAsync(Name);
        using var browser = await SignInAsync(Name);
        var code = await CodeAsync(Name, () => browser.PressAsync("Send me a code"));
        for (var i = 0; i < 5; i++)
        {
            await browser.SubmitAsync(("one-time-code", Other(code)));
        }

        await browser.SubmitAsync(("one-time-code", code));
        Assert.Equal("Invited", StatusOf(north));
        for (var i = 0; i < 5; i++)
        {
            await browser.PressAsync("Send a new code");
        }

        Assert.Contains("Too many codes", browser.Page!.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_none_any_more_once_the_address_is_another()
    {
        const string Name = "mover@south.example";
        var south = await hub.SouthCaller.AddUserAsync(Name, Given + "," + Email(Name));
        var north = await hub.NorthCaller.AddUserAsync(Name, Email("later@south.example"));
        using var browser = await SignInAsync(Name);
        var code = await CodeAsync(Name, () => browser.PressAsync("Send me a code"));
        (await hub.SouthCaller.PatchAsync("/Users/" + south.Id, """{"op":"replace","path":"emails","value":[{"value":"later@south.example","primary":true}]}""")).Ok();
        await browser.SubmitAsync(("one-time-code", code));
        Assert.Equal(("Invited", "0"), (StatusOf(north), Verified(Name)));
    }

    [GeneratedRegex(@"(?<= is )\d{6}(?=\.)")]
    private static partial Regex SixDigits();
}
