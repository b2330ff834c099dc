using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IdentityHub.EndToEnd.Tests.Erasing;

/// <summary>Somebody with marks that stand nowhere else uses everything and is deleted. Five seconds later not one mark stands in any file of the hub, logs and mails included.</summary>
[Trait("Speed", "slow")]
public sealed class ForensicTests : IAsyncLifetime
{
    private const string Token = "hr-token-0123456789abcdef0123456789abcdef";
    private const string UserName = "qvixazelle@marks.example";
    private const string Password = "Zyqwertos plumb vexing 81 haddock";
    private const string Agent = "Mozilla/5.0 (Xylofrank 77) Brombeerbrowser/99.7";

    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(5);
    private static readonly IPAddress Address = IPAddress.Parse("127.83.71.59");

    private const string Configuration =
        $$"""
        { "accounts": [ { "id": "north", "name": "North", "provisioningTokens": [ { "name": "hr", "token": "{{Token}}" } ] }, { "id": "south", "name": "South" } ],
          "users": [ { "userName": "prime@north.example", "password": "correct horse battery staple", "memberships": [ { "account": "north", "role": "Administrator", "permissionLevel": "PRIMARY" } ] } ],
          "clients": [ { "client_id": "portal", "client_name": "Portal", "client_secret": "{{SampleDirectory.PortalSecret}}", "redirect_uris": [ "{{SampleDirectory.PortalRedirect}}" ],
              "grant_types": [ "authorization_code", "refresh_token" ], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email account accounts offline_access" } ] }
        """;

