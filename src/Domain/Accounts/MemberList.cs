using System.Data.Common;
using System.Globalization;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Accounts;

/// <summary>The table of an account's users: found as one types, filtered, sorted by each column, and read in chunks to be written out. The number of queries does not grow with the rows.</summary>
public static class MemberList
{
    /// <summary>How many members a page has at most.</summary>
    public const int LargestPage = 100;

    /// <summary>Who was seen this short a time ago is active now.</summary>
    public static readonly TimeSpan ActiveWithin = TimeSpan.FromMinutes(1);

    private static readonly string[] Chosen = [.. Enumerable.Range(0, LargestPage).Select(i => "@m" + i.ToString(CultureInfo.InvariantCulture))];

    private static readonly Statement AccountFacts = new("""SELECT "MemberCount", "TwoFactor", "EmailCodesCount" FROM "Accounts" WHERE "Id" = @account""", "@account");

    /// <summary>Everything that a line shows, of the members of one page.</summary>
    private static readonly Statement Rows = new(
        $"""
        SELECT m."Id", m."UserId", m."NameKey", u."UserName", u."GivenName", u."FamilyName", u."Email", m."Attributes", m."Role", m."PermissionLevel", m."Status", m."Home",
            m."TwoFactorRequired", m."AcceptedAt" IS NOT NULL AND EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = m."UserId"),
            m."AcceptedAt" IS NOT NULL AND EXISTS (SELECT 1 FROM "EmailCodes" c WHERE c."UserId" = m."UserId"), m."LastSignInAt", m."Source", m."CreatedAt",
            {MemberListSql.SeenHere("@since", "@now")}, m."AcceptedAt" IS NOT NULL AND EXISTS (SELECT 1 FROM "Passkeys" k WHERE k."UserId" = m."UserId"), {MemberListSql.LiveHere("@now")}
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" WHERE m."Id" IN ({string.Join(", ", Chosen)}) AND (m."AccountId" || '') = @account
        """,
        ["@since", "@now", "@account", .. Chosen]);

    private static readonly Statement Seats = new(
        $"""SELECT "MembershipId", "ApplicationId" FROM "SeatAssignments" WHERE "MembershipId" IN ({string.Join(", ", Chosen)}) ORDER BY "ApplicationId" """, Chosen);

    /// <summary>What a list needs of its account.</summary>
    private sealed record Facts(string AccountId, int MemberCount, TwoFactorPolicy TwoFactor, bool EmailCodesCount);

    /// <returns>One page of the table. Of an account that there is not, none.</returns>
    public static Task<MemberPage> ReadAsync(HubReader reader, MemberListQuery query)
    {
        if (FactsOf(reader, query.AccountId) is not { } facts)
        {
            return Task.FromResult(new MemberPage([], 0, 1, 1));
        }

        var size = Math.Clamp(query.PageSize, 1, LargestPage);
        var total = Count(reader, facts, query.Filter);
        var pages = Math.Max(1, (total + size - 1) / size);
        var page = Math.Clamp(query.Page, 1, pages);
        var ids = total == 0
            ? []
            : Texts(Sql("SELECT m.\"Id\"", reader, facts, query.Filter).Order(query.Order, (long)(page - 1) * size, size).Command(reader));
        return Task.FromResult(new MemberPage(Fill(reader, facts, ids), total, page, pages));
    }

    /// <summary>The next members in the order of names, to write out a list of any length: each chunk may be read from a connection of its own.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="filter">Which members.</param>
    /// <param name="after">The <see cref="MemberRow.Position"/> of the last member of the chunk before; null to begin.</param>
    /// <param name="take">How many at most.</param>
    /// <returns>Empty at the end.</returns>
    public static Task<IReadOnlyList<MemberRow>> ReadChunkAsync(HubReader reader, string accountId, MemberFilter filter, MemberPosition? after, int take = 500) =>
        Task.FromResult<IReadOnlyList<MemberRow>>(
            FactsOf(reader, accountId) is { } facts
                ? Fill(reader, facts, Texts(Sql("SELECT m.\"Id\"", reader, facts, filter).After(after, take).Command(reader)))
                : []);

    /// <summary>The lines of these members, in the order in which they are named. Who is none of this account's, or not there any more, is left out.</summary>
    public static Task<IReadOnlyList<MemberRow>> ReadOnesAsync(HubReader reader, string accountId, IReadOnlyList<string> membershipIds) =>
        Task.FromResult<IReadOnlyList<MemberRow>>(
            FactsOf(reader, accountId) is { } facts ? Fill(reader, facts, membershipIds) : []);

