using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Host.Commands;
using IdentityHub.Host.ConfigurationFile;

namespace IdentityHub.Host.Demo;

/// <summary>Has the demo's people live through a month before the hub starts, by the directory's own operations under a clock of its own: reports, charts and audit have something to show.</summary>
internal static class DemoHistory
{
    private const int Days = 30;
    private const string Scope = "openid profile email account";

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    ];

    private sealed record Person(User User, IReadOnlyList<MembershipView> Places, int Number);

    private sealed record Visit(Person Who, MembershipView Place, string ClientId, DateTimeOffset From, DateTimeOffset? Until);

    /// <summary>Fills a database without users with the demo's content and the month after it. Any other is left as it is.</summary>
    public static async Task LiveThroughAsync(string[] args, HubFile content)
    {
        var clock = new Clock(TimeProvider.System.GetUtcNow());
        var today = clock.Now;
        await using var services = await CoreServices.OpenAsync(args, time: clock);
        var store = services.GetRequiredService<IHubStore>();
        if (await store.ReadAsync(reader => Users.AnyAsync(reader)))
        {
            return;
        }

        clock.Now = today.AddDays(-Days);
        ApplyCommand.ChangedBy(await HubFileApplier.ApplyAsync(store, services.GetRequiredService<PasswordHashing>(), services.GetRequiredService<ClientSecret>(), Unreachable(content)));
        await SecureAsync(store);
        var sessions = new Dictionary<Visit, string>();
        foreach (var (at, visit, begins) in await PlanAsync(store, content, today))
        {
            clock.Now = at;
            if (begins)
            {
                sessions[visit] = await BeginAsync(store, visit);
            }
            else
            {
                await store.WriteAsync(new Actor.Person(visit.Who.User.Id), transaction => Sessions.EndAsync(transaction, sessions[visit], "signed out"));
            }
        }
    }

    /// <summary>One account has looked after what it asks of sign-ins, one user after the day on which the phone is lost.</summary>
    private static async Task SecureAsync(IHubStore store)
    {
        var codes = RecoveryCodes.Make();
        await store.WriteAsync(new Actor.Hub("demo"), async transaction =>
        {
            if (await AccountSecurity.FindAsync(transaction, "brightfix") is { } before)
            {
                await AccountSecurity.ChangeAsync(transaction, "brightfix", before with { EmailCodesCount = true, GraceDays = 7, RememberedDays = 14 }, before);
            }

            if (await Users.FindByNameAsync(transaction, "noor.haddad@brightfix.example") is { } noor)
            {
                await RecoveryCodes.ReplaceAsync(transaction, noor.Id, codes);
            }

            return true;
        });
    }

    /// <summary>The apps were not there to be told of sign-outs: the hub's own start gives them their addresses.</summary>
    private static HubFile Unreachable(HubFile content) => content with { Clients = [.. content.Clients.Select(client => client with { BackchannelLogoutUri = null })] };

    /// <summary>Everybody who may sign in comes on most working days, at an hour and for a while that are their own.</summary>
    private static async Task<IEnumerable<(DateTimeOffset At, Visit Visit, bool Begins)>> PlanAsync(IHubStore store, HubFile content, DateTimeOffset today)
    {
        var people = await store.ReadAsync(reader => FindAsync(reader, content));
        var visits =
            from day in Enumerable.Range(1, Days - 1)
            let morning = new DateTimeOffset(today.AddDays(day - Days).UtcDateTime.Date, TimeSpan.Zero)
            where morning.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
            from person in people
            let chance = Mix(day, person.Number)
            where chance % 10 < 7
            from place in person.Places.Where((_, index) => index == 0 || chance % 3 == 0)
            let begin = morning.AddMinutes(420 + (chance % 150))
            let client = place.Seats.Count > 0 && chance % 4 != 0 ? "expert" : "portal"
            select new Visit(person, place, client, begin, chance % 6 == 0 ? null : begin.AddMinutes(15 + (chance / 7 % 300)));
        return visits.SelectMany(visit => visit.Until is { } until ? new[] { (visit.From, visit, true), (until, visit, false) } : [(visit.From, visit, true)]).OrderBy(one => one.Item1).ToList();
    }

    private static async Task<List<Person>> FindAsync(HubReader reader, HubFile content)
    {
        var people = new List<Person>();
        foreach (var (number, named) in content.Users.Index())
        {
            if (await Users.FindByNameAsync(reader, CanonicalName.Of(named.UserName)!) is { Active: true } user)
            {
                var places = (await Memberships.OfUserAsync(reader, user.Id)).Where(place => place.Status == MembershipStatus.Active).ToList();
                people.AddRange(places.Count > 0 ? [new(user, places, number)] : Array.Empty<Person>());
            }
        }

        return people;
    }

    private static Task<string> BeginAsync(IHubStore store, Visit visit) => store.WriteAsync(
        new Actor.Person(visit.Who.User.Id) { From = Address(visit) },
        async transaction =>
        {
            var device = new SessionDevice(Agents[visit.Who.Number % Agents.Length], Address(visit));
            var (session, _) = await Sessions.StartAsync(transaction, visit.Who.User.Id, visit.Who.User.Epoch, transaction.Now, "pwd otp mfa", device)
                ?? throw new InvalidOperationException("Somebody of the demo cannot sign in.");
            await transaction.SettleAsync();
            await Sessions.SwitchAccountAsync(transaction, session.Id, visit.Place.AccountId);
            await transaction.SettleAsync();
            Grants.Issue(transaction, new(
                visit.ClientId, session.Id, session.ExpiresAt, visit.Place.Id, Scope, Offline: false, ClaimsRequest: null, "https://refeds.org/profile/mfa", RedirectUri: null, CodeChallenge: null, Nonce: null)
            {
                Origin = new(visit.Who.User.Id, device.Address, device.Words),
            });
            return session.Id;
        });

    private static string Address(Visit visit) => $"198.51.100.{20 + visit.Who.Number}";

    /// <summary>The same month each time: a number that looks like chance (Knuth's multiplicative hash).</summary>
    private static int Mix(int day, int person) => (int)((uint)((day * 31) + person + 1) * 2654435761u >> 16);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
