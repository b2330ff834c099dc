using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>The pages about an account's users as an administrator has them: by mouse, by keyboard alone, without script.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class UsersPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Users = "/admin/accounts/northside/users";
    private RunningHub hub = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        string[] names = ["Ada Ångström", "Bruno Okafor", "Chiara Rossi", "Đặng Minh", "Élodie Petit", "Farid Haddad", "Grace Kim", "Hana Sato", "Ивана Петрова", "<b>Jo</b> O'Neil"];
        await hub.WriteAsync(async transaction =>
        {
            for (var i = 0; i < 60; i++)
            {
                var parts = names[i % names.Length].Split(' ');
                var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(
                    transaction, new($"user{i:D2}@northside.example", parts[0], parts[1] + (i < names.Length ? "" : $" {i}"), $"user{i:D2}@northside.example", true, false));
                await Memberships.AddAsync(transaction, new(
                    created.User.Id, "northside", i % 9 == 0 ? Role.Administrator : Role.User, i % 3 == 0 ? PermissionLevel.Support : null, i % 7 == 0 ? MembershipStatus.Inactive : MembershipStatus.Active));
            }

            return true;
        });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task<Visitor> SignInAsync(bool script = true)
    {
        var visitor = await chromium.NewVisitorAsync(script);
        await visitor.GoAsync(hub.Issuer + Users);
        await visitor.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("Users");
        return visitor;
    }

    [Fact]
    public async Task Users_are_found_while_one_types_and_the_address_keeps_the_view()
    {
        await using var visitor = await SignInAsync();
        var page = visitor.Page;
        await Gallery.HangAsync(visitor, "console-users");
        await page.Locator("#q").PressSequentiallyAsync("angstrom");
        await Assertions.Expect(page.Locator("table.users tbody tr")).ToHaveCountAsync(6);
        Assert.EndsWith("?q=angstrom", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("#export")).ToHaveAttributeAsync("href", Users + ".csv?q=angstrom");
        await page.Locator("#status").SelectOptionAsync("inactive");
        await Assertions.Expect(page.Locator("table.users tbody tr")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("table.users tbody tr")).ToHaveCountAsync(1);
        await page.Locator("#q").FillAsync("nobody at all");
        await Assertions.Expect(page.Locator("#count")).ToContainTextAsync("Nobody matches");
        await Gallery.HangAsync(visitor, "console-users-none");

        await visitor.FollowAsync("Show everyone");
        await page.Locator("#all-here").CheckAsync();
        await Assertions.Expect(page.Locator("#selected")).ToHaveTextAsync("50 selected");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task The_whole_table_stands_on_a_screen_of_1280_pixels_and_no_name_is_torn()
    {
        await using var visitor = await SignInAsync();
        Assert.True(await visitor.Page.Locator("div.table").First.EvaluateAsync<bool>("box => box.scrollWidth <= box.clientWidth"));
        Assert.True(await visitor.Page.Locator("table.users tbody th bdi").EvaluateAllAsync<bool>(
            """
            names => names.every(name => {
              const text = name.firstChild, range = document.createRange();
              return [...text.data.matchAll(/\S+/g)].every(word => {
                range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
                return new Set([...range.getClientRects()].map(box => box.top)).size === 1;
              });
            })
            """));
    }

    [Fact]
    public async Task A_user_is_found_opened_and_changed_by_keyboard_alone()
    {
        await using var visitor = await SignInAsync();
        var page = visitor.Page;
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.Locator("#q")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("chiara");
        await Assertions.Expect(page.Locator("table.users tbody tr")).ToHaveCountAsync(6);
        await page.Locator("#main").FocusAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator(".row-link").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await visitor.SeesHeadingAsync("Chiara Rossi");
        await Gallery.HangAsync(visitor, "console-user");
        await page.Locator("#Family").FocusAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("Bianchi");
        await page.Keyboard.PressAsync("Enter");
        await visitor.SeesHeadingAsync("Chiara Bianchi");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Changed: name from Chiara Rossi to Chiara Bianchi.");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Every_page_about_a_user_stands_for_every_eye()
    {
        await using var visitor = await SignInAsync();
        var page = visitor.Page;
        await visitor.FollowAsync("Add a user");
        await page.Locator("details.explain summary").ClickAsync();
        await Gallery.HangAsync(visitor, "console-user-new");
        await page.Locator("#Email").FillAsync("not@@right");
        await page.Locator("#CodeAddress").EvaluateAsync("field => { field.form.noValidate = true; field.value = 'neither'; }");
        await visitor.PressAsync("Add this user");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nobody was added.");
        await Gallery.HangAsync(visitor, "console-user-new-wrong");

        await visitor.GoAsync(hub.Issuer + Users + "?q=grace+kim");
        await page.Locator(".row-link").First.ClickAsync();
        await visitor.SeesHeadingAsync("Grace Kim");
        await using (var other = await SignInAsync())
        {
            await other.GoAsync(page.Url);
            await other.Page.Locator("#Level").SelectOptionAsync("ACATR");
            await other.PressAsync("Save");
            await Assertions.Expect(other.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Changed: permission level");
        }

        await page.Locator("#Family").FillAsync("Lee");
        await visitor.PressAsync("Save");
        await Assertions.Expect(page.Locator("#Level-now")).ToHaveTextAsync("Now: ACATR");
        await Gallery.HangAsync(visitor, "console-user-stale");

        await page.Locator("#main a:has-text('Set a first password')").ClickAsync();
        await Gallery.HangAsync(visitor, "console-user-password");
        await visitor.FollowAsync("Grace Kim");
        await visitor.FollowAsync("Delete…");
        await Gallery.HangAsync(visitor, "console-user-delete");
        visitor.HasNoComplaints();
    }

    [Fact]
    public async Task Without_script_a_user_is_added_found_changed_deactivated_and_deleted()
    {
        await using var visitor = await SignInAsync(script: false);
        var page = visitor.Page;
        await visitor.FollowAsync("Add a user");
        await page.Locator("#Given").FillAsync("Zoe");
        await page.Locator("#Family").FillAsync("Script");
        await page.Locator("#Email").FillAsync("zoe@northside.example");
        await page.Locator("#Level").SelectOptionAsync("INVOICES");
        await visitor.PressAsync("Add this user");
        await visitor.SeesHeadingAsync("Zoe Script");

        await page.Locator("#main .crumbs a").ClickAsync();
        await page.Locator("#q").FillAsync("zoe");
        await page.Locator("#find button").ClickAsync();
        Assert.EndsWith("?q=zoe", page.Url, StringComparison.Ordinal);
        await page.Locator(".row-link").ClickAsync();
        await page.Locator("#Role").SelectOptionAsync("Administrator");
        await visitor.PressAsync("Save");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("role from User to Administrator");
        await visitor.PressAsync("Deactivate");
        await visitor.PressAsync("Reactivate");
        await visitor.FollowAsync("Delete…");
        await page.Locator("#name").FillAsync("Zoe Script");
        await visitor.PressAsync("Delete for good");
        await visitor.SeesHeadingAsync("Users");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Zoe Script was deleted");
        visitor.HasNoComplaints();
    }
}
