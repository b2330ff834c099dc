using System.Globalization;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Jobs;

/// <summary>What one line of a file asks for. What is null is left as it is, or as it is with everybody who is added.</summary>
internal sealed record ImportLine
{
    /// <summary>As it is written.</summary>
    public required string UserName { get; init; }

    /// <summary>See <see cref="CanonicalName"/>.</summary>
    public required string UserNameKey { get; init; }

    /// <summary>Given and family name in one, where the file has them so; they are taken apart as well as one can.</summary>
    public string? FullName { get; init; }

    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public Role? Role { get; init; }

    /// <summary>Whether the line says anything about the level; <see cref="Level"/> may then be null for none.</summary>
    public bool SaysLevel { get; init; }

    public PermissionLevel? Level { get; init; }
    public bool? Active { get; init; }

    /// <summary>The applications of which the member is to hold a seat, and no other.</summary>
    public IReadOnlyList<string>? Seats { get; init; }

    public bool? TwoFactorRequired { get; init; }

    /// <summary>Reads the cells of a line. Pure.</summary>
    /// <param name="columns">What each cell is. A line may be shorter or longer: what is missing is empty, what is more is not read.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="pools">The applications that the account has seats of, found by id or name.</param>
    /// <returns>The line, or a sentence that says what is wrong and quotes nothing of it.</returns>
    public static (ImportLine? Line, string? Fault) Read(IReadOnlyList<ImportField> columns, IReadOnlyList<string> cells, IReadOnlyList<Seats.Seats.PoolOfAccount> pools)
    {
        string? Cell(ImportField field) => ColumnOf(columns, field) is var column && column >= 0 && column < cells.Count && cells[column].Trim() is { Length: > 0 } text ? text : null;

        if (Cell(ImportField.UserName) is not { } userName)
        {
            return (null, "There is no e-mail address on this line.");
        }

        // Whether mail can be sent to it is asked of those alone who are added: a member may have another name.
        if (CanonicalName.Of(userName) is not { } key)
        {
            return (null, "The e-mail address has characters in it that no address has.");
        }

        var (role, roleFault) = One(Cell(ImportField.Role), RoleOf, "Role: write Administrator or User.");
        var (level, levelFault) = One(Cell(ImportField.Level), LevelOf, "Permission level: write SUPPORT, INVOICES, ACATR or none. The Primary User is changed by a request.");
        var (active, activeFault) = One(Cell(ImportField.Status), StatusOf, "Status: write active or inactive.");
        var (required, requiredFault) = One(Cell(ImportField.TwoFactorRequired), YesOrNo, "Second factor required: write yes or no.");
        var (seats, seatsFault) = SeatsOf(Cell(ImportField.Seats), pools);
        if ((roleFault ?? levelFault ?? activeFault ?? seatsFault ?? requiredFault) is { } fault)
        {
            return (null, fault);
        }

        var (given, family) = Names(Cell(ImportField.FullName), Cell(ImportField.GivenName), Cell(ImportField.FamilyName));
        return (new()
        {
            FullName = Cell(ImportField.FullName), UserName = userName, UserNameKey = key, GivenName = given, FamilyName = family, Role = role, SaysLevel = level is not null, Level = level?.Level, Active = active, Seats = seats,
            TwoFactorRequired = required,
        }, null);
    }

    /// <summary>The cells without those that are not read: what nobody asked for is not kept.</summary>
    public static IReadOnlyList<string> Kept(IReadOnlyList<ImportField> columns, IReadOnlyList<string> cells) =>
        [.. columns.Select((field, i) => field == ImportField.Ignore || i >= cells.Count ? "" : cells[i])];

    /// <returns>The user name on a line, for those who look at it; null when there is none.</returns>
    public static string? UserNameOf(IReadOnlyList<ImportField> columns, IReadOnlyList<string> cells) =>
        ColumnOf(columns, ImportField.UserName) is var column && column >= 0 && column < cells.Count ? cells[column].Trim() : null;

    private static int ColumnOf(IReadOnlyList<ImportField> columns, ImportField field)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == field)
            {
                return i;
            }
        }

        return -1;
    }

    private static (T? Value, string? Fault) One<T>(string? text, Func<string, T?> read, string fault) where T : struct =>
        text is null ? (null, null) : read(text) is { } value ? (value, null) : (null, fault);

    private static Role? RoleOf(string text) => text.ToLowerInvariant() switch
    {
        "administrator" or "admin" => Permissions.Role.Administrator,
        "user" or "member" => Permissions.Role.User,
        _ => null,
    };

    /// <summary>A level, or the word for none.</summary>
    private readonly record struct LevelWord(PermissionLevel? Level);

    private static LevelWord? LevelOf(string text) => text.ToUpperInvariant() switch
    {
        "NONE" or "-" => new LevelWord(null),
        var name when PermissionNames.Level(name) is { } level => new LevelWord(level),
        _ => null,
    };

    /// <summary>Somebody who is invited is active as far as the account is concerned.</summary>
    private static bool? StatusOf(string text) => text.ToLowerInvariant() switch
    {
        "active" or "invited" or "enabled" => true,
        "inactive" or "deactivated" or "disabled" or "suspended" => false,
        _ => YesOrNo(text),
    };

    private static bool? YesOrNo(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "y" or "true" or "1" or "x" or "ja" or "oui" => true,
        "no" or "n" or "false" or "0" or "nein" or "non" => false,
        _ => null,
    };

    private static (IReadOnlyList<string>? Seats, string? Fault) SeatsOf(string? text, IReadOnlyList<Seats.Seats.PoolOfAccount> pools)
    {
        if (text is null)
        {
            return (null, null);
        }

        if (text is "-" || text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return ([], null);
        }

        var held = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in text.Split([';', ',', '|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pool = pools.FirstOrDefault(pool => pool.ApplicationId.Equals(name, StringComparison.OrdinalIgnoreCase) || pool.ApplicationName.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (pool is null)
            {
                return (null, pools.Count == 0
                    ? "Seats: this account has no application with seats."
                    : string.Create(CultureInfo.InvariantCulture, $"Seats: write {string.Join(" or ", pools.Select(one => one.ApplicationId))}, several with a semicolon between them, or none."));
            }

            held.Add(pool.ApplicationId);
        }

        return ([.. held], null);
    }

    /// <summary>The last word of a full name is the family name, unless a comma says which comes first.</summary>
    private static (string? Given, string? Family) Names(string? full, string? given, string? family)
    {
        if (full is null || given is not null || family is not null)
        {
            return (given, family);
        }

        var comma = full.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0)
        {
            return (Text(full[(comma + 1)..]), Text(full[..comma]));
        }

        var space = full.LastIndexOf(' ');
        return space < 0 ? (full, null) : (Text(full[..space]), Text(full[space..]));
    }

    private static string? Text(string text) => text.Trim() is { Length: > 0 } kept ? kept : null;
}
