using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.WebAuthn;

/// <summary>One hub for the tests of passkeys, with as many people as they need: each test takes its own.</summary>
public sealed class PasskeyHub : IAsyncLifetime
{
    public const string Collection = "passkeys";
    public const string OnlyAnswer = "E-mail or password is not right, or you cannot sign in. Try again, or ask your administrator.";

    private const int People = 120;
    private int taken;

    public RunningHub Hub { get; private set; } = null!;

    public async Task InitializeAsync() => Hub = await RunningHub.StartAsync(Json);

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    /// <summary>Somebody whom no other test knows: a password, no second factor.</summary>
    public async Task<PasskeyPerson> PersonAsync()
    {
        var name = $"key{Interlocked.Increment(ref taken)}@northside.example";
        var user = await Hub.ReadAsync(reader => Users.FindByNameAsync(reader, name)) ?? throw new InvalidOperationException("There are too few people for so many tests.");
        return new(Hub, user.Id, name);
    }

    /// <summary>Somebody with a passkey.</summary>
    public async Task<PasskeyPerson> WithPasskeyAsync(byte? flags = null)
    {
        var person = await PersonAsync();
        if (flags is { } given)
        {
            person.Authenticator.Flags = given;
        }

        await person.EnrolDirectlyAsync();
        return person;
    }

    public long Count(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Hub.DataDirectory, "hub.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Changes the database behind the hub's back.</summary>
    public void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static string Json
    {
        get
        {
            var root = JsonNode.Parse(SampleDirectory.Json)!;
            for (var i = 1; i <= People; i++)
            {
                root["users"]!.AsArray().Add(JsonNode.Parse(
                    $$"""
                    { "userName": "key{{i}}@northside.example", "givenName": "Key{{i}}", "familyName": "Holder", "password": "{{SampleDirectory.Password}}",
                      "memberships": [ { "account": "northside", "role": "User" } ] }
                    """));
            }

            return root.ToJsonString();
        }
    }
}

[CollectionDefinition(PasskeyHub.Collection)]
public sealed class PasskeyCollection : ICollectionFixture<PasskeyHub>;

/// <summary>A person with an authenticator.</summary>
public sealed class PasskeyPerson(RunningHub hub, string userId, string userName)
{
    public string UserId => userId;

    public string UserName => userName;

    public SoftwareAuthenticator Authenticator { get; } = new(hub);

    /// <summary>Puts a passkey into the directory without any page.</summary>
    public async Task<SoftwarePasskey> EnrolDirectlyAsync()
    {
        var passkey = Authenticator.Add(SoftwareAuthenticator.HandleOf(userId));
        var stored = new StoredPasskey(
            passkey.Id, userId, SoftwareAuthenticator.CoseOf(passkey.Key), passkey.Count, "internal", (Authenticator.Flags & SoftwareAuthenticator.BackupEligible) != 0,
            (Authenticator.Flags & SoftwareAuthenticator.BackedUp) != 0, hub.Time.Now);
        Assert.True(await hub.WriteAsync(transaction => Passkeys.TryAddAsync(transaction, stored, "Test key")));
        return passkey;
    }

    public Task<StoredPasskey?> StoredAsync(int index = 0) => hub.ReadAsync(reader => Passkeys.FindAsync(reader, Authenticator.Passkeys[index].Id));
}

internal static class PasskeyBrowser
{
    public const string Whole = "/sign-in?handler=passkey";
    public const string WholeOptions = "/sign-in?handler=passkeyoptions";
    public const string Factor = "/sign-in/passkey?x=1";
    public const string FactorOptions = "/sign-in/passkey?handler=options";
    public const string Enrol = "/sign-in/new-passkey?x=1";
    public const string EnrolOptions = "/sign-in/new-passkey?handler=options";

    /// <summary>At the sign-in page of an app.</summary>
    public static async Task<Browser> AtSignInAsync(this RunningHub hub, RelyingApp? app = null, params (string Name, string? Value)[] changes) =>
        await hub.NewBrowser().GoAsync((app ?? SampleDirectory.Portal(hub)).AuthorizeAddress(changes));

    /// <summary>At what comes after the password.</summary>
    public static async Task<Browser> AfterPasswordAsync(this RunningHub hub, PasskeyPerson person, RelyingApp? app = null, params (string Name, string? Value)[] changes)
    {
        var browser = await hub.AtSignInAsync(app, changes);
        return await browser.SubmitAsync(("username", person.UserName), ("current-password", SampleDirectory.Password));
    }

    public static string Tx(this Browser browser) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(browser.Page!.Address.Query)["tx"].ToString();

    /// <summary>What the page's script is sent.</summary>
    public static async Task<JsonElement> AnswerAsync(this Browser browser, string path)
    {
        using var response = await browser.Client.PostAsync($"{path}&tx={browser.Tx()}", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", Pages.Header(response, "Cache-Control"));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public static async Task<JsonElement> OptionsAsync(this Browser browser, string path) => (await browser.AnswerAsync(path)).GetProperty("publicKey");

    public static Task<Browser> SendCredentialAsync(this Browser browser, string path, JsonNode? credential, params (string Name, string Value)[] more) =>
        browser.SendCredentialAsync(path, credential?.ToJsonString() ?? "", more);

    public static Task<Browser> SendCredentialAsync(this Browser browser, string path, string credential, params (string Name, string Value)[] more) => browser.PostAsync(
        $"{path}&tx={browser.Tx()}", [KeyValuePair.Create("credential", credential), .. more.Select(one => KeyValuePair.Create(one.Name, one.Value))]);

    /// <summary>Signs in wholly with a passkey.</summary>
    public static async Task<Browser> SignInWithAsync(this Browser browser, PasskeyPerson person, Action<PasskeyAnswer>? change = null)
    {
        var options = await browser.OptionsAsync(WholeOptions);
        return await browser.SendCredentialAsync(Whole, person.Authenticator.Get(options, change));
    }

    /// <summary>The payload of the ID token that the app gets.</summary>
    public static async Task<JsonElement> IdTokenAsync(this Browser browser, RelyingApp app) =>
        RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));

    public static string[] Methods(this JsonElement token) => [.. token.GetProperty("amr").EnumerateArray().Select(one => one.GetString()!)];
}
