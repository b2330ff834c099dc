using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>On whom and what a form is tried: real ids, all of one account.</summary>
public sealed record ActionTarget(string Account, string Member, string User, string Name, string Token, string Job, string Draft, string Request, string Session, string Administrator);

/// <summary>A house with a PRIMARY, Administrators and users, and strangers beside it who have the same things: a token, a job, a file, a request, a session.</summary>
public sealed class ActionHub : Xunit.IAsyncLifetime
{
    public const string Strangers = "strangers";
    public const string House = "house";

    public static readonly IReadOnlyList<MatrixPerson> Actors =
    [
        new("admin@house.example", House, Role.Administrator, null),
        new("prime@house.example", House, Role.User, PermissionLevel.Primary),
        new("plain@house.example", House, Role.User, null),
        new("operator@hub.example", null, Role.User, null),
    ];

    /// <summary>Tables that say nothing of what anybody did.</summary>
    private static readonly string[] Passing = ["Throttles", "sqlite_sequence"];

    private int added;

    public ConsoleHub Console { get; private set; } = null!;

    /// <summary>A user of the house whom an Administrator may act on.</summary>
    public ActionTarget Colleague { get; private set; } = null!;

    /// <summary>The PRIMARY of the house.</summary>
    public ActionTarget Primary { get; private set; } = null!;

    /// <summary>A user of the strangers.</summary>
    public ActionTarget Stranger { get; private set; } = null!;

    private RunningHub Hub => Console.Hub;

    private IHubStore Store => Hub.Services.GetRequiredService<IHubStore>();

    public async Task InitializeAsync()
    {
        Console = await ConsoleHub.StartAsync(Json());
        Stranger = await TargetAsync(Strangers, "guest@strangers.example", "boss@strangers.example");
        Colleague = await TargetAsync(House, "other@house.example", "second@house.example");
        var (member, user) = await IdsAsync("prime@house.example", House);
        Primary = Colleague with { Member = member, User = user, Name = "prime@house.example" };
    }

    public async Task DisposeAsync() => await Console.DisposeAsync();

