using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>A hub with places that ask for second factors in every way, to which each test adds people of its own.</summary>
public sealed class FactorHub : IAsyncLifetime
{
    /// <summary>Asks for no second factor.</summary>
    public const string Open = "northside";

    /// <summary>Asks everybody for one.</summary>
    public const string Strict = "strict";

    /// <summary>The same, and takes codes by e-mail for one.</summary>
    public const string Mail = "mail";

    /// <summary>The same as strict, with seven days of grace.</summary>
    public const string Grace = "grace";

    private static readonly string PasswordHash = new PasswordHashing().Hash(SampleDirectory.Password);

    public RunningHub Hub { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Hub = await RunningHub.StartAsync(SampleDirectory.Json);
        await Hub.WriteAsync(async transaction =>
        {
            foreach (var id in (string[])[Strict, Mail, Grace])
            {
                await Accounts.PutAsync(transaction, id, "Account " + id, TwoFactorPolicy.Required, new());
            }

            return true;
        });
        Sql("""UPDATE "Accounts" SET "EmailCodesCount" = 1 WHERE "Id" = 'mail'""");
        Sql("""UPDATE "Accounts" SET "TwoFactorGraceDays" = 7 WHERE "Id" = 'grace'""");
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    /// <summary>Adds somebody with a password, and what else is asked.</summary>
    public Task<Person> AddAsync(string account = Open, bool totp = false, string? mailTo = null, bool recovery = false, Role role = Role.User, bool mustChange = false) => Hub.WriteAsync(async transaction =>
    {
        var name = $"fay-{RandomId.New()[..12]}@{account}.example";
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Fay", "Factor", name, true, false));
        var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, account, role, null, MembershipStatus.Active));
        await Passwords.SetAsync(transaction, created.User.Id, PasswordHash, mustChange);
        if (totp)
        {
            await SecondFactors.PutTotpAsync(transaction, created.User.Id, Base32.Decode(SampleDirectory.TotpSecret)!);
        }

        if (mailTo is not null)
        {
            await SecondFactors.PutEmailCodesAsync(transaction, created.User.Id, mailTo);
        }

        var codes = recovery ? Domain.Credentials.RecoveryCodes.Make() : null;
        if (codes is not null)
        {
            await Domain.Credentials.RecoveryCodes.ReplaceAsync(transaction, created.User.Id, codes);
        }

        return new Person(name, created.User.Id, added.Membership.Id, codes?.Codes ?? []);
    });

    /// <summary>Has somebody's second factors reset, as an administrator does.</summary>
    /// <returns>The code that is handed over.</returns>
    public async Task<string> ResetAsync(Person person)
    {
        Sql("""UPDATE "Users" SET "MustEnrol" = 1, "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", ("@id", person.UserId));
        Sql("""DELETE FROM "Totps" WHERE "UserId" = @id""", ("@id", person.UserId));
        Sql("""DELETE FROM "RecoveryCodes" WHERE "UserId" = @id""", ("@id", person.UserId));
        return (await Hub.WriteAsync(transaction => TemporaryCodes.IssueAsync(transaction, person.UserId)))!;
    }

    /// <summary>Writes past the hub: what no operation of the directory does by itself.</summary>
    public void Sql(string text, params (string Name, object Value)[] values) => Sql(Hub, text, values);

    public static void Sql(RunningHub hub, string text, params (string Name, object Value)[] values)
    {
        using var connection = Connect(hub);
        using var command = connection.CreateCommand();
        Fill(command, text, values);
        command.ExecuteNonQuery();
    }

    /// <summary>Reads past the hub.</summary>
    public long Count(string text, params (string Name, object Value)[] values)
    {
        using var connection = Connect(Hub);
        using var command = connection.CreateCommand();
        Fill(command, text, values);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static SqliteConnection Connect(RunningHub hub)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        return connection;
    }

#pragma warning disable CA2100 // The text is the test's own.
    private static void Fill(SqliteCommand command, string text, (string Name, object Value)[] values)
    {
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
    }
#pragma warning restore CA2100

    /// <summary>A browser in which the password was given.</summary>
    public async Task<Browser> AfterPasswordAsync(Person person, RelyingApp app, Browser? browser = null, params (string, string?)[] changes)
    {
        browser ??= Hub.NewBrowser();
        await browser.GoAsync(app.AuthorizeAddress(changes));
        await browser.SubmitAsync(("username", person.UserName), ("current-password", SampleDirectory.Password));
        return browser;
    }

    /// <summary>What an app learns of a sign-in that has come back to it.</summary>
    public static async Task<(string Acr, string Amr)> TokenAsync(RelyingApp app, Browser browser)
    {
        var id = RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));
        return (id.GetProperty("acr").GetString()!, string.Join(' ', id.GetProperty("amr").EnumerateArray().Select(method => method.GetString())));
    }

    public string Code(int steps = 0) => Codes.Of(SampleDirectory.TotpSecret, Hub, steps);

    public string WrongCode() => Codes.Wrong(SampleDirectory.TotpSecret, Hub);
}

/// <param name="UserName">Also where they read mail.</param>
/// <param name="UserId">Their id.</param>
/// <param name="MembershipId">Their one place.</param>
/// <param name="Recovery">Their recovery codes, if any.</param>
public sealed record Person(string UserName, string UserId, string MembershipId, IReadOnlyList<string> Recovery);

[CollectionDefinition(Name)]
public sealed class FactorCollection : ICollectionFixture<FactorHub>
{
    public const string Name = "factors";
}
