using System.Text.Json.Nodes;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>Somebody in one cell of role × level.</summary>
/// <param name="UserName">Who.</param>
/// <param name="Account">Where; each PRIMARY has an account of their own, since there is one in each. Null for the operator, who is in none.</param>
/// <param name="Role">Their role.</param>
/// <param name="Level">Their level.</param>
public sealed record MatrixPerson(string UserName, string? Account, Role Role, PermissionLevel? Level)
{
    public bool May(string who) => who switch
    {
        PageTable.Person => true,
        PageTable.Operator => Account is null,
        _ => Account is not null && PermissionMatrix.Allows(Role, Level, who),
    };
}

/// <summary>A hub with somebody in every cell of role × level, signed in to the console, an operator, and an account of strangers.</summary>
public sealed class MatrixHub : Xunit.IAsyncLifetime
{
    public const string Strangers = "strangers";
    public const string Stranger = "stranger@strangers.example";
    /// <summary>A plain user of an account, whom its administrators may act on.</summary>
    public static string OtherOf(string account) => $"other@{account}.example";

    public static readonly IReadOnlyList<MatrixPerson> People =
    [
        .. from role in Enum.GetValues<Role>()
           from level in Enum.GetValues<PermissionLevel>().Cast<PermissionLevel?>().Append(null)
           let account = level == PermissionLevel.Primary ? $"of-{role}".ToLowerInvariant() : "common"
           select new MatrixPerson($"{role}-{level?.ToString() ?? "none"}@{account}.example".ToLowerInvariant(), account, role, level),
        new MatrixPerson("operator@hub.example", null, Role.User, null),
    ];

    private readonly Dictionary<string, Browser> browsers = [];

    public ConsoleHub Console { get; private set; } = null!;

    public async Task InitializeAsync() => Console = await ConsoleHub.StartAsync(Json());

    public async Task DisposeAsync() => await Console.DisposeAsync();

    /// <summary>The browser in which this person is signed in.</summary>
    public async Task<Browser> BrowserOfAsync(MatrixPerson person)
    {
        if (!browsers.TryGetValue(person.UserName, out var browser))
        {
            browsers[person.UserName] = browser = await Console.SignInAsync(person.UserName);
        }

        return browser;
    }

    private static string Json()
    {
        var accounts = new JsonArray();
        var users = new JsonArray();
        foreach (var account in People.Where(person => person.Account is not null).Select(person => person.Account!).Distinct().Append(Strangers))
        {
            accounts.Add(new JsonObject { ["id"] = account, ["name"] = "Account " + account, ["seats"] = new JsonObject { ["tool"] = 5 } });
            users.Add(User(OtherOf(account), account, "User", null));
        }

        users.Add(User(Stranger, Strangers, "Administrator", null));
        foreach (var person in People)
        {
            users.Add(person.Account is { } account
                ? User(person.UserName, account, PermissionNames.Of(person.Role), person.Level is { } level ? PermissionNames.Of(level) : null)
                : new JsonObject { ["userName"] = person.UserName, ["password"] = SampleDirectory.Password, ["operator"] = true });
        }

        return new JsonObject
        {
            ["applications"] = new JsonArray(new JsonObject { ["id"] = "tool", ["name"] = "Tool", ["seated"] = true }), ["accounts"] = accounts, ["users"] = users,
        }.ToJsonString();
    }

    private static JsonObject User(string userName, string account, string role, string? level)
    {
        var membership = new JsonObject { ["account"] = account, ["role"] = role };
        if (level is not null)
        {
            membership["permissionLevel"] = level;
        }

        return new() { ["userName"] = userName, ["password"] = SampleDirectory.Password, ["memberships"] = new JsonArray(membership) };
    }
}
