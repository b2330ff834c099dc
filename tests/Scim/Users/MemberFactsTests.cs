using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>Status, role, level, seats and second factors: what they mean in the directory, and that a refusal leaves nothing behind.</summary>
public sealed class MemberFactsTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static string Extension(string inside) => $$""" "{{Urns.Account}}":{{{inside}}} """;

    private static string Seats(ScimReply user) =>
        string.Join(',', user["entitlements"]?.AsArray().Select(one => one!["value"]!.GetValue<string>()) ?? []) + "|"
        + string.Join(',', user.Account["seats"]?.AsArray().Select(one => one!.GetValue<string>()) ?? []);

    private static string Roles(ScimReply user) => user["roles"]![0]!["value"]!.GetValue<string>() + "|" + user.Account["role"]!.GetValue<string>();

    private async Task RefusesAsync(Func<Task<ScimReply>> send, HttpStatusCode status, string? scimType = null)
    {
        var before = hub.Everything();
        (await send()).Is(status, scimType);
        Assert.Equal(before, hub.Everything());
    }

    [Fact]
    public async Task Seats_are_given_and_taken_in_either_place_and_stand_in_both()
    {
        var made = await Hr.AddUserAsync("seats@north.example", """ "entitlements":[{"value":"console","type":"seat"}] """);
        var path = "/Users/" + made.Id;
        Assert.Equal("console|console", Seats(made));
        var used = hub.Count("SeatAssignments");

        Assert.Equal("console,desk|console,desk", Seats(await Hr.PatchAsync(path, $$"""{"op":"add","path":"{{Urns.Account}}:seats","value":["desk"]}""")));
        Assert.Equal("desk|desk", Seats(await Hr.PatchAsync(path, """{"op":"remove","path":"entitlements[value eq \"console\"]"}""")));
        Assert.Equal("console|console", Seats(await Hr.PatchAsync(path, """{"op":"replace","path":"entitlements","value":[{"value":"console"}]}""")));
        Assert.Equal("desk|desk", Seats(await Hr.PatchAsync(path, $$$"""{"op":"replace","value":{"{{{Urns.Account}}}":{"seats":["desk"]} } }""")));
        Assert.Equal("|", Seats(await Hr.PatchAsync(path, $$"""{"op":"remove","path":"{{Urns.Account}}:seats"}""")));
        Assert.Equal(used - 1, hub.Count("SeatAssignments"));
        Assert.Equal("console|console", Seats(await Hr.PutAsync(path, ScimCaller.User("seats@north.example", Extension(""" "seats":["console"] """)))));
        Assert.Equal("console|console", Seats(await Hr.PutAsync(path, ScimCaller.User("seats@north.example", """ "title":"T" """))));
        Assert.Equal("|", Seats(await Hr.PutAsync(path, ScimCaller.User("seats@north.example", """ "entitlements":[] """))));
        Assert.Equal("1", hub.Rows("SELECT \"Capacity\" - \"Used\" FROM \"SeatPools\" WHERE \"AccountId\" = 'north' AND \"ApplicationId\" = 'desk'")[0]);
    }

    [Fact]
    public async Task Without_a_seat_left_nothing_is_changed()
    {
        var holder = await Hr.AddUserAsync("holder@north.example", """ "entitlements":[{"value":"desk"}] """);
        var other = await Hr.AddUserAsync("wants@north.example");
        var path = "/Users/" + other.Id;

        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"add","path":"title","value":"T"},{"op":"add","path":"entitlements","value":[{"value":"console"},{"value":"desk"}]}"""), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PutAsync(path, ScimCaller.User("renamed@north.example", Extension(""" "seats":["desk"] """))), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PostAsync("/Users", ScimCaller.User("third@north.example", """ "entitlements":[{"value":"desk"}] """)), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"add","path":"entitlements","value":[{"value":"unsold"}]}"""), HttpStatusCode.BadRequest, "invalidValue");
        Assert.Equal("|", Seats((await Hr.PatchAsync(path, """{"op":"add","path":"entitlements","value":[{"value":"console","type":"licence"}]},{"op":"remove","path":"entitlements"}""")).Ok()));
        Assert.Contains("desk", (await Hr.PatchAsync(path, """{"op":"add","path":"entitlements","value":[{"value":"desk"}]}""")).Detail, StringComparison.Ordinal);
        (await Hr.DeleteAsync("/Users/" + holder.Id)).Is(HttpStatusCode.NoContent);
        Assert.Equal("desk|desk", Seats((await Hr.PatchAsync(path, """{"op":"add","path":"entitlements","value":[{"value":"desk"}]}""")).Ok()));
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Who_is_inactive_holds_no_seat_and_gets_none()
    {
        var made = await Hr.AddUserAsync("sleeper@north.example", """ "active":false """);
        var path = "/Users/" + made.Id;
        Assert.False(made["active"]!.GetValue<bool>());

        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"add","path":"entitlements","value":[{"value":"console"}]}"""), HttpStatusCode.Conflict);
        Assert.Equal("console|console", Seats((await Hr.PatchAsync(path, """{"op":"replace","path":"active","value":true},{"op":"add","path":"entitlements","value":[{"value":"console"}]}""")).Ok()));
        var off = (await Hr.PatchAsync(path, """{"op":"replace","path":"active","value":false}""")).Ok();
        Assert.Equal("|", Seats(off));
        Assert.False(off["active"]!.GetValue<bool>());
        Assert.Equal(off.Text, (await Hr.GetAsync(path)).Ok().Text);
        Assert.Equal(made.Id, await ScimHub.IdOfAsync(Hr, "sleeper@north.example"));
        Assert.Equal(1, (await Hr.FilterAsync("/Users", "userName eq \"sleeper@north.example\" and active eq false")).Total);
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"active"}"""), InlineData("""{"op":"replace","path":"active","value":null}"""), InlineData("""{"op":"replace","path":"active","value":""}""")]
    [InlineData("""{"op":"replace","value":{"active":null,"title":"T"}}""")]
    public async Task Nothing_said_of_active_lets_nobody_in_again(string operation)
    {
        var id = (await Hr.AddUserAsync($"leaver{operation.Length}@north.example", """ "active":false """)).Id;

        Assert.False((await Hr.PatchAsync("/Users/" + id, operation)).Ok()["active"]!.GetValue<bool>());
        Assert.False((await Hr.PutAsync("/Users/" + id, ScimCaller.User($"leaver{operation.Length}@north.example", """ "active":null """))).Ok()["active"]!.GetValue<bool>());
        Assert.False((await Hr.PutAsync("/Users/" + id, ScimCaller.User($"leaver{operation.Length}@north.example"))).Ok()["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task The_role_is_given_in_either_place_and_stands_in_both()
    {
        var made = await Hr.AddUserAsync("roles@north.example", """ "roles":[{"value":"administrator","primary":true}] """);
        var path = "/Users/" + made.Id;
        Assert.Equal("Administrator|Administrator", Roles(made));

        Assert.Equal("User|User", Roles(await Hr.PatchAsync(path, $$"""{"op":"replace","path":"{{Urns.Account}}:role","value":"User"}""")));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PatchAsync(path, """{"op":"replace","path":"roles","value":[{"value":"Administrator"}]}""")));
        Assert.Equal("User|User", Roles(await Hr.PatchAsync(path, """{"op":"remove","path":"roles"}""")));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PatchAsync(path, """{"op":"Add","path":"roles","value":[{"value":"Administrator"}]}""")));
        Assert.Equal("User|User", Roles(await Hr.PatchAsync(path, """{"op":"Add","path":"roles","value":[{"value":"User","primary":"True"}]}""")));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PatchAsync(path, """{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"Administrator"}""")));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PutAsync(path, ScimCaller.User("roles@north.example"))));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PutAsync(path, ScimCaller.User("roles@north.example", Extension(""" "permissionLevel":"SUPPORT" """)))));
        Assert.Equal("User|User", Roles(await Hr.PutAsync(path, ScimCaller.User("roles@north.example", """ "roles":[] """))));
        Assert.Equal("Administrator|Administrator", Roles(await Hr.PutAsync(path, ScimCaller.User("roles@north.example", $$""" "{{Urns.Account}}:role":"Administrator" """))));
        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"replace","path":"roles","value":[{"value":"King"}]}"""), HttpStatusCode.BadRequest, "invalidValue");
        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"replace","path":"roles","value":[{"value":"1"}]}"""), HttpStatusCode.BadRequest, "invalidValue");
        await RefusesAsync(() => Hr.PatchAsync(path, """{"op":"replace","path":"roles","value":[{"value":"User"},{"value":"Administrator"}]}"""), HttpStatusCode.BadRequest, "invalidValue");
    }

    [Fact]
    public async Task PUT_takes_nothing_away_by_silence()
    {
        var made = await Hr.AddUserAsync("silent@north.example", $$"""
            "roles":[{"value":"Administrator"}],"entitlements":[{"value":"console"}],"title":"T",
            {{Extension(""" "permissionLevel":"SUPPORT","twoFactor":{"required":true} """)}}
            """);
        var path = "/Users/" + made.Id;

        foreach (var more in (string[])["", Extension(""" "seats":["console"] """), Extension(""" "role":"Administrator" """), Extension(""" "twoFactor":{"required":true} """), Extension(""" "permissionLevel":"SUPPORT" """), Extension("")])
        {
            var put = (await Hr.PutAsync(path, ScimCaller.User("silent@north.example", more))).Ok();
            Assert.Equal("Administrator|Administrator console|console SUPPORT True", $"{Roles(put)} {Seats(put)} {put.Account["permissionLevel"]} {put.Account["twoFactor"]!["required"]!.GetValue<bool>()}");
            Assert.Null(put["title"]);
        }

        var cleared = (await Hr.PutAsync(path, ScimCaller.User("silent@north.example", Extension(""" "permissionLevel":null,"seats":[],"twoFactor":{"required":false} """)))).Ok();
        Assert.Equal("Administrator|Administrator |  False", $"{Roles(cleared)} {Seats(cleared)} {cleared.Account["permissionLevel"]} {cleared.Account["twoFactor"]!["required"]!.GetValue<bool>()}");
    }

    [Fact]
    public async Task Where_one_fact_is_said_twice_and_differently_the_account_extension_counts()
    {
        var path = "/Users/" + (await Hr.AddUserAsync("torn@north.example")).Id;

        Assert.Equal("desk|desk", Seats((await Hr.PatchAsync(path, $$"""{"op":"replace","value":{"entitlements":[{"value":"console"}],"{{Urns.Account}}:seats":["desk"]} }""")).Ok()));
        Assert.Equal("User|User", Roles(await Hr.PostAsync("/Users", ScimCaller.User("torn2@north.example", """ "roles":[{"value":"Administrator"}], """ + Extension(""" "role":"User" """)))));
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Entitlements_of_other_kinds_are_kept_and_are_no_seats()
    {
        var made = await Hr.AddUserAsync("parker@north.example", """ "entitlements":[{"value":"console","type":"licence","display":"L"}] """);
        Assert.Equal("console|", Seats(made));
        Assert.Equal("""[{"value":"console","type":"licence","display":"L"}]""", made["entitlements"]!.ToJsonString());
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var south = new ScimCaller(own.NewClient(), ScimHub.SouthToken);
        var path = "/Users/" + await ScimHub.IdOfAsync(south, ScimHub.Sol);
        var body = (await south.GetAsync(path)).Body!;

        async Task LastAsync(Func<Task<ScimReply>> send)
        {
            var reply = (await send()).Is(HttpStatusCode.Conflict);
            Assert.Contains("administer", reply.Detail, StringComparison.Ordinal);
            var now = (await south.GetAsync(path)).Ok();
            Assert.Equal(body.ToJsonString(), now.Body!.ToJsonString());
        }

        await LastAsync(() => south.PatchAsync(path, """{"op":"add","path":"title","value":"T"},{"op":"replace","path":"roles","value":[{"value":"User"}]}"""));
        await LastAsync(() => south.PatchAsync(path, """{"op":"replace","path":"active","value":false}"""));
        await LastAsync(() => south.DeleteAsync(path));
        await LastAsync(() => south.PutAsync(path, ScimCaller.User(ScimHub.Sol, """ "active":false """)));
        await LastAsync(() => south.PutAsync(path, ScimCaller.User(ScimHub.Sol, Extension(""" "role":"User" """))));
        var second = await south.AddUserAsync("second@south.example", """ "roles":[{"value":"Administrator"}] """);
        (await south.PatchAsync(path, """{"op":"replace","path":"roles","value":[{"value":"User"}]}""")).Ok();
        (await south.DeleteAsync("/Users/" + second.Id)).Is(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task There_is_one_PRIMARY_and_it_is_not_taken_away()
    {
        var pat = "/Users/" + await ScimHub.IdOfAsync(Hr, ScimHub.Pat);
        var other = await Hr.AddUserAsync("prince@north.example", Extension(""" "permissionLevel":"invoices" """));
        Assert.Equal("INVOICES", other.Account["permissionLevel"]!.GetValue<string>());

        await RefusesAsync(() => Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"PRIMARY"}"""), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PostAsync("/Users", ScimCaller.User("prince2@north.example", Extension(""" "permissionLevel":"PRIMARY" """))), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PatchAsync(pat, $$"""{"op":"remove","path":"{{Urns.Account}}:permissionLevel"}"""), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PatchAsync(pat, $$"""{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"ACATR"}"""), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PutAsync(pat, ScimCaller.User(ScimHub.Pat, Extension(""" "permissionLevel":null """))), HttpStatusCode.Conflict);
        await RefusesAsync(() => Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"KING"}"""), HttpStatusCode.BadRequest, "invalidValue");
        Assert.Equal("ACATR", (await Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"ACATR"}""")).Ok().Account["permissionLevel"]!.GetValue<string>());
        Assert.Null((await Hr.PatchAsync("/Users/" + other.Id, $$"""{"op":"remove","path":"{{Urns.Account}}:permissionLevel"}""")).Ok().Account["permissionLevel"]);
    }

    [Fact]
    public async Task The_first_PRIMARY_is_appointed()
    {
        var first = await hub.SouthCaller.AddUserAsync("first@south.example", Extension(""" "permissionLevel":"PRIMARY" """));

        Assert.Equal("PRIMARY", first.Account["permissionLevel"]!.GetValue<string>());
        Assert.Equal("PRIMARY", (await hub.SouthCaller.GetAsync("/Users/" + first.Id)).Account["permissionLevel"]!.GetValue<string>());
    }

    [Fact]
    public async Task Second_factors_are_asked_for_and_never_enrolled()
    {
        var made = await Hr.AddUserAsync("factors@north.example", Extension(""" "twoFactor":{"required":true,"enrolled":true,"methods":["totp"]},"homeAccount":false,"subject":"x","lastSignInAt":"2020-01-01T00:00:00Z" """));
        var path = "/Users/" + made.Id;
        Assert.Equal("""{"required":true,"enrolled":false}""", made.Account["twoFactor"]!.ToJsonString());
        Assert.True(made.Account["homeAccount"]!.GetValue<bool>());
        Assert.Null(made.Account["lastSignInAt"]);
        Assert.NotEqual("x", made.Account["subject"]!.GetValue<string>());

        Assert.Equal("""{"required":false,"enrolled":false}""", (await Hr.PatchAsync(path, $$"""{"op":"replace","path":"{{Urns.Account}}:twoFactor.required","value":false}""")).Ok().Account["twoFactor"]!.ToJsonString());
        foreach (var sub in (string[])["twoFactor.enrolled", "twoFactor.methods", "lastSignInAt", "homeAccount", "subject"])
        {
            await RefusesAsync(() => Hr.PatchAsync(path, $$"""{"op":"replace","path":"{{Urns.Account}}:{{sub}}","value":true}"""), HttpStatusCode.BadRequest, "mutability");
        }

        var gus = await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Gus);
        Assert.Equal("""{"required":false,"enrolled":true,"methods":["totp"]}""", (await hub.SouthCaller.GetAsync("/Users/" + gus)).Account["twoFactor"]!.ToJsonString());
    }

    [Fact]
    public async Task A_sign_in_is_seen()
    {
        var pat = "/Users/" + await ScimHub.IdOfAsync(Hr, ScimHub.Pat);
        Assert.Null((await Hr.GetAsync(pat)).Account["lastSignInAt"]);
        using var browser = hub.Hub.NewBrowser();

        Assert.Contains("code", await hub.Portal.SignInAsync(browser, ScimHub.Pat, ScimHub.Password));

        Assert.Equal("2030-01-02T03:04:05.000Z", (await Hr.GetAsync(pat)).Account["lastSignInAt"]!.GetValue<string>());
    }

    [Fact, Spec("RFC 7644", "3.5.2")]
    public async Task A_PATCH_that_fails_in_its_last_operation_changes_nothing()
    {
        var made = await Hr.AddUserAsync("atomic@north.example", """ "emails":[{"value":"atomic@north.example"}] """);

        foreach (var last in (string[])
            [
                """{"op":"replace","path":"id","value":"x"}""", """{"op":"remove","path":"shoe size"}""", """{"op":"add","path":"entitlements","value":[{"value":"unsold"}]}""",
                """{"op":"replace","path":"active","value":7}""", $$"""{"op":"add","path":"{{Urns.Enterprise}}:manager","value":"nobody"}""", """{"op":"replace","path":"userName","value":"pat@north.example"}""",
            ])
        {
            var before = hub.Everything();
            var reply = await Hr.PatchAsync("/Users/" + made.Id, $$"""
                {"op":"replace","path":"userName","value":"new-atomic@north.example"},{"op":"add","path":"title","value":"T"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"new@north.example"},
                {"op":"add","path":"entitlements","value":[{"value":"console"}]},{"op":"replace","path":"roles","value":[{"value":"Administrator"}]},
                {"op":"replace","path":"{{Urns.Account}}:twoFactor.required","value":true},{"op":"replace","path":"password","value":"another long password"},{{last}}
                """);
            Assert.True((int)reply.Status is 400 or 409, reply.Text);
            Assert.Equal(before, hub.Everything());
        }
    }

    [Fact]
    public async Task One_PATCH_changes_everything_at_once()
    {
        var boss = await Hr.AddUserAsync("boss@north.example", """ "displayName":"The Boss" """);
        var made = await Hr.AddUserAsync("all@north.example");

        var patched = (await Hr.PatchAsync("/Users/" + made.Id, $$"""
            {"op":"Replace","path":"userName","value":"All.New@north.example"},{"op":"Add","path":"name.familyName","value":"All"},{"op":"Add","path":"emails[type eq \"work\"].value","value":"all@mail.example"},
            {"op":"Add","path":"{{Urns.Enterprise}}:manager","value":"{{boss.Id}}"},{"op":"Add","path":"{{Urns.Enterprise}}:department","value":"D"},{"op":"Replace","path":"externalId","value":"E-1"},
            {"op":"add","path":"entitlements","value":[{"value":"console"}]},{"op":"replace","path":"roles","value":[{"value":"Administrator"}]},{"op":"replace","path":"{{Urns.Account}}:permissionLevel","value":"SUPPORT"}
            """)).Ok();

        Assert.Equal("All.New@north.example E-1 All all@mail.example The Boss D console|console Administrator|Administrator SUPPORT", string.Join(
            ' ', patched["userName"], patched["externalId"], patched["name"]!["familyName"], patched["emails"]![0]!["value"], patched[Urns.Enterprise]!["manager"]!["displayName"],
            patched[Urns.Enterprise]!["department"], Seats(patched), Roles(patched), patched.Account["permissionLevel"]));
        Assert.Equal(patched.Text, (await Hr.GetAsync("/Users/" + made.Id)).Text);
        Assert.Equal("all@mail.example | 0", hub.Rows("""SELECT "Email", "EmailVerified" FROM "Users" WHERE "UserName" = 'All.New@north.example'""")[0]);
        (await Hr.DeleteAsync("/Users/" + boss.Id)).Is(HttpStatusCode.NoContent);
        var without = (await Hr.GetAsync("/Users/" + made.Id)).Ok();
        Assert.Equal("""{"department":"D"}""", without[Urns.Enterprise]!.ToJsonString());
        (await Hr.PutAsync("/Users/" + made.Id, without.Text)).Ok();
    }

    [Fact]
    public async Task A_manager_who_is_gone_leaves_no_empty_extension()
    {
        var boss = await Hr.AddUserAsync("gone-boss@north.example");
        var made = await Hr.AddUserAsync("orphan@north.example", $$""" "{{Urns.Enterprise}}":{"manager":{"value":"{{boss.Id}}"} } """);
        (await Hr.DeleteAsync("/Users/" + boss.Id)).Is(HttpStatusCode.NoContent);

        var orphan = (await Hr.GetAsync("/Users/" + made.Id)).Ok();

        Assert.Null(orphan[Urns.Enterprise]);
        Assert.Equal([Urns.User, Urns.Account], orphan["schemas"]!.AsArray().Select(urn => urn!.GetValue<string>()));
        (await Hr.PatchAsync("/Users/" + made.Id, """{"op":"add","path":"title","value":"T"}""")).Ok();
        Assert.DoesNotContain(boss.Id, string.Join('\n', hub.Rows("""SELECT "Attributes" FROM "Memberships" """)), StringComparison.Ordinal);
    }
}
