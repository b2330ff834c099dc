using System.Diagnostics;
using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.Commands;

/// <summary>Fills an account with generated users and groups, for measuring. Goes on after what an earlier run left; no mail is sent.</summary>
internal static class LoadCommand
{
    /// <summary>A transaction holds up a hub that serves beside it: so long, and no longer.</summary>
    private const int UsersPerTransaction = 2_000;

    private const int MembersPerTransaction = 10_000;

    private static readonly Actor Self = new Actor.Hub("load");

    /// <summary>What is to be there at the end.</summary>
    private sealed record Order(string Account, int Users, int Groups, int Members);

    public static async Task<int> RunAsync(string[] args)
    {
        var taken = new List<int>();
        var order = new Order(
            Text(args, "--account", taken) ?? throw new StartFailedException("Say which account: load --account ID --users N [--groups G --members M]."),
            Number(args, "--users", taken), Number(args, "--groups", taken), Number(args, "--members", taken));
        await using var services = await CoreServices.OpenAsync([.. args.Where((_, index) => !taken.Contains(index))], bulkWriting: true);
        var store = services.GetRequiredService<IHubStore>();
        if (!await store.ReadAsync(reader => Accounts.ExistsAsync(reader, order.Account)))
        {
            throw new StartFailedException($"There is no account {order.Account}.");
        }

        await AddUsersAsync(store, order);
        for (var number = 1; number <= order.Groups; number++)
        {
            await FillGroupAsync(store, order, number);
        }

        return 0;
    }

    private static async Task AddUsersAsync(IHubStore store, Order order)
    {
        var first = await store.ReadAsync(reader => Task.FromResult(LoadedUser.Highest(reader, order.Account))) + 1;
        var clock = Stopwatch.StartNew();
        for (var next = first; next <= order.Users; next += UsersPerTransaction)
        {
            var (from, end) = (next, Math.Min(next + UsersPerTransaction, order.Users + 1));
            await store.WriteAsync(Self, async transaction =>
            {
                for (var number = from; number < end; number++)
                {
                    await LoadedUser.AddAsync(transaction, order.Account, number);
                }

                return true;
            });
        }

        var added = Math.Max(0, order.Users + 1 - first);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{added} users were added in {clock.Elapsed.TotalSeconds:0.0} s, {added / Math.Max(0.001, clock.Elapsed.TotalSeconds):0} a second."));
    }

    /// <summary>The account's first members, in the order in which they came.</summary>
    private static async Task FillGroupAsync(IHubStore store, Order order, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Group {number:0000}");
        var groupId = await store.WriteAsync(Self, async transaction =>
            GroupDirectory.Page(transaction, new(order.Account, new DirectoryCriterion.Term(DirectoryField.DisplayName, DirectoryOperator.Equal, name))) is [var present, ..]
                ? present.Id
                : (await Groups.CreateAsync(transaction, order.Account, name, externalId: null)).Group!.Id);
        var (filled, after) = (0, (DirectoryPosition?)null);
        while (filled < order.Members)
        {
            var take = Math.Min(MembersPerTransaction, order.Members - filled);
            var position = after;
            var members = await store.ReadAsync(reader => Task.FromResult(MemberDirectory.Page(reader, new(order.Account, null, After: position, Take: take))));
            if (members.Count == 0)
            {
                break;
            }

            await store.WriteAsync(Self, transaction => Groups.AddMembersAsync(transaction, order.Account, groupId, members.Select(member => member.Id)));
            (filled, after) = (filled + members.Count, MemberDirectory.PositionOf(members[^1], DirectoryOrder.Created));
        }

        Console.WriteLine($"{name} has {filled} members.");
    }

    /// <param name="args">All arguments.</param>
    /// <param name="key">Whose value.</param>
    /// <param name="taken">Gets the places of key and value: the others are configuration.</param>
    private static string? Text(string[] args, string key, List<int> taken)
    {
        var at = Array.IndexOf(args, key);
        if (at < 0 || at == args.Length - 1)
        {
            return null;
        }

        taken.AddRange([at, at + 1]);
        return args[at + 1];
    }

    private static int Number(string[] args, string key, List<int> taken) => Text(args, key, taken) switch
    {
        null => 0,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= LoadedUser.Most => number,
        _ => throw new StartFailedException($"{key} takes a whole number up to {LoadedUser.Most}."),
    };
}
