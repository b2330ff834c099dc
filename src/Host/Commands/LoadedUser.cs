using System.Globalization;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.Commands;

/// <summary>Generated users: number 7 of the account northside is <c>user-0000007@northside.example</c>, the same in every run.</summary>
internal static class LoadedUser
{
    /// <summary>The highest number that the names have room for.</summary>
    public const int Most = 9_999_999;

    private const string Prefix = "user-";
    private const int Digits = 7;

    private static readonly string[] GivenNames =
        ["Ada", "Ben", "Carla", "Dev", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mara", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wen"];

    private static readonly string[] FamilyNames =
        ["Adler", "Bergström", "Costa", "Dahl", "Eriksen", "Fischer", "García", "Huber", "Ivanova", "Jansen", "Kowalski", "Lindqvist", "Moreau", "Novák", "Okafor", "Petrov", "Quist", "Rossi", "Schmidt"];

    private static readonly string[] Departments = ["Administration", "Facilities", "Finance", "History", "Human Resources", "Languages", "Library", "Mathematics", "Science", "Sports", "Technology"];

    /// <returns>The highest number that the account has a user of; 0 where it has none.</returns>
    public static int Highest(HubReader reader, string accountId)
    {
        // Past every name of the prefix and a digit; from there backwards.
        var after = new DirectoryPosition(Prefix + ":", "");
        while (true)
        {
            var page = MemberDirectory.Page(reader, new(accountId, null, DirectoryOrder.UserName, Descending: true, after));
            foreach (var member in page)
            {
                if (!member.UserNameKey.StartsWith(Prefix, StringComparison.Ordinal))
                {
                    return 0;
                }

                if (member.UserNameKey.Length > Prefix.Length + Digits && member.UserNameKey[Prefix.Length + Digits] == '@'
                    && int.TryParse(member.UserNameKey.AsSpan(Prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }
            }

            if (page.Count == 0)
            {
                return 0;
            }

            after = MemberDirectory.PositionOf(page[^1], DirectoryOrder.UserName);
        }
    }

    public static async Task AddAsync(HubTransaction transaction, string accountId, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:0000000}@{accountId}.example");
        var (given, family) = (GivenNames[number % GivenNames.Length], FamilyNames[number % FamilyNames.Length]);
        var created = await UserLifecycle.CreateAsync(transaction, new(name, given, family, name, EmailVerified: false, Operator: false));
        var userId = created switch
        {
            UserLifecycle.CreateResult.Created made => made.User.Id,
            UserLifecycle.CreateResult.UserNameTaken taken => taken.UserId,
            _ => throw new StartFailedException($"The account's id makes no user names: {name}."),
        };
        await Memberships.AddAsync(transaction, new(userId, accountId, Role.User, Level: null, MembershipStatus.Active)
        {
            ExternalId = string.Create(CultureInfo.InvariantCulture, $"ext-{number:0000000}"),
            Attributes = Document(number, name, given, family),
        });
    }

    private static JsonObject Document(int number, string name, string given, string family) => new()
    {
        ["name"] = new JsonObject { ["givenName"] = given, ["familyName"] = family, ["formatted"] = $"{given} {family}" },
        ["displayName"] = $"{given} {family}",
        ["emails"] = new JsonArray(new JsonObject { ["value"] = name, ["type"] = "work", ["primary"] = true }),
        ["phoneNumbers"] = new JsonArray(new JsonObject { ["value"] = string.Create(CultureInfo.InvariantCulture, $"+1-555-{number:0000000}"), ["type"] = "work" }),
        ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] = new JsonObject { ["department"] = Departments[number % Departments.Length] },
    };
}
