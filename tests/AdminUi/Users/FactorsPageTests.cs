using System.Net;
using System.Text.RegularExpressions;
using IdentityHub.AdminUi.Tests.Security;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>A user's second factors and sessions in the administrators' pages: seen, reset, let in again.</summary>
public sealed partial class FactorsPageTests(UsersHub users) : IClassFixture<UsersHub>
{
    private const string Strong = "pwd swk user mfa";
    private static int added;

    [Fact]
    public async Task A_reset_shows_a_code_once_and_another_can_be_made()
    {
        var (member, user) = await AddAsync();
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(member));
        Assert.Contains("Authenticator app", boss.Page!.Text, StringComparison.Ordinal);
        await boss.SendAsync("form[action*='handler=Reset']", ("reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, boss.Page!.Status);
        Assert.True((await FactorsAsync(user)).Totp);

        await boss.SendAsync("form[action*='handler=Reset']", ("reason", "Lost the <b>phone</b>"));
        var code = CodeForm().Match(boss.Page!.Text).Value;
        Assert.Matches(CodeForm(), code);
        Assert.Equal(EnrolledFactors.None with { MustEnrol = true }, await FactorsAsync(user));
        await boss.GoAsync(PageOf(member));
        Assert.DoesNotMatch(CodeForm(), boss.Page!.Text);
        await boss.PressAsync("Make a code to hand over");
        Assert.NotEqual(code, CodeForm().Match(boss.Page!.Text).Value);

        await boss.GoAsync($"/admin/accounts/north/audit");
        Assert.Contains("Why: Lost the <b>phone</b>", boss.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_administrator_it_takes_a_passkey_and_the_page_says_what_to_do()
    {
        var (member, user) = await AddAsync(Role.Administrator);
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(member));
        Assert.Contains("you have none. Add one", boss.Page!.Text, StringComparison.Ordinal);
        Assert.Null(boss.Page.Document.QuerySelector("form[action*='handler=Reset']"));
        await SendAsync(boss, member, "Reset", ("reason", "Lost"));
        Assert.Contains("Nothing was changed. For this you sign in with a passkey", boss.Page!.Text, StringComparison.Ordinal);
        Assert.True((await FactorsAsync(user)).Totp);

        var second = await StrongAsync();
        await second.GoAsync(PageOf(member));
        await second.SendAsync("form[action*='handler=Reset']", ("reason", "Lost the phone"));
        Assert.Matches(CodeForm(), second.Page!.Text);
        Assert.NotNull((await users.StateAsync(member)).RecoveryHoldUntil);
    }

    [Fact]
    public async Task Of_the_PRIMARY_another_administrator_agrees()
    {
        var prime = await users.Console.MemberIdAsync(UsersHub.Prime, "north");
        var user = (await users.StateAsync(prime)).UserId;
        await users.Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, user, Base32.Decode(SampleDirectory.TotpSecret)!));
        var first = await StrongAsync();
        await first.GoAsync(PageOf(prime));
        Assert.Contains("This is the Primary User. Another administrator, or the operator, has to agree", first.Page!.Text, StringComparison.Ordinal);
        await first.SendAsync("form[action*='handler=Reset']", ("reason", "Called from a new number"));
        Assert.Contains("It waits for another administrator", first.Page!.Text, StringComparison.Ordinal);
        Assert.NotNull(first.Page.Document.QuerySelector("form[action*='handler=Withdraw']"));
        Assert.Null(first.Page.Document.QuerySelector("form[action*='handler=Approve']"));
        var waiting = Assert.Single(await users.Hub.ReadAsync(reader => FactorResets.WaitingInAsync(reader, "north")));
        await SendAsync(first, prime, "Approve", ("request", waiting.Id));
        Assert.Contains("You asked for this yourself.", first.Page!.Text, StringComparison.Ordinal);

        // The Primary User, who is signed in, sees and refuses it.
        var own = await users.Console.SignInAsync(UsersHub.Prime, "/me/security");
        Assert.Contains("Called from a new number", own.Page!.Text, StringComparison.Ordinal);
        await own.PressAsync("Refuse it");
        Assert.Contains("Refused.", own.Page!.Text, StringComparison.Ordinal);
        await first.GoAsync(PageOf(prime));
        await first.SendAsync("form[action*='handler=Reset']", ("reason", "Called again"));

        var (other, _) = await AddAsync(Role.Administrator);
        var weak = await users.Console.SignInAsync(UsersHub.Boss, PageOf(prime));
        await weak.PressAsync("Agree, and reset them");
        Assert.Contains("For this you sign in with a passkey", weak.Page!.Text, StringComparison.Ordinal);
        Assert.True((await FactorsAsync(user)).Totp);

        var second = await StrongAsync();
        await second.GoAsync(PageOf(other));
        await SendAsync(second, other, "Approve", ("request", (await users.Hub.ReadAsync(reader => FactorResets.WaitingInAsync(reader, "north")))[0].Id));
        Assert.Contains("over already, or was never made", second.Page!.Text, StringComparison.Ordinal);
        await second.GoAsync(PageOf(prime));
        await second.PressAsync("Agree, and reset them");
        Assert.Matches(CodeForm(), second.Page!.Text);
        Assert.True((await FactorsAsync(user)).MustEnrol);
    }

