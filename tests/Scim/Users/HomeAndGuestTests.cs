using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>Whose a person is: unique names in the hub, guests, what the home account alone may change, operators, passwords and invitations.</summary>
public sealed class HomeAndGuestTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private IReadOnlyList<string> UserRow(string userName) => hub.Rows("""SELECT * FROM "Users" WHERE lower("UserName") = lower(@name)""", ("@name", userName));

    [Theory]
    [InlineData("once@north.example", "once@north.example"), InlineData("twice@north.example", "TWICE@North.Example"), InlineData("thrice@north.example", " thrice@north.example ")]
    [InlineData("ﬁfth@north.example", "fifth@north.example")]
    public async Task A_userName_is_unique_without_case(string first, string second)
    {
        var made = await Hr.AddUserAsync(first);
        var other = await Hr.AddUserAsync("other-" + made.Id);
        var before = hub.Everything();

        var reply = (await Hr.PostAsync("/Users", ScimCaller.User(second))).Is(HttpStatusCode.Conflict, "uniqueness");
        Assert.Contains("userName", reply.Detail, StringComparison.Ordinal);
        (await Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"replace","path":"userName","value":"{{second}}"}""")).Is(HttpStatusCode.Conflict, "uniqueness");
        (await Hr.PutAsync("/Users/" + other.Id, ScimCaller.User(second))).Is(HttpStatusCode.Conflict, "uniqueness");
        (await Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"replace","path":"userName","value":"{{ScimHub.Gus}}"}""")).Is(HttpStatusCode.Conflict, "uniqueness");
        Assert.Equal(before, hub.Everything());
    }

    [Fact]
    public async Task Somebody_of_another_account_becomes_a_guest_with_the_accounts_own_view()
    {
        var home = UserRow(ScimHub.Gus);
        var homeView = (await hub.SouthCaller.GetAsync("/Users/" + await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Gus))).Text;

        var guest = (await Hr.PostAsync("/Users", ScimCaller.User("GUS@south.example", """
            "name":{"givenName":"Our","familyName":"Gus"},"emails":[{"value":"our-gus@north.example","primary":true}],"password":"a password that is not set","externalId":"G1","entitlements":[{"value":"console"}]
            """))).Created();
        var path = "/Users/" + guest.Id;

        Assert.Equal("Our", guest["name"]!["givenName"]!.GetValue<string>());
        Assert.False(guest.Account["homeAccount"]!.GetValue<bool>());
        Assert.True(guest["active"]!.GetValue<bool>());
        Assert.Equal("gus@south.example", guest["userName"]!.GetValue<string>());
        Assert.Equal("Invited", hub.Rows("""SELECT "Status" FROM "Memberships" WHERE "Id" = @id""", ("@id", guest.Id))[0]);
        (await Hr.PatchAsync(path, """{"op":"replace","path":"userName","value":"new@south.example"}""")).Is(HttpStatusCode.BadRequest, "mutability");
        (await Hr.PutAsync(path, ScimCaller.User("new@south.example"))).Is(HttpStatusCode.BadRequest, "mutability");
        (await Hr.PatchAsync(path, """{"op":"replace","path":"password","value":"a password that is not set"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"x@north.example"},{"op":"replace","path":"name.givenName","value":"Mine"}""")).Ok();
        Assert.Equal("Mine", (await Hr.PutAsync(path, ScimCaller.User("Gus@South.Example", """ "name":{"givenName":"Mine"},"password":"a password that is not set" """))).Ok()["name"]!["givenName"]!.GetValue<string>());
        Assert.Equal(home, UserRow(ScimHub.Gus));
        Assert.Equal(homeView, (await hub.SouthCaller.GetAsync("/Users/" + await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Gus))).Text);
        (await Hr.PostAsync("/Users", ScimCaller.User("gus@south.example"))).Is(HttpStatusCode.Conflict, "uniqueness");

        // The old password still signs in; the next sign-in asks whether to accept.
        using var browser = hub.Hub.NewBrowser();
        await browser.GoAsync(hub.Portal.AuthorizeAddress(("account", "north"), ("scope", "openid account")));
        await browser.SubmitAsync(("username", ScimHub.Gus), ("current-password", ScimHub.Password));
        Assert.True(browser.Page!.Asks("one-time-code"), browser.Page.Text);
        await browser.SubmitAsync(("one-time-code", Domain.Credentials.Totp.CodeAt(Domain.Credentials.Base32.Decode(SampleDirectory.TotpSecret)!, Domain.Credentials.Totp.StepAt(hub.Hub.Time.Now))));
        Assert.NotNull(browser.Page);
        Assert.Contains("North", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("Invited", hub.Rows("""SELECT "Status" FROM "Memberships" WHERE "Id" = @id""", ("@id", guest.Id))[0]);

        // The guest goes; the person stays at home.
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
        Assert.Single(UserRow(ScimHub.Gus));
    }

    [Fact]
    public async Task A_guest_who_never_accepted_is_not_let_in_by_taking_the_status_away_and_giving_it_back()
    {
        var invited = await hub.SouthCaller.AddUserAsync("invited@south.example");
        var guest = await Hr.AddUserAsync("invited@south.example");

        (await Hr.PatchAsync("/Users/" + guest.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        Assert.True((await Hr.PatchAsync("/Users/" + guest.Id, """{"op":"replace","path":"active","value":true}""")).Ok()["active"]!.GetValue<bool>());

        Assert.Equal("Invited", hub.Rows("""SELECT "Status" FROM "Memberships" WHERE "Id" = @id""", ("@id", guest.Id))[0]);
        Assert.Equal("Active", hub.Rows("""SELECT "Status" FROM "Memberships" WHERE "Id" = @id""", ("@id", invited.Id))[0]);
    }

    [Fact]
    public async Task A_guest_of_one_account_is_renamed_in_every_view_by_the_home_account()
    {
        var home = await hub.SouthCaller.AddUserAsync("before@south.example");
        var guest = await Hr.AddUserAsync("before@south.example");

        (await hub.SouthCaller.PatchAsync("/Users/" + home.Id, """{"op":"replace","value":{"userName":"After@south.example"}}""")).Ok();

        var seen = (await Hr.GetAsync("/Users/" + guest.Id)).Ok();
        Assert.Equal("After@south.example", seen["userName"]!.GetValue<string>());
        Assert.NotEqual(guest.ETag, seen.ETag);
        Assert.Equal(guest.Id, await ScimHub.IdOfAsync(Hr, "after@SOUTH.example"));
        Assert.Equal(0, (await Hr.FilterAsync("/Users", "userName eq \"before@south.example\"")).Total);
        (await Hr.PatchAsync("/Users/" + guest.Id, """{"op":"add","path":"title","value":"T"}""")).Ok();
    }

    [Fact]
    public async Task Deactivating_a_guest_leaves_the_person_at_home_alone_and_the_home_account_reaches_everywhere()
    {
        var home = await hub.SouthCaller.AddUserAsync("both@south.example", $$""" "password":"{{ScimHub.Password}}" """);
        var guest = await Hr.AddUserAsync("both@south.example");

        (await Hr.PatchAsync("/Users/" + guest.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        using (var browser = hub.Hub.NewBrowser())
        {
            Assert.Contains("code", await hub.Portal.SignInAsync(browser, "both@south.example", ScimHub.Password));
        }

        (await hub.SouthCaller.PatchAsync("/Users/" + home.Id, """{"op":"replace","path":"active","value":false}""")).Ok();
        using var after = hub.Hub.NewBrowser();
        await after.GoAsync(hub.Portal.AuthorizeAddress());
        await after.SubmitAsync(("username", "both@south.example"), ("current-password", ScimHub.Password));
        Assert.NotNull(after.Page?.Alert);
    }

    [Fact]
    public async Task Who_runs_the_hub_keeps_name_address_and_password()
    {
        var path = "/Users/" + await ScimHub.IdOfAsync(Hr, ScimHub.Olga);
        var before = hub.Everything();

        (await Hr.PatchAsync(path, """{"op":"replace","path":"userName","value":"mine@north.example"}""")).Is(HttpStatusCode.Forbidden);
        (await Hr.PatchAsync(path, """{"op":"replace","path":"emails","value":[{"value":"mine@north.example"}]}""")).Is(HttpStatusCode.Forbidden);
        (await Hr.PatchAsync(path, """{"op":"replace","path":"password","value":"a password of mine"}""")).Is(HttpStatusCode.Forbidden);
        (await Hr.PutAsync(path, ScimCaller.User(ScimHub.Olga, """ "password":"a password of mine","emails":[{"value":"olga@north.example","type":"work","primary":true}],"name":{"givenName":"Olga","familyName":"Operator"} """))).Is(HttpStatusCode.Forbidden);

        Assert.Equal(before, hub.Everything());
    }

    [Fact]
    public async Task Who_runs_the_hub_is_neither_deactivated_nor_deleted_by_an_account()
    {
        var path = "/Users/" + await ScimHub.IdOfAsync(Hr, ScimHub.Olga);
        var before = hub.Everything();

        var refused = (await Hr.PatchAsync(path, """{"op":"replace","path":"active","value":false}""")).Is(HttpStatusCode.Forbidden);
        Assert.Contains("runs the hub", refused.Detail, StringComparison.Ordinal);
        (await Hr.PutAsync(path, ScimCaller.User(ScimHub.Olga, """ "active":false,"emails":[{"value":"olga@north.example","type":"work","primary":true}],"name":{"givenName":"Olga","familyName":"Operator"} """))).Is(HttpStatusCode.Forbidden);
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.Forbidden);
        var bulk = await Hr.PostAsync("/Bulk", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"{{path}}"}]}""");
        Assert.Equal("403", bulk["Operations"]![0]!["status"]!.GetValue<string>());

        Assert.Equal(before, hub.Everything());
    }

    [Theory]
    [InlineData("operator", "true"), InlineData("emailVerified", "true"), InlineData("urn:identityhub:params:scim:schemas:extension:account:2.0:User:operator", "true"), InlineData("accountId", "\"south\"")]
    public async Task What_would_give_more_than_the_account_is_no_attribute(string name, string value)
    {
        var user = "plain" + name.Length + "@north.example";
        var made = await Hr.AddUserAsync(user, $$""" "{{name}}":{{value}},"emails":[{"value":"{{user}}","primary":true,"verified":true}] """);
        await Hr.PatchAsync("/Users/" + made.Id, $$"""{"op":"replace","value":{"{{name}}":{{value}} } }""");
        await Hr.PatchAsync("/Users/" + made.Id, $$"""{"op":"replace","path":"{{name}}","value":{{value}}}""");

        Assert.Equal("0 | 0", hub.Rows("""SELECT "Operator", "EmailVerified" FROM "Users" WHERE "UserName" = @name""", ("@name", user))[0]);
        Assert.Equal("north", hub.Rows("""SELECT "AccountId" FROM "Memberships" WHERE "Id" = @id""", ("@id", made.Id))[0]);
    }

    [Fact]
    public async Task An_address_that_was_verified_is_not_so_after_it_was_changed()
    {
        var path = "/Users/" + await ScimHub.IdOfAsync(Hr, ScimHub.Pat);
        string Verified() => hub.Rows("""SELECT "Email", "EmailVerified" FROM "Users" WHERE "UserName" = @name""", ("@name", ScimHub.Pat))[0];
        Assert.Equal("pat@north.example | 1", Verified());

        (await Hr.PatchAsync(path, """{"op":"add","path":"title","value":"T"}""")).Ok();
        Assert.Equal("pat@north.example | 1", Verified());
        (await Hr.PatchAsync(path, """{"op":"replace","path":"emails[type eq \"work\"].value","value":"new-pat@north.example"}""")).Ok();
        Assert.Equal("new-pat@north.example | 0", Verified());
        (await Hr.PatchAsync(path, """{"op":"replace","path":"emails[type eq \"work\"].value","value":"pat@north.example"}""")).Ok();
        Assert.Equal("pat@north.example | 0", Verified());
    }

    [Fact]
    public async Task With_a_password_a_new_user_signs_in_and_without_one_is_invited()
    {
        var mails = hub.Count("Outbox", "\"Kind\" = 'mail'");
        await Hr.AddUserAsync("with@north.example", $$""" "password":"{{ScimHub.Password}}","emails":[{"value":"with@north.example"}] """);

        // That they were added is told to them and to the PRIMARY.
        Assert.Equal(mails + 2, hub.Count("Outbox", "\"Kind\" = 'mail'"));
        using var browser = hub.Hub.NewBrowser();
        Assert.Contains("code", await hub.Portal.SignInAsync(browser, "with@north.example", ScimHub.Password));

        await Hr.AddUserAsync("without@north.example", """ "emails":[{"value":"without@mail.example"}] """);
        Assert.Equal(mails + 4, hub.Count("Outbox", "\"Kind\" = 'mail'"));
        Assert.Equal(["north.example", "mail.example"], hub.Rows("""SELECT "Destination" FROM "Outbox" WHERE "Kind" = 'mail' ORDER BY "Sequence" DESC""").Take(2));
        await Hr.AddUserAsync("nobody-to-write-to", """ "displayName":"N" """);
        Assert.Equal(mails + 5, hub.Count("Outbox", "\"Kind\" = 'mail'"));
    }

    [Fact]
    public async Task Who_is_made_inactive_is_invited_on_the_day_of_being_let_in()
    {
        var invitations = hub.Count("Invitations");
        var id = (await Hr.AddUserAsync("monday@north.example", """ "active":false """)).Id;
        Assert.Equal(invitations, hub.Count("Invitations"));

        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":true}""")).Ok();
        Assert.Equal(invitations + 1, hub.Count("Invitations"));
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}""")).Ok();
        (await Hr.PatchAsync("/Users/" + id, $$"""{"op":"replace","value":{"active":true,"password":"{{ScimHub.Password}}"} }""")).Ok();
        Assert.Equal(invitations + 1, hub.Count("Invitations"));
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}""")).Ok();
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":true}""")).Ok();
        Assert.Equal(invitations + 1, hub.Count("Invitations"));
    }

    [Fact]
    public async Task A_password_is_set_by_PATCH_and_PUT_and_kept_by_silence()
    {
        var id = (await Hr.AddUserAsync("pass@north.example", """ "password":"the first password" """)).Id;
        async Task SignsInAsync(string password)
        {
            using var browser = hub.Hub.NewBrowser();
            Assert.Contains("code", await hub.Portal.SignInAsync(browser, "pass@north.example", password));
        }

        await SignsInAsync("the first password");
        (await Hr.PutAsync("/Users/" + id, ScimCaller.User("pass@north.example"))).Ok();
        await SignsInAsync("the first password");
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"password","value":"the second password"}""")).Ok();
        await SignsInAsync("the second password");
        (await Hr.PutAsync("/Users/" + id, ScimCaller.User("pass@north.example", """ "password":"the third password" """))).Ok();
        await SignsInAsync("the third password");
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"password","value":"short"}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PatchAsync("/Users/" + id, """{"op":"remove","path":"password"}""")).Ok();
        await SignsInAsync("the third password");
    }

    [Fact]
    public async Task Another_accounts_settings_are_its_own()
    {
        var made = await hub.LenientCaller.AddUserAsync("lenient@lenient.example", $$""" "{{Urns.Enterprise}}":{"manager":{"value":"nobody"},"department":"D"} """);

        Assert.Equal("""{"department":"D"}""", made[Urns.Enterprise]!.ToJsonString());
        var patched = (await hub.LenientCaller.PatchAsync("/Users/" + made.Id, """{"op":"add","path":"title","value":"T"}""")).Is(HttpStatusCode.NoContent);
        Assert.Equal((await hub.LenientCaller.GetAsync("/Users/" + made.Id)).ETag, patched.ETag);
        Assert.Equal("U", (await hub.LenientCaller.PatchAsync("/Users/" + made.Id + "?attributes=title", """{"op":"add","path":"title","value":"U"}""")).Ok()["title"]!.GetValue<string>());
        Assert.Equal("V", (await hub.LenientCaller.PutAsync("/Users/" + made.Id, ScimCaller.User("lenient@lenient.example", """ "title":"V" """))).Ok()["title"]!.GetValue<string>());
        Assert.Equal(1, (await hub.LenientCaller.FilterAsync("/Users", "userName eq lenient@lenient.example")).Ok().Total);
        (await Hr.FilterAsync("/Users", "userName eq lenient@lenient.example")).Is(HttpStatusCode.BadRequest, "invalidFilter");
        (await Hr.PostAsync("/Users", ScimCaller.User("x@north.example", $$""" "{{Urns.Enterprise}}":{"manager":{"value":"nobody"} } """))).Is(HttpStatusCode.BadRequest, "invalidValue");
    }
}
