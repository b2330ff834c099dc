using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>The rules of a configuration file that can be judged before anything is changed: identifiers, values, references, and what the file says twice.</summary>
internal sealed class HubFileChecks
{
    private const int MaxIdLength = 64;
    private const int MaxNameLength = 256;
    private const int MaxSeats = 1_000_000;
    private const int MinTokenLength = 32;
    private const int MaxTokenLength = 512;
    private const int MinTotpBytes = 16;
    private const int MaxTotpBytes = 128;

    private readonly List<HubFileFault> faults = [];
    private readonly HubFile file;
    private readonly HubFileSurroundings surroundings;
    private readonly HashSet<string> accounts;
    private readonly Dictionary<string, bool> seated;

    private HubFileChecks(HubFile file, HubFileSurroundings surroundings)
    {
        this.file = file;
        this.surroundings = surroundings;
        accounts = [.. surroundings.Accounts, .. file.Accounts.Select(account => account.Id)];
        seated = new(surroundings.SeatedApplications, StringComparer.Ordinal);
        foreach (var application in file.Applications.Reverse())
        {
            // Of one named twice, the first counts; the second is a fault of its own.
            seated[application.Id] = application.Seated;
        }
    }

    public static IReadOnlyList<HubFileFault> Run(HubFile file, HubFileSurroundings surroundings)
    {
        var checks = new HubFileChecks(file, surroundings);
        checks.Applications();
        checks.Accounts();
        checks.Users();
        checks.Memberships();
        checks.Clients();
        return checks.faults;
    }

    private void Applications()
    {
        Unique("applications", file.Applications.Select(application => application.Id), "id");
        foreach (var (application, place) in Placed(file.Applications, "applications"))
        {
            Id(application.Id, $"{place}.id");
            Name(application.Name, $"{place}.name");
        }
    }

