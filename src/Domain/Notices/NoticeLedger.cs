using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Notices;

/// <summary>What a transaction is to have told once its work is done: several changes of one member are one mail, and what was taken back is none.</summary>
internal sealed class NoticeLedger
{
    private readonly OrderedDictionary<string, MemberNotes> members = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, UserNotes> users = new(StringComparer.Ordinal);

    /// <summary>What happens to a membership in this transaction.</summary>
    public MemberNotes OfMember(string membershipId) => members.TryGetValue(membershipId, out var notes) ? notes : members[membershipId] = new(membershipId);

    /// <summary>What happens to how a user signs in, in this transaction.</summary>
    public UserNotes OfUser(string userId) => users.TryGetValue(userId, out var notes) ? notes : users[userId] = new(userId);

    /// <summary>Queues the mails. What the operator does by command or configuration file is not told, access that ends or begins aside.</summary>
    public async Task QueueAsync(HubTransaction transaction)
    {
        await transaction.FlushAsync();
        var isTold = transaction.Actor is not Actor.Hub;
        foreach (var user in users.Values)
        {
            if (!isTold || user.ReadChange(transaction) is not { } change)
            {
                continue;
            }

            if (user.HomeOf(transaction) is { } home)
            {
                // What somebody was given when they were added is nothing that changed.
                OfMember(home).SignIn = OfMember(home).Added ? change with { FormerCodes = change.Codes } : change;
            }
            else
            {
                await SignInNotices.QueueAsync(transaction, change, null, []);
            }
        }

        foreach (var member in members.Values.Where(member => isTold || member.StatusBefore is not null))
        {
            await MemberNotices.QueueAsync(transaction, member);
        }
    }
}

/// <summary>What happened to one membership.</summary>
internal sealed class MemberNotes(string membershipId)
{
    private readonly OrderedDictionary<string, (string Before, string After)> changes = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, int> seats = new(StringComparer.Ordinal);

    public string MembershipId => membershipId;

    public bool Added { get; set; }

    /// <summary>A link to choose a password goes to them in the same transaction: for them, that is the mail.</summary>
    public bool Invited { get; set; }

    /// <summary>The status before the first change of it; null when there was none.</summary>
    public MembershipStatus? StatusBefore { get; private set; }

    /// <summary>What happened to the user's sign-in, where this is their home.</summary>
    public SignInChange? SignIn { get; set; }

    public void Status(MembershipStatus before) => StatusBefore ??= before;

    /// <param name="what">For people: begins a line.</param>
    /// <param name="before">For people.</param>
    /// <param name="after">For people.</param>
    public void Change(string what, string before, string after) => changes[what] = (changes.TryGetValue(what, out var first) ? first.Before : before, after);

    /// <param name="applicationId">Of which application.</param>
    /// <param name="difference">1: given; -1: taken.</param>
    public void Seat(string applicationId, int difference) => seats[applicationId] = seats.GetValueOrDefault(applicationId) + difference;

    /// <summary>What is another than before, in the order in which it was changed.</summary>
    public IEnumerable<(string What, string Before, string After)> Changes =>
        changes.Where(change => change.Value.Before != change.Value.After).Select(change => (change.Key, change.Value.Before, change.Value.After));

    public IReadOnlyList<string> SeatsGiven => [.. seats.Where(seat => seat.Value > 0).Select(seat => seat.Key)];

    public IReadOnlyList<string> SeatsTaken => [.. seats.Where(seat => seat.Value < 0).Select(seat => seat.Key)];
}

/// <summary>What happened to one user.</summary>
internal sealed class UserNotes(string userId)
{
    private static readonly Statement Home = new("""SELECT "Id" FROM "Memberships" WHERE "UserId" = @user AND "Home" """, "@user");

    private Users.Users.Row? before;
    private readonly List<string> factors = [];
    private bool password;
    private (string? Address, bool IsNoted) codesBefore;

    /// <param name="row">The row before it was changed.</param>
    public void Row(Users.Users.Row row) => before ??= row;

    /// <summary>Another password than the one that the person had.</summary>
    public void PasswordReplaced() => password = true;

    /// <param name="told">What happened to a second factor, for people: "authenticator app was added".</param>
    public void Factor(string told) => factors.Add(told);

    /// <param name="former">Where codes by e-mail went before they were sent elsewhere or no more; null where there were none.</param>
    public void CodeAddress(string? former) => codesBefore = codesBefore.IsNoted ? codesBefore : (former, true);

    /// <returns>Null when the user is gone, or nothing is another than before.</returns>
    public SignInChange? ReadChange(HubTransaction transaction)
    {
        if (Users.Users.FindRow(transaction, userId) is not { } after)
        {
            return null;
        }

        var enrolled = SecondFactors.Of(transaction, userId);
        var codes = enrolled.EmailCodesTo;
        var change = new SignInChange(userId, before ?? after, after, password)
        {
            FormerCodes = codesBefore.IsNoted ? codesBefore.Address : codes, Codes = codes, CodesAreVerified = enrolled.EmailIsVerified, Factors = factors,
        };
        return change.IsNone ? null : change;
    }

    public string? HomeOf(HubTransaction transaction) => transaction.Connection.Scalar(Home, userId) as string;
}

/// <summary>What a transaction made of a user's names and of how they sign in.</summary>
internal sealed record SignInChange(string UserId, Users.Users.Row Before, Users.Users.Row After, bool Password)
{
    /// <summary>Where codes by e-mail went; null: nowhere.</summary>
    public string? FormerCodes { get; init; }

    /// <summary>Where they go now.</summary>
    public string? Codes { get; init; }

    /// <summary>Whether their owner has shown that they read mail there.</summary>
    public bool CodesAreVerified { get; init; }

    /// <summary>What happened to second factors, for people: goes on after "Your".</summary>
    public IReadOnlyList<string> Factors { get; init; } = [];

    public bool CodeAddress => FormerCodes != Codes;

    public bool Email => Before.Email != After.Email;

    public bool UserName => Before.UserNameKey != After.UserNameKey;

    public bool Name => NameOf(Before) != NameOf(After);

    public bool IsNone => !Email && !UserName && !Name && !Password && !CodeAddress && Factors.Count == 0;

    /// <summary>Whether it is about how they sign in, which is told at the former address too.</summary>
    public bool OfSignIn => Email || UserName || Password || CodeAddress || Factors.Count > 0;

    private static (string?, string?) NameOf(Users.Users.Row row) => (row.GivenName, row.FamilyName);
}