    [Fact]
    public async Task Who_was_reset_holds_no_administrators_right_for_an_hour_unless_they_set_up_a_passkey()
    {
        var browser = await StrongAsync(out var name);
        await browser.GoAsync(UsersHub.Users);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Hold(name, users.Hub.Time.GetUtcNow() + RecoveryHold.Length);
        await users.Hub.DoAsync(transaction => RemovePasskeysAsync(transaction, name));
        await browser.GoAsync(UsersHub.Users);
        Assert.Equal(HttpStatusCode.Forbidden, browser.Page!.Status);
        Assert.Contains("you hold no administrator’s right until", browser.Page.Text, StringComparison.Ordinal);
        await browser.GoAsync("/me/security");
        Assert.Contains("Set up a passkey, and you hold it again at once", browser.Page!.Text, StringComparison.Ordinal);
        await users.Console.AddPasskeyAsync(name);
        await browser.GoAsync(UsersHub.Users);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
    }

    [Fact]
    public async Task Who_is_frozen_out_is_let_in_by_an_administrator_with_a_link()
    {
        var (member, user) = await AddAsync();
        await users.Hub.DoAsync(transaction => Passwords.SetAsync(transaction, user, "a hash"));
        await users.Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, user));
        var boss = await users.Console.SignInAsync(UsersHub.Boss, $"{UsersHub.Users}/{member}");
        Assert.Contains("Nobody can sign in as this user", boss.Page!.Text, StringComparison.Ordinal);
        await boss.GoAsync(PageOf(member));
        await boss.PressAsync("Let them sign in again");
        Assert.Contains("A code for", boss.Page!.Text, StringComparison.Ordinal);
        Assert.Null((await users.StateAsync(member)).FrozenAt);
        await SendAsync(boss, member, "Thaw");
        Assert.Contains("not frozen any more", boss.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_frozen_out_and_had_a_factor_is_let_in_with_a_code_that_is_shown_once()
    {
        var (member, user) = await AddAsync();
        await users.Hub.DoAsync(transaction => Passwords.SetAsync(transaction, user, "a hash"));
        await users.Hub.DoAsync(transaction => SecondFactors.PutTotpAsync(transaction, user, new byte[20]));
        await users.Hub.WriteAsync(transaction => UserLifecycle.FreezeAsync(transaction, user));
        var boss = await users.Console.SignInAsync(UsersHub.Boss, PageOf(member));
        Assert.Contains("you get a code to hand over", boss.Page!.Text, StringComparison.Ordinal);
        await boss.PressAsync("Let them sign in again");
        var code = boss.Page!.Document.QuerySelector("#code")!.TextContent;
        Assert.True(await users.Hub.WriteAsync(transaction => TemporaryCodes.TryUseAsync(transaction, user, code)));
        await boss.GoAsync(PageOf(member));
        Assert.Null(boss.Page!.Document.QuerySelector("#code"));
        Assert.Contains("Reset, none set up yet", boss.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_seen_with_presence_and_ended_one_by_one_or_all()
    {
        var (member, user) = await AddAsync();
        await users.Hub.DoAsync(async transaction =>
        {
            var epoch = (await Domain.Users.Users.FindAsync(transaction, user))!.Epoch;
            for (var i = 0; i < 3; i++)
            {
                await Domain.Sessions.Sessions.StartAsync(transaction, user, epoch, transaction.Now, "pwd mca", new("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "192.0.2.7"));
            }
        });
        var boss = await users.Console.SignInAsync(UsersHub.Boss, $"{UsersHub.Users}/{member}/sessions");
        Assert.Equal(3, boss.Page!.Document.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("Active now", boss.Page.Text, StringComparison.Ordinal);
        Assert.Contains("password and code by e-mail", boss.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.7", boss.Page.Text, StringComparison.Ordinal);
        await boss.SendAsync("tbody form");
        Assert.Contains("That session is over", boss.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(2, boss.Page.Document.QuerySelectorAll("tbody tr").Length);
        await boss.SendAsync("tbody form", ("session", "of nobody"));
        Assert.Contains("over already", boss.Page!.Text, StringComparison.Ordinal);
        users.Hub.Time.Advance(TimeSpan.FromMinutes(1));
        await boss.GoAsync($"{UsersHub.Users}/{member}/sessions");
        Assert.DoesNotContain("Active now", boss.Page!.Text, StringComparison.Ordinal);
        await boss.PressAsync("Sign out everywhere");
        Assert.Contains("Signed out everywhere", boss.Page!.Text, StringComparison.Ordinal);
    }

    private static string PageOf(string member) => $"{UsersHub.Users}/{member}/factors";

    private static async Task RemovePasskeysAsync(Domain.Persistence.HubTransaction transaction, string name)
    {
        var user = (await Domain.Users.Users.FindByNameAsync(transaction, name))!.Id;
        foreach (var passkey in await Passkeys.ListOfAsync(transaction, user))
        {
            await OwnFactors.RemoveAsync(transaction, user, FactorKind.Passkey, passkey.Id, "", endOthers: false);
        }
    }

    /// <summary>A form as somebody makes it who is not shown it.</summary>
    private static Task<Browser> SendAsync(Browser browser, string member, string handler, params (string Name, string Value)[] fields)
    {
        var proof = browser.Page!.Document.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        return browser.PostAsync($"{PageOf(member)}?handler={handler}", [KeyValuePair.Create("__RequestVerificationToken", proof), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }

    private void Hold(string userName, DateTimeOffset until)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(users.Hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """UPDATE "Users" SET "RecoveryHoldUntil" = @until WHERE "UserNameKey" = @name""";
        command.Parameters.AddWithValue("@until", until.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("@name", userName);
        command.ExecuteNonQuery();
    }

    private async Task<(string Member, string User)> AddAsync(Role role = Role.User)
    {
        var member = await users.AddAsync($"factor{Interlocked.Increment(ref added)}@north.example", "Fac", "Tor", role: role);
        var user = (await users.StateAsync(member)).UserId;
        await users.Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, user, new byte[20]));
        return (member, user);
    }

    private Task<Browser> StrongAsync() => StrongAsync(out _);

    /// <summary>Another administrator, signed in with a passkey.</summary>
    private Task<Browser> StrongAsync(out string userName)
    {
        var name = $"strong{Interlocked.Increment(ref added)}@north.example";
        userName = name;
        return SignInAsync();

        async Task<Browser> SignInAsync()
        {
            var member = await users.AddAsync(name, "Str", "Ong", role: Role.Administrator);
            var user = (await users.StateAsync(member)).UserId;
            await users.Hub.DoAsync(transaction => Passwords.SetAsync(transaction, user, Hash));
            var browser = await users.Console.SignInAsync(name);
            await users.Console.AddPasskeyAsync(name);
            users.Console.SignedInWith(name, Strong);
            return browser;
        }
    }

    private static readonly string Hash = new PasswordHashing().Hash(SampleDirectory.Password);

    private async Task<EnrolledFactors> FactorsAsync(string user) => await users.Hub.ReadAsync(reader => SecondFactors.OfAsync(reader, user));

    [GeneratedRegex("[A-Z2-7]{5}-[A-Z2-7]{5}")]
    private static partial Regex CodeForm();
}
