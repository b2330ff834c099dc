using System.Text;
using IdentityHub.Host.ConfigurationFile;
using Xunit;

namespace IdentityHub.Host.Tests.ConfigurationFile;

public sealed class FaultTests : IAsyncLifetime
{
    private const string ManyFaults = """
        {
          "aplications": [],
          "applications": [ { "id": "console", "name": "Console", "seated": true }, { "id": "site", "name": "Site" }, { "id": "console", "name": "" } ],
          "accounts": [
            { "id": "a", "name": "A", "twoFactor": "sometimes", "seats": { "console": 1, "site": 1, "nothing": 1 },
              "provisioningTokens": [ { "name": "hr", "token": "short" }, { "name": "hr", "token": "0123456789abcdef0123456789 abcdef" } ],
              "scim": { "unknownReferences": true, "patchAnswer": 201 } },
            { "id": "a b", "name": "B", "twoFactor": null } ],
          "users": [
            { "userName": "one@a.example", "password": "", "twoFactor": { "totp": "ABC1", "emailCodesTo": "nowhere" }, "email": "x y@z",
              "memberships": [ { "account": "a", "role": "Boss", "permissionLevel": "PRIMARY", "seats": [ "console", "console", "site", "nothing" ] } ] },
            { "userName": "ONE@a.example",
              "memberships": [ { "account": "a", "role": "User", "permissionLevel": "PRIMARY", "seats": [ "console" ] }, { "account": "a", "role": "User" },
                               { "account": "elsewhere", "role": "User", "permissionLevel": "primary", "active": "yes" } ] },
            { "givenName": 7, "memberships": {} },
            "nobody",
            { "userName": "off@a.example", "memberships": [ { "account": "a", "role": "User", "active": false, "seats": [ "console" ] } ] } ],
          "clients": [
            { "client_id": "one two", "redirect_uris": [ "http://evil.example/cb", "https://ok.example/#x", "https://ok.example/*" ] },
            { "client_id": "spa", "token_endpoint_auth_method": "none", "client_secret": "s", "require_pkce": false, "grant_types": [ "client_credentials" ] },
            { "client_id": "spa", "client_secret": "s", "redirect_uris": [ "https://ok.example/" ], "require_seat": "site", "account": "b",
              "permission_levels": [ "PRIMARY", "none" ], "logo_uri": "https://ok.example/logo", "default_max_age": -1 } ]
        }
        """;

    private FileBench bench = null!;

    public async Task InitializeAsync() => bench = await FileBench.StartAsync();

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task One_message_names_every_fault_with_its_place_and_nothing_is_applied()
    {
        var places = (await bench.RefusedPlacesAsync(ManyFaults)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            new[]
            {
                "aplications", "applications[2].id", "applications[2].name",
                "accounts[0].twoFactor", "accounts[0].seats.site", "accounts[0].seats.nothing", "accounts[0].provisioningTokens[0].token",
                "accounts[0].provisioningTokens[1].name", "accounts[0].provisioningTokens[1].token", "accounts[0].scim.unknownReferences",
                "accounts[0].scim.patchAnswer", "accounts[1].id", "accounts[1].twoFactor",
                "users[0].password", "users[0].twoFactor.totp", "users[0].twoFactor.emailCodesTo", "users[0].email", "users[0].memberships[0].role",
                "users[0].memberships[0].seats[1]", "users[0].memberships[0].seats[2]", "users[0].memberships[0].seats[3]",
                "users[0].memberships[0].seats[2]",
                "users[1].userName", "users[1].memberships[0].permissionLevel", "users[1].memberships[0].seats[0]", "users[1].memberships[1].account",
                "users[1].memberships[2].account", "users[1].memberships[2].permissionLevel", "users[1].memberships[2].active",
                "users[2].userName", "users[2].givenName", "users[2].memberships", "users[3]", "users[4].memberships[0].seats", "users[4].memberships[0].seats[0]",
                "clients[0].client_id", "clients[0].client_secret", "clients[0].redirect_uris[0]", "clients[0].redirect_uris[1]", "clients[0].redirect_uris[2]",
                "clients[1].client_secret", "clients[1].require_pkce", "clients[1].grant_types",
                "clients[2].client_id", "clients[2].require_seat", "clients[2].account", "clients[2].permission_levels[1]", "clients[2].logo_uri",
                "clients[2].default_max_age",
            }.Distinct().Order(StringComparer.Ordinal).ToArray(),
            places.Distinct().ToArray());
    }