    /// <summary>A new user of the house, with a seat.</summary>
    public async Task<ActionTarget> NewColleagueAsync()
    {
        var name = $"new{++added}@house.example";
        await Hub.WriteAsync(async transaction =>
        {
            var user = ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "New", "Colleague", name, true, false))).User.Id;
            var member = ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user, House, Role.User, null, MembershipStatus.Active))).Membership.Id;
            await SecondFactors.PutTotpAsync(transaction, user, new byte[20]);
            return await Domain.Seats.Seats.AssignAsync(transaction, member, "tool");
        });
        var (id, userId) = await IdsAsync(name, House);
        return Colleague with { Member = id, User = userId, Name = name };
    }

    /// <summary>The request that is open in the house, made where none is.</summary>
    public async Task<string> OpenRequestAsync() =>
        (await Hub.ReadAsync(reader => PrimaryRequests.OpenOfAsync(reader, House)))?.Id ?? await RequestAsync(House, Colleague.Member, (await IdsAsync("second@house.example", House)).User);

    /// <summary>Ends what is open, so that another could be asked for.</summary>
    public async Task EndRequestAsync() => await Hub.WriteAsync(async transaction =>
        await PrimaryRequests.OpenOfAsync(transaction, House) is { } open && await PrimaryTransfer.DeclineAsync(transaction, House, open.Id) == PrimaryTransfer.StepResult.Done);

    public async Task<string> VersionAsync(string account, string member) => (await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, account, member))))?.Version ?? "";

    /// <summary>Every row of the database, but for what passes by itself: when a session was last seen, how far a message is.</summary>
    /// <param name="naming">Only rows that name one of these ids.</param>
    public SortedSet<string> Rows(params string[] naming)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Hub.DataDirectory, "hub.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var rows = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var table in Names(connection).Except(Passing))
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var row = TextOf(reader, table);
                if (naming.Length == 0 || naming.Any(id => row.Contains(id, StringComparison.Ordinal)))
                {
                    rows.Add(row);
                }
            }
        }

        return rows;
    }

    public SortedSet<string> StrangersRows() => Rows(
        Strangers, Stranger.Member, Stranger.User, Stranger.Token, Stranger.Job, Stranger.Draft, Stranger.Request, Stranger.Administrator);

    /// <summary>What is the PRIMARY's. Which jobs and requests speak of them is the account's.</summary>
    public SortedSet<string> PrimarysRows() =>
        new(Rows(Primary.Member, Primary.User).Where(row => !row.StartsWith("Job", StringComparison.Ordinal) && !row.StartsWith("Primary", StringComparison.Ordinal)), StringComparer.Ordinal);

    private static List<string> Names(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static string TextOf(SqliteDataReader reader, string table)
    {
        var text = new StringBuilder(table);
        for (var column = 0; column < reader.FieldCount; column++)
        {
            var name = reader.GetName(column);
            if (name != "LastSeenAt" && (table != "Outbox" || name is "Id" or "Kind" or "Subject"))
            {
                text.Append(" | ").Append(reader.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(column).ToString());
            }
        }

        return text.ToString();
    }

    private async Task<ActionTarget> TargetAsync(string account, string name, string administrator)
    {
        await Console.SignInAsync(administrator);
        var (member, user) = await IdsAsync(name, account);
        var (_, acting) = await IdsAsync(administrator, account);
        var token = (ProvisioningTokens.MakeResult.Made)await Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, account, "hr", null));
        var draft = (Imports.ReadResult.Read)await Imports.ReadAsync(
            Store, new Actor.Person(acting), account, Hub.Issuer, new MemoryStream(Encoding.UTF8.GetBytes($"Mail\nlisted@{account}.example\n")));
        var session = (await Hub.ReadAsync(reader => OwnSessions.ListAsync(reader, acting, null)))[0].Handle;
        return new(account, member, user, name, token.Id, await JobAsync(account, member, acting), draft.JobId, await RequestAsync(account, member, acting), session, acting);
    }

    private async Task<string> JobAsync(string account, string member, string acting)
    {
        var preparing = (Domain.Jobs.Jobs.PrepareResult.Preparing)await Store.WriteAsync(
            new Actor.Person(acting), transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, account, new JobAction.Deactivate(), new Domain.Jobs.Jobs.Selection.Named([member])));
        Hub.Services.GetRequiredService<JobRunner>().Wake();
        while ((await Hub.ReadAsync(reader => JobReading.FindAsync(reader, account, preparing.JobId)))!.Status != JobStatus.Preview)
        {
            await Task.Delay(20);
        }

        return preparing.JobId;
    }

    private async Task<string> RequestAsync(string account, string member, string acting) => ((PrimaryTransfer.RequestResult.Made)await Store.WriteAsync(
        new Actor.Person(acting), transaction => PrimaryTransfer.RequestAsync(transaction, account, member, "Because"))).Id;

    private async Task<(string Member, string User)> IdsAsync(string userName, string account)
    {
        var member = await Console.MemberIdAsync(userName, account);
        return (member, (await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, account, member))))!.UserId);
    }

    private static string Json()
    {
        var seats = new JsonObject { ["tool"] = 2000, ["desk"] = 2000 };
        return new JsonObject
        {
            ["applications"] = new JsonArray(
                new JsonObject { ["id"] = "tool", ["name"] = "Tool", ["seated"] = true }, new JsonObject { ["id"] = "desk", ["name"] = "Desk", ["seated"] = true }),
            ["accounts"] = new JsonArray(
                new JsonObject { ["id"] = House, ["name"] = "The house", ["seats"] = seats }, new JsonObject { ["id"] = Strangers, ["name"] = "They", ["seats"] = seats.DeepClone() }),
            ["users"] = new JsonArray(
                User("admin", House, Role.Administrator, null), User("second", House, Role.Administrator, null), User("prime", House, Role.User, PermissionLevel.Primary, "tool"),
                User("plain", House, Role.User, null), User("other", House, Role.User, null), User("first", Strangers, Role.User, PermissionLevel.Primary, "tool"),
                User("boss", Strangers, Role.Administrator, null), User("guest", Strangers, Role.User, null, "tool"),
                new JsonObject { ["userName"] = "operator@hub.example", ["password"] = SampleDirectory.Password, ["operator"] = true }),
        }.ToJsonString();
    }

    private static JsonObject User(string name, string account, Role role, PermissionLevel? level, params string[] seats)
    {
        var membership = new JsonObject { ["account"] = account, ["role"] = PermissionNames.Of(role), ["seats"] = new JsonArray([.. seats.Select(seat => JsonValue.Create(seat))]) };
        if (level is { } one)
        {
            membership["permissionLevel"] = PermissionNames.Of(one);
        }

        var userName = $"{name}@{account}.example";
        return new() { ["userName"] = userName, ["email"] = userName, ["password"] = SampleDirectory.Password, ["memberships"] = new JsonArray(membership) };
    }
}