    /// <summary>The memberships of everybody who matches, in the order of names: what a bulk change goes through.</summary>
    public static Task<IReadOnlyList<string>> IdsAsync(HubReader reader, string accountId, MemberFilter filter, int atMost = int.MaxValue) =>
        Task.FromResult<IReadOnlyList<string>>(
            FactsOf(reader, accountId) is { } facts
                ? Texts(Sql("SELECT m.\"Id\"", reader, facts, filter).After(null, atMost).Command(reader))
                : []);

    /// <returns>How many members match.</returns>
    public static Task<int> CountAsync(HubReader reader, string accountId, MemberFilter filter) =>
        Task.FromResult(FactsOf(reader, accountId) is { } facts ? Count(reader, facts, filter) : 0);

    private static Facts? FactsOf(HubReader reader, string accountId)
    {
        using var row = reader.Connection.Bind(AccountFacts, accountId).ExecuteReader();
        return row.Read() ? new(accountId, row.GetInt32(0), Enum.Parse<TwoFactorPolicy>(row.GetString(1)), row.GetBoolean(2)) : null;
    }

    private static MemberListSql Sql(string start, HubReader reader, Facts facts, MemberFilter filter) =>
        new(start, facts.AccountId, facts.TwoFactor, facts.EmailCodesCount, reader.Now, filter);

    private static int Count(HubReader reader, Facts facts, MemberFilter filter) =>
        filter.IsAll
            ? facts.MemberCount
            : Convert.ToInt32(Sql("SELECT count(*)", reader, facts, filter).Command(reader).ExecuteScalar(), CultureInfo.InvariantCulture);

    private static List<string> Texts(DbCommand command)
    {
        using var row = command.ExecuteReader();
        var texts = new List<string>();
        while (row.Read())
        {
            texts.Add(row.GetString(0));
        }

        return texts;
    }

    private static List<MemberRow> Fill(HubReader reader, Facts facts, IReadOnlyList<string> ids)
    {
        var members = new List<MemberRow>(ids.Count);
        foreach (var chunk in ids.Chunk(LargestPage))
        {
            var found = RowsOf(reader, facts, chunk);
            members.AddRange(chunk.Where(found.ContainsKey).Select(id => found[id]));
        }

        return members;
    }

    private static Dictionary<string, MemberRow> RowsOf(HubReader reader, Facts facts, string[] ids)
    {
        var members = new Dictionary<string, MemberRow>(ids.Length, StringComparer.Ordinal);
        var values = new object?[LargestPage];
        ids.CopyTo(values, 0);
        var (since, now) = ((reader.Now - ActiveWithin).ToUnixTimeMilliseconds(), reader.Now.ToUnixTimeMilliseconds());
        using (var row = reader.Connection.Bind(Rows, [since, now, facts.AccountId, .. values]).ExecuteReader())
        {
            while (row.Read())
            {
                var member = Read(row, facts);
                members.Add(member.Id, member);
            }
        }

        using var seat = reader.Connection.Bind(Seats, values).ExecuteReader();
        var seats = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        while (seat.Read())
        {
            if (!seats.TryGetValue(seat.GetString(0), out var held))
            {
                seats[seat.GetString(0)] = held = [];
            }

            held.Add(seat.GetString(1));
        }

        foreach (var (id, member) in members)
        {
            member.Seats = seats.GetValueOrDefault(id, []);
        }

        return members;
    }

    private static MemberRow Read(DbDataReader row, Facts facts)
    {
        var (home, userName, attributes) = (row.GetBoolean(11), row.GetString(3), row.Text(7));
        var (role, level) = (row.Role(8), row.Level(9));
        var isRequired = facts.TwoFactor.AsksOf(role, level, row.GetBoolean(12));
        return new()
        {
            IsPending = isRequired && !row.GetBoolean(13) && !row.GetBoolean(19) && !(facts.EmailCodesCount && row.GetBoolean(14)),
            Id = row.GetString(0),
            UserId = row.GetString(1),
            DisplayName = MemberNames.Of(home, userName, row.Text(4), row.Text(5), attributes),
            UserName = userName,
            Email = home ? row.Text(6) : Users.ProfileDocument.FactsOf(Users.ProfileDocument.Parse(attributes)).Email,
            Role = role,
            Level = level,
            Status = row.Status(10),
            Home = home,
            TwoFactorRequired = isRequired,
            HasTotp = row.GetBoolean(13),
            HasEmailCodes = row.GetBoolean(14),
            LastSignInAt = row.MomentOrNull(15),
            Source = Enum.Parse<MemberSource>(row.GetString(16)),
            CreatedAt = row.Moment(17),
            ActiveNow = row.GetBoolean(18),
            HasPasskeys = row.GetBoolean(19),
            IsLive = row.GetBoolean(20),
            Position = new(row.GetString(2), row.GetString(0)),
        };
    }
}