    private void Accounts()
    {
        Unique("accounts", file.Accounts.Select(account => account.Id), "id");
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (account, place) in Placed(file.Accounts, "accounts"))
        {
            Id(account.Id, $"{place}.id");
            Name(account.Name, $"{place}.name");
            foreach (var seats in account.Seats)
            {
                var seatsPlace = HubFileFaults.Below($"{place}.seats", seats.Application);
                Seated(seats.Application, seatsPlace);
                Require(seats.Capacity is >= 0 and <= MaxSeats, seatsPlace, $"must be 0 to {MaxSeats}");
            }

            Unique($"{place}.provisioningTokens", account.ProvisioningTokens.Select(token => token.Name), "name");
            foreach (var (token, tokenPlace) in Placed(account.ProvisioningTokens, $"{place}.provisioningTokens"))
            {
                Name(token.Name, $"{tokenPlace}.name");
                Token(token.Token, $"{tokenPlace}.token", tokens);
            }
        }
    }

    /// <summary>RFC 6750 §2.1: what can stand in an Authorization header.</summary>
    private void Token(string token, string place, Dictionary<string, string> seen)
    {
        var core = token.TrimEnd('=');
        if (token.Length is < MinTokenLength or > MaxTokenLength)
        {
            Fault(place, $"must have {MinTokenLength} to {MaxTokenLength} characters, so that nobody can guess it");
        }
        else if (!core.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' or '+' or '/'))
        {
            Fault(place, "must be of letters, digits and - . _ ~ + / (RFC 6750 section 2.1)");
        }
        else if (!seen.TryAdd(token, place))
        {
            Fault(place, $"is the same token as {seen[token]}; a token says which account it is for");
        }
    }

    private void Users()
    {
        Unique("users", file.Users.Select(user => CanonicalName.Of(user.UserName) ?? ""), "userName");
        foreach (var (user, place) in Placed(file.Users, "users"))
        {
            Require(CanonicalName.Of(user.UserName) is not null, $"{place}.userName", $"must have 1 to {CanonicalName.MaxLength} characters without control characters");
            OptionalName(user.GivenName, $"{place}.givenName");
            OptionalName(user.FamilyName, $"{place}.familyName");
            Address(user.Email, $"{place}.email");
            Address(user.EmailCodesTo, $"{place}.twoFactor.emailCodesTo");
            Require(user.Password is null or { Length: > 0 and <= Passwords.MaxLength }, $"{place}.password", $"must have 1 to {Passwords.MaxLength} characters");
            Require(
                user.Totp is null || Base32.Decode(user.Totp) is { Length: >= MinTotpBytes and <= MaxTotpBytes },
                $"{place}.twoFactor.totp",
                $"must be base32 (A to Z, 2 to 7) of {MinTotpBytes} bytes or more: 26 characters at least");
        }
    }

    private void Memberships()
    {
        var primaries = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = new Dictionary<(string Account, string Application), int>();
        foreach (var account in file.Accounts)
        {
            foreach (var seats in account.Seats)
            {
                left[(account.Id, seats.Application)] = seats.Capacity;
            }
        }

        foreach (var (user, userIndex) in file.Users.Select((user, index) => (user, index)))
        {
            var listPlace = $"users[{userIndex}].memberships";
            Unique(listPlace, user.Memberships.Select(membership => membership.Account), "account");
            if (!user.Memberships.IsEmpty && surroundings.Homes.TryGetValue(userIndex, out var home) && user.Memberships[0].Account != home)
            {
                Fault($"{listPlace}[0].account", $"the home account of this user is {HubFileFaults.Quote(home)} and stays so; list it first");
            }

            foreach (var (membership, place) in Placed(user.Memberships, listPlace))
            {
                Require(accounts.Contains(membership.Account), $"{place}.account", $"there is no account {HubFileFaults.Quote(membership.Account)}; add it under accounts");
                if (membership.Level == PermissionLevel.Primary && !primaries.TryAdd(membership.Account, place))
                {
                    Fault($"{place}.permissionLevel", $"{primaries[membership.Account]} is PRIMARY of this account already; there is one at most");
                }

                MemberSeats(membership, place, left);
            }
        }
    }

    private void MemberSeats(HubFileMembership membership, string place, Dictionary<(string Account, string Application), int> left)
    {
        Require(membership.Active || membership.Seats.IsEmpty, $"{place}.seats", "must be empty for an inactive member: deactivation frees seats");
        foreach (var (application, seatPlace) in Placed(membership.Seats, $"{place}.seats"))
        {
            if (membership.Seats.IndexOf(application) is var first && $"{place}.seats[{first}]" != seatPlace)
            {
                Fault(seatPlace, "is listed twice");
                continue;
            }

            Seated(application, seatPlace);
            var pool = (membership.Account, application);
            if (left.TryGetValue(pool, out var seats))
            {
                Require(seats > 0, seatPlace, $"no seat is left: {HubFileFaults.Quote(membership.Account)} has too few of {HubFileFaults.Quote(application)}; raise accounts[].seats or take one away");
                left[pool] = seats - 1;
            }
        }
    }

    private void Clients()
    {
        Unique("clients", file.Clients.Select(client => client.ClientId), "client_id");
        foreach (var (client, place) in Placed(file.Clients, "clients"))
        {
            foreach (var fault in ClientRules.Check(client))
            {
                Fault($"{place}.{fault.Property}" + (fault.Index is { } index ? $"[{index}]" : ""), fault.Message);
            }

            if (client.RequireSeat is { } application)
            {
                Seated(application, $"{place}.require_seat");
            }

            Require(
                client.Account is null || accounts.Contains(client.Account), $"{place}.account",
                $"there is no account {HubFileFaults.Quote(client.Account ?? "")}; add it under accounts");
        }
    }

    private void Seated(string application, string place)
    {
        if (!seated.TryGetValue(application, out var isSeated))
        {
            Fault(place, $"there is no application {HubFileFaults.Quote(application)}; add it under applications");
        }
        else if (!isSeated)
        {
            Fault(place, $"the application {HubFileFaults.Quote(application)} has no seats; set its seated to true");
        }
    }

    private void Id(string id, string place) => Require(
        id.Length is > 0 and <= MaxIdLength && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-'),
        place,
        $"must be 1 to {MaxIdLength} letters, digits, dots, underscores and hyphens");

    private void Name(string name, string place) =>
        Require(!string.IsNullOrWhiteSpace(name) && name.Length <= MaxNameLength && !name.Any(char.IsControl), place, $"must have 1 to {MaxNameLength} characters without control characters");

    private void OptionalName(string? name, string place)
    {
        if (name is not null)
        {
            Name(name, place);
        }
    }

    private void Address(string? address, string place) =>
        Require(address is null || EmailAddress.IsPlausible(address), place, "must be an e-mail address");

    private void Unique(string list, IEnumerable<string> values, string key)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (value, index) in values.Select((value, index) => (value, index)))
        {
            if (value.Length > 0 && !seen.TryAdd(value, index))
            {
                Fault($"{list}[{index}].{key}", $"{list}[{seen[value]}] has the same {key}; keep one");
            }
        }
    }

    private void Require(bool holds, string place, string message)
    {
        if (!holds)
        {
            Fault(place, message);
        }
    }

    private void Fault(string place, string message) => faults.Add(new(place, message));

    private static IEnumerable<(T Value, string Place)> Placed<T>(IEnumerable<T> list, string place) =>
        list.Select((value, index) => (value, $"{place}[{index}]"));
}
