using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Accounts;

/// <summary>How a member came into the account.</summary>
public enum MemberSource
{
    /// <summary>By the operator's configuration file, command or set-up page.</summary>
    File,

    /// <summary>By an administrator in the pages.</summary>
    Pages,

    /// <summary>By the account's HR system.</summary>
    Provisioning,

    /// <summary>By a list that an administrator uploaded.</summary>
    Import,
}

/// <summary>How members stand with second factors.</summary>
public enum TwoFactorStanding
{
    /// <summary>A second factor is asked of them: by the account's rule or by their own.</summary>
    Required,

    /// <summary>They have enrolled one.</summary>
    Enrolled,

    /// <summary>They have enrolled none.</summary>
    None,

    /// <summary>One is asked of them, and they have enrolled none that is enough: codes by e-mail are where the account says so.</summary>
    Missing,
}

/// <summary>Which members of an account are meant. What is null asks nothing; everything that is asked must hold.</summary>
public sealed record MemberFilter
{
    /// <summary>No more words than this are looked for; further ones are left out.</summary>
    public const int MostWords = 6;

    public static readonly MemberFilter All = new();

    /// <summary>Words that must each stand somewhere in the name or the user name, in any spelling.</summary>
    public string? Find { get; init; }

    public Role? Role { get; init; }

    public PermissionLevel? Level { get; init; }

    /// <summary>Only members without any permission level.</summary>
    public bool WithoutLevel { get; init; }

    public MembershipStatus? Status { get; init; }

    /// <summary>Only members who hold a seat of this application.</summary>
    public string? Seat { get; init; }

    /// <summary>Only members who hold no seat at all.</summary>
    public bool WithoutSeat { get; init; }

    public TwoFactorStanding? TwoFactor { get; init; }

    public MemberSource? Source { get; init; }

    /// <summary>Only members who are active right now: see <see cref="MemberRow.ActiveNow"/>.</summary>
    public bool ActiveNow { get; init; }

    /// <summary>Whether nothing is asked: every member is meant.</summary>
    public bool IsAll => string.IsNullOrWhiteSpace(Find) && this with { Find = null } == All;
}

/// <summary>By which column the table is sorted. Members who are alike in it stand in the order of their names.</summary>
public enum MemberColumn
{
    Name,
    UserName,

    /// <summary>Administrators first.</summary>
    Role,

    /// <summary>PRIMARY, SUPPORT, INVOICES, ACATR, none.</summary>
    Level,

    /// <summary>Who holds a seat of <see cref="MemberOrder.Seat"/> first.</summary>
    Seat,

    /// <summary>Active, invited, inactive.</summary>
    Status,

    /// <summary>Enrolled, required but not enrolled, neither.</summary>
    TwoFactor,

    /// <summary>The longest ago first, who never signed in before all.</summary>
    LastSignIn,

    /// <summary>Who is active now first.</summary>
    ActiveNow,
    Source,
}

/// <param name="Column">The column.</param>
/// <param name="Descending">The column's order reversed.</param>
/// <param name="Seat">The application whose seats the table is sorted by, for <see cref="MemberColumn.Seat"/>.</param>
public sealed record MemberOrder(MemberColumn Column = MemberColumn.Name, bool Descending = false, string? Seat = null);

/// <summary>One page of an account's users.</summary>
/// <param name="AccountId">The account. There is no list without one.</param>
/// <param name="Filter">Which members.</param>
/// <param name="Order">In what order.</param>
/// <param name="Page">From 1 on. One past the end is the last.</param>
/// <param name="PageSize">1 to <see cref="MemberList.LargestPage"/>.</param>
public sealed record MemberListQuery(string AccountId, MemberFilter Filter, MemberOrder Order, int Page = 1, int PageSize = 50);

/// <param name="Rows">The members of this page.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Page">Which page this is, from 1 on.</param>
/// <param name="Pages">How many pages there are, at least 1.</param>
public sealed record MemberPage(IReadOnlyList<MemberRow> Rows, int Total, int Page, int Pages);

/// <summary>Where in the order of names a list goes on: the last member of a chunk.</summary>
public sealed record MemberPosition(string NameKey, string Id);

/// <summary>A member as a line of the table.</summary>
public sealed record MemberRow
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>At home the user's own name; of a guest, the one that this account has on file.</summary>
    public required string DisplayName { get; init; }

    public required string UserName { get; init; }

    /// <summary>At home the user's own address; of a guest, the one that this account has on file.</summary>
    public string? Email { get; init; }

    public required Role Role { get; init; }
    public PermissionLevel? Level { get; init; }
    public required MembershipStatus Status { get; init; }

    /// <summary>Whether this account is the user's home.</summary>
    public required bool Home { get; init; }

    /// <summary>Whether a second factor is asked of this member, by the account's rule or by their own.</summary>
    public required bool TwoFactorRequired { get; init; }

    /// <summary>Whether an authenticator app is enrolled.</summary>
    public required bool HasTotp { get; init; }

    /// <summary>Whether codes by e-mail are enrolled.</summary>
    public required bool HasEmailCodes { get; init; }

    /// <summary>Whether a second factor is asked of them and they have none that is enough for it.</summary>
    public bool IsPending { get; init; }

    /// <summary>Whether there is a passkey.</summary>
    public bool HasPasskeys { get; init; }

    /// <summary>Whether an app that they use in this account holds a live connection for them.</summary>
    public bool IsLive { get; init; }

    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>Whether the user was seen in the last <see cref="MemberList.ActiveWithin"/> in a session that acts in this account or in which an app was signed in to for it.</summary>
    public required bool ActiveNow { get; init; }

    public required MemberSource Source { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The applications of which the member holds a seat, in order of their ids.</summary>
    public IReadOnlyList<string> Seats { get; internal set; } = [];

    /// <summary>Where the member stands in the order of names.</summary>
    public required MemberPosition Position { get; init; }
}