    private readonly Marks marks = new();
    private readonly string logs = Directory.CreateTempSubdirectory("identityhub-logs-").FullName;
    private RunningHub hub = null!;
    private HttpClient hr = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(
            Configuration, ["--Logging:LogLevel:Default", "Debug"],
            configure: (services, _) => services.AddSingleton<ILoggerProvider>(new FileLog(Path.Combine(logs, "hub.log"))));
        hr = hub.NewClient();
        hr.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public async Task DisposeAsync()
    {
        hr.Dispose();
        await hub.DisposeAsync();
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task Nothing_of_a_deleted_person_stands_in_any_file_five_seconds_later()
    {
        var (membershipId, userId) = await MakeAsync();
        await UseEverythingAsync(userId);
        MarkWhatTheDatabaseHolds(userId);
        var before = marks.In(hub.DataDirectory);
        Assert.Contains(before, one => one.StartsWith("given name in hub.db", StringComparison.Ordinal));
        Assert.Contains(before, one => one.StartsWith("password hash in hub.db", StringComparison.Ordinal));
        Assert.Contains(before, one => one.Contains(".eml", StringComparison.Ordinal));

        using var deleted = await hr.DeleteAsync(new Uri($"{hub.Issuer}/scim/v2/Users/{membershipId}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var since = Stopwatch.StartNew();
        var left = Left();
        while (left.Count > 0 && since.Elapsed < AtMost)
        {
            await Task.Delay(100);
            left = Left();
        }

        Assert.Empty(left);
        Assert.InRange(FinalNotices().Count(), 1, 2);
    }

    /// <summary>What is left, the final notices aside: those name nobody in their file names, as what is to be erased does.</summary>
    private IReadOnlyList<string> Left()
    {
        var final = FinalNotices().Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        return [.. marks.In(hub.DataDirectory).Concat(marks.In(logs)).Where(one => !final.Any(name => one.EndsWith("in " + name, StringComparison.Ordinal)))];
    }

    private IEnumerable<string> FinalNotices() =>
        Directory.EnumerateFiles(Path.Combine(hub.DataDirectory, "mail"), "*.eml").Where(file => File.ReadAllText(file) is var mail && mail.Contains("deleted", StringComparison.OrdinalIgnoreCase) && mail.Contains("qvixazelle", StringComparison.OrdinalIgnoreCase));

    private async Task<(string MembershipId, string UserId)> MakeAsync()
    {
        (string Name, string Value)[] facts =
        [
            ("user name", "qvixazelle"), ("given name", "Qvixazellina"), ("family name", "Obermuxfeldt"), ("middle name", "Trinkwasser"), ("work mail", "werkpost-79@marks.example"),
            ("code address", "codes-for-zonk@elsewhere.example"), ("phone", "+49 555 8123477"), ("street", "Kuckucksuhrgasse 4711"), ("external id", "HR-991-XYLO-22"), ("agent", "Brombeerbrowser"), ("address", "127.83.71.59"),
            ("passkey name", "Omas rotes Handy"),
        ];
        foreach (var (name, value) in facts)
        {
            marks.Add(name, value);
        }

        var resource = new
        {
            schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" },
            userName = UserName, externalId = "HR-991-XYLO-22", password = Password, active = true,
            name = new { givenName = "Qvixazellina", familyName = "Obermuxfeldt", middleName = "Trinkwasser" },
            emails = new[] { new { value = UserName, type = "work", primary = true }, new { value = "werkpost-79@marks.example", type = "other", primary = false } },
            phoneNumbers = new[] { new { value = "+49 555 8123477", type = "work" } },
            addresses = new[] { new { streetAddress = "Kuckucksuhrgasse 4711", type = "work" } },
        };
        using var body = new StringContent(JsonSerializer.Serialize(resource), Encoding.UTF8, "application/scim+json");
        using var made = await hr.PostAsync(new Uri(hub.Issuer + "/scim/v2/Users"), body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var membershipId = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var userId = await hub.ReadAsync(async reader => (await Users.FindByNameAsync(reader, "qvixazelle@marks.example"))!.Id);
        marks.Add("membership id", membershipId);
        marks.Add("user id", userId);
        return (membershipId, userId);
    }

    private async Task UseEverythingAsync(string userId)
    {
        var portal = SampleDirectory.Portal(hub);
        await SignInAsync(portal, null);

        // Every kind of second factor, recovery codes and a remembered browser.
        var secret = Encoding.ASCII.GetBytes("twenty-marked-bytes!");
        marks.Add("TOTP secret", secret);
        marks.Add("TOTP secret in base32", Base32.Encode(secret));
        var codes = RecoveryCodes.Make();
        foreach (var code in codes.Codes)
        {
            marks.Add("recovery code", code);
        }

        await hub.WriteAsync(async transaction =>
        {
            await SecondFactors.PutTotpAsync(transaction, userId, secret);
            await SecondFactors.PutEmailCodesAsync(transaction, userId, "codes-for-zonk@elsewhere.example");
            await Passkeys.TryAddAsync(transaction, new("cGFzc2tleS1vZi1xdml4YXplbGxl", userId, Encoding.ASCII.GetBytes("the-public-key-of-qvix"), 0, "internal", true, true, transaction.Now), "Omas rotes Handy");
            await RecoveryCodes.ReplaceAsync(transaction, userId, codes);
            return await RememberedDevices.RememberAsync(transaction, userId, new SessionDevice(Agent, Address.ToString()));
        });
        marks.Add("passkey id", "cGFzc2tleS1vZi1xdml4YXplbGxl");
        marks.Add("passkey key", Encoding.ASCII.GetBytes("the-public-key-of-qvix"));

        var tokens = await SignInAsync(portal, Base32.Encode(secret), ("scope", "openid profile email account accounts offline_access"));
        Assert.Equal(HttpStatusCode.OK, (await portal.UserInfoAsync(tokens.Text("access_token"))).Status);
        var refreshed = await portal.RefreshAsync(tokens.Text("refresh_token"));
        Assert.True((await portal.IntrospectAsync(refreshed.Text("access_token"))).Body.GetProperty("active").GetBoolean());

        // Somebody mistypes, forgets, and leaves a sign-in open.
        using var other = NewBrowser();
        await other.GoAsync(portal.AuthorizeAddress(("login_hint", UserName)));
        await other.SubmitAsync(("username", UserName), ("current-password", "wrong"));
        await other.PostAsync("/reset", new Dictionary<string, string> { ["username"] = UserName });

        // The account's administrators do what they do.
        await hub.WriteAsync(async transaction =>
        {
            var place = (await Memberships.OfUserAsync(transaction, userId)).Single();
            await UserLifecycle.DeactivateAsync(transaction, place.Id);
            return await UserLifecycle.ReactivateAsync(transaction, place.Id);
        });
        await SignInAsync(portal, Base32.Encode(secret));
    }

    private async Task<JsonAnswer> SignInAsync(RelyingApp portal, string? totp, params (string, string?)[] changes)
    {
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        using var browser = NewBrowser();
        var callback = await portal.SignInAsync(browser, UserName, Password, totp, account: null, [.. changes, ("login_hint", UserName)]);
        var tokens = await portal.RedeemAsync(callback["code"]);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        marks.Add("session id", RelyingApp.Payload(tokens.Text("id_token")).GetProperty("sid").GetString()!);
        marks.Add("authorization code", callback["code"]);
        return tokens;
    }

    private Browser NewBrowser()
    {
        var browser = hub.NewBrowser(Address);
        browser.Client.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        return browser;
    }

    /// <summary>Hashes and ids that only the database knows.</summary>
    private void MarkWhatTheDatabaseHolds(string userId)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        foreach (var (name, sql) in new[]
        {
            ("password hash", """SELECT "Hash" FROM "Passwords" WHERE "UserId" = @user"""), ("session row", """SELECT "Id" FROM "Sessions" WHERE "UserId" = @user"""),
            ("session secret", """SELECT "SecretHash" FROM "Sessions" WHERE "UserId" = @user"""), ("grant", """SELECT "Id" FROM "Grants" WHERE "UserId" = @user"""),
            ("recovery hash", """SELECT "Hash" FROM "RecoveryCodes" WHERE "UserId" = @user"""), ("user key", """SELECT hex("SealedKey") FROM "UserKeys" WHERE "UserId" = @user"""),
            ("remembered browser", """SELECT "SecretHash" FROM "RememberedDevices" WHERE "UserId" = @user"""), ("reset", """SELECT "TokenHash" FROM "PasswordResets" WHERE "UserId" = @user"""),
            ("report row", """SELECT "Id" FROM "Connections" WHERE "UserId" = @user"""),
        })
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The constants above.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.Parameters.AddWithValue("@user", userId);
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                marks.Add(name, rows.GetString(0));
            }
        }
    }

    /// <summary>Everything that the hub says, in a file of its data directory.</summary>
    private sealed class FileLog(string file) : ILoggerProvider, ILogger
    {
        private readonly Lock turn = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (turn)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{logLevel} {formatter(state, exception)} {exception}\n"));
            }
        }

        public void Dispose()
        {
        }
    }
}