    [Fact]
    public async Task Every_fault_has_a_line_in_the_message_and_no_line_holds_a_secret()
    {
        var faults = await bench.RefusedAsync(ManyFaults);
        var message = HubFileFaults.Render(faults);
        Assert.Equal(faults.Count + 1, message.Split(Environment.NewLine).Length);
        Assert.StartsWith($"The configuration file has {faults.Count} faults; nothing of it was applied.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", message, StringComparison.Ordinal);
        Assert.Contains("users[0].memberships[0].role: is \"Boss\" but must be \"Administrator\" or \"User\"", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("[]", "")]
    [InlineData("{ \"users\": [], }", "line 1, byte 16")]
    [InlineData("{\n  // no\n}", "line 2, byte 3")]
    [InlineData("{\"users\":[]} x", "line 1, byte 14")]
    [InlineData("{\"users\":[],\"users\":[]}", "users")]
    [InlineData("{\"users\":[{\"userName\":\"a\",\"userName\":\"b\"}]}", "users[0].userName")]
    [InlineData("{\"us\\u0065rs\":[],\"users\":[]}", "users")]
    [InlineData("{\"users\":[{\"userName\":\"\\ud800\"}]}", "users[0].userName")]
    [InlineData("{\"\\ud800\":1}", "")]
    [InlineData("{\"a b\":1}", "[\"a b\"]")]
    [InlineData("{\"Users\":[]}", "Users")]
    public async Task The_form_is_held_to_the_letter(string json, string place) => Assert.Equal([place], await bench.RefusedPlacesAsync(json));

    [Fact]
    public async Task Depth_size_and_encoding_are_bounded()
    {
        Assert.Single(await bench.RefusedAsync("{\"users\":" + new string('[', 10_000) + new string(']', 10_000) + "}"));
        Assert.Equal([""], HubFileReader.Read(new byte[HubFileReader.MaxBytes + 1]).Faults.Select(fault => fault.Place));
        Assert.Equal([""], HubFileReader.Read(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }).Faults.Select(fault => fault.Place));
        Assert.Empty(HubFileReader.Read((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("{}")]).Faults);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_fault()
    {
        var reading = await HubFileReader.ReadAsync(Path.Combine(bench.Hub.Folder, "none.json"), CancellationToken.None);
        Assert.Contains("none.json", Assert.Single(reading.Faults).Message, StringComparison.Ordinal);
        Assert.Null(reading.File);
    }

    [Fact]
    public async Task What_an_operation_refuses_is_a_fault_with_its_place_and_rolls_everything_back()
    {
        await bench.AppliedAsync(FileBench.Example);

        // Two seats, one of them Pat's, whom this file does not name.
        var places = await bench.RefusedPlacesAsync("""
            { "accounts": [ { "id": "northside", "name": "Renamed" } ],
              "users": [
                { "userName": "a@northside.example", "password": "aa", "memberships": [ { "account": "northside", "role": "User", "seats": ["expert-console"] } ] },
                { "userName": "b@northside.example", "memberships": [ { "account": "northside", "role": "User", "permissionLevel": "PRIMARY", "seats": ["expert-console"] } ] } ] }
            """);
        Assert.Equal(["users[1].memberships[0].permissionLevel", "users[1].memberships[0].seats[0]"], places);
    }

    [Fact]
    public async Task The_last_administrator_and_the_primary_are_not_taken_away()
    {
        await bench.AppliedAsync(FileBench.Example);
        var places = await bench.RefusedPlacesAsync("""
            { "users": [ { "userName": "pat@northside.example", "memberships": [ { "account": "northside", "role": "User", "active": false } ] } ] }
            """);
        Assert.Equal(["users[0].memberships[0].permissionLevel", "users[0].memberships[0].active"], places);
    }

    [Fact]
    public async Task A_pool_does_not_shrink_below_what_is_taken_and_needs_a_seated_application()
    {
        await bench.AppliedAsync(FileBench.Example);
        Assert.Equal(["accounts[0].seats.expert-console"], await bench.RefusedPlacesAsync("""
            { "accounts": [ { "id": "northside", "name": "Northside School District", "seats": { "expert-console": 0 } } ] }
            """));
        Assert.Equal(["users[0].memberships[0].seats[0]"], await bench.RefusedPlacesAsync("""
            { "accounts": [ { "id": "other", "name": "Other" } ],
              "users": [ { "userName": "x@y.example", "memberships": [ { "account": "other", "role": "User", "seats": ["expert-console"] } ] } ] }
            """));
    }

    [Fact]
    public async Task A_provisioning_token_belongs_to_one_account()
    {
        await bench.AppliedAsync(FileBench.Example);
        Assert.Equal(["accounts[0].provisioningTokens[0].token"], await bench.RefusedPlacesAsync("""
            { "accounts": [ { "id": "other", "name": "Other",
                "provisioningTokens": [ { "name": "hr", "token": "hr-northside-0123456789abcdef0123456789abcdef" } ] } ] }
            """));
    }
}
