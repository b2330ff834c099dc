using System.Globalization;
using System.Text.Encodings.Web;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Users;

/// <summary>The view of the table of users that an address holds: what is looked for, how it is sorted, which page. What an address says wrongly is as if it said nothing.</summary>
/// <remarks>The names are those of the query: <c>q role level status seat twofactor source active sort page</c>. The export and the bulk changes take the same.</remarks>
public sealed record MemberQuery(MemberFilter Filter, MemberOrder Order, int Page)
{
    /// <summary>Asks for who has none of it, for a level or a seat.</summary>
    public const string None = "none";

    private const string SeatSort = "seat:";

    /// <summary>The words by which an address sorts; of seats, the application's id comes after.</summary>
    private static readonly (MemberColumn Column, string Word)[] Sorts =
    [
        (MemberColumn.Name, "name"), (MemberColumn.UserName, "username"), (MemberColumn.Role, "role"), (MemberColumn.Level, "level"), (MemberColumn.Status, "status"),
        (MemberColumn.TwoFactor, "twofactor"), (MemberColumn.LastSignIn, "lastsignin"), (MemberColumn.ActiveNow, "active"), (MemberColumn.Source, "source"),
    ];

    /// <param name="valueOf">The value of a name in a query or a form; null or empty where there is none.</param>
    public static MemberQuery Read(Func<string, string?> valueOf)
    {
        string? Value(string name) => valueOf(name)?.Trim() is { Length: > 0 } value ? value : null;
        var (level, seat) = (Value("level"), Value("seat"));
        return new(
            new()
            {
                Find = Value("q"),
                Role = PermissionNames.RoleOf(Value("role")),
                Level = PermissionNames.Level(level),
                WithoutLevel = level == None,
                Status = Of<MembershipStatus>(Value("status")),
                Seat = seat == None ? null : seat,
                WithoutSeat = seat == None,
                TwoFactor = Of<TwoFactorStanding>(Value("twofactor")),
                Source = Of<MemberSource>(Value("source")),
                ActiveNow = Value("active") == "now",
            },
            OrderOf(Value("sort")),
            int.TryParse(Value("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? page : 1);
    }

    /// <summary>The names and values that say this view, without what is the default.</summary>
    public IEnumerable<(string Name, string Value)> Fields()
    {
        var level = Filter.WithoutLevel ? None : Filter.Level is { } held ? PermissionNames.Of(held) : null;
        foreach (var (name, value) in ((string, string?)[])
        [
            ("q", Filter.Find), ("role", Filter.Role is { } role ? PermissionNames.Of(role) : null), ("level", level), ("status", Word(Filter.Status)),
            ("seat", Filter.WithoutSeat ? None : Filter.Seat), ("twofactor", Word(Filter.TwoFactor)), ("source", Word(Filter.Source)), ("active", Filter.ActiveNow ? "now" : null),
            ("sort", SortWord(Order) is "name" ? null : SortWord(Order)), ("page", Page > 1 ? Page.ToString(CultureInfo.InvariantCulture) : null),
        ])
        {
            if (value is not null)
            {
                yield return (name, value);
            }
        }
    }

    /// <returns>Empty, or a query beginning with a question mark.</returns>
    public string ToQuery() =>
        string.Join('&', Fields().Select(field => $"{field.Name}={UrlEncoder.Default.Encode(field.Value)}")) is { Length: > 0 } query ? "?" + query : "";

    /// <summary>The same members sorted by a column; the other way round when they are sorted by it already.</summary>
    public MemberQuery SortedBy(MemberColumn column, string? seat = null) =>
        this with { Page = 1, Order = new(column, Order.Column == column && Order.Seat == seat && !Order.Descending, seat) };

    /// <summary>How an address says an order: a word, with a minus before it for the reverse.</summary>
    public static string SortWord(MemberOrder order) =>
        (order.Descending ? "-" : "") + (order.Column == MemberColumn.Seat ? SeatSort + order.Seat : Array.Find(Sorts, sort => sort.Column == order.Column).Word);

    private static MemberOrder OrderOf(string? sort)
    {
        var descending = sort?.StartsWith('-') == true;
        var word = descending ? sort![1..] : sort;
        return word?.StartsWith(SeatSort, StringComparison.Ordinal) == true
            ? new(MemberColumn.Seat, descending, word[SeatSort.Length..])
            : Array.Find(Sorts, one => one.Word == word) is { Word: not null } found ? new(found.Column, descending) : new();
    }

    private static T? Of<T>(string? word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Word(value) == word);

    private static string? Word<T>(T? value)
        where T : struct, Enum => value?.ToString().ToLowerInvariant();
}
