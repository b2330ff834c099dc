using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>A stream as far as it matters to what goes onto it.</summary>
internal sealed record Receiver(string StreamId, string ClientId, string? AccountId, ImmutableArray<string> Events, bool IsPolled, bool IsPaused)
{
    /// <summary>A moment that never comes: what waits for a paused stream is due then.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.FromUnixTimeMilliseconds(253_402_300_799_999);
}

/// <summary>The receivers there are, read once in a transaction, and what its events have in common.</summary>
internal sealed class Receivers
{
    /// <summary>Of a table with few rows and mostly none. A client that was disabled, or may not have a stream any more, is told nothing.</summary>
    private static readonly Statement Transmitting = new(
        """
        SELECT s."Id", s."ClientId", c."AccountId", s."EventsRequested", s."PushEndpoint", s."Status", c."Scopes"
        FROM "EventStreams" s JOIN "Clients" c ON c."Id" = s."ClientId" WHERE s."Status" <> 'Disabled' AND NOT c."Disabled"
        """);

    /// <summary>Who was only invited to an account is none of its business yet. What happens to a session concerns the home account, and those used in it.</summary>
    private static readonly Statement MayHear = new(
        """
        SELECT 1 FROM "Memberships" m WHERE m."UserId" = @user AND m."AccountId" = @account AND (m."Home" OR m."AcceptedAt" IS NOT NULL)
            AND (m."Home" OR @session = '' OR EXISTS (SELECT 1 FROM "Grants" g WHERE g."SessionId" = @session AND g."MembershipId" = m."Id"))
        """,
        "@user", "@account", "@session");

    private static readonly Statement TakenOut = new("""SELECT 1 FROM "EventStreamSubjects" WHERE "StreamId" = @stream AND "UserId" = @user""", "@stream", "@user");

    private readonly HubTransaction transaction;
    private readonly List<Receiver> all = [];
    private readonly Dictionary<string, string> causes = new(StringComparer.Ordinal);

    private Receivers(HubTransaction transaction)
    {
        this.transaction = transaction;
        using var row = transaction.Connection.Bind(Transmitting).ExecuteReader();
        while (row.Read())
        {
            if (TextList.Read(row.GetString(6)).Contains(ClientRules.EventsScope))
            {
                all.Add(new(
                    row.GetString(0), row.GetString(1), row.Text(2), TextList.Read(row.GetString(3)), row.IsDBNull(4), row.GetString(5) == nameof(StreamStatus.Paused)));
            }
        }
    }

    public static Receivers Of(HubTransaction transaction) => transaction.Receivers ??= new(transaction);

    /// <summary>Whether anybody wants events of this type: before the work of finding out what to tell.</summary>
    public bool AnyWants(string type) => all.Exists(one => one.Events.Contains(type, StringComparer.Ordinal));

    /// <returns>Those who want it and may hear it.</returns>
    public IEnumerable<Receiver> Of(Fact fact) => all.Where(one =>
        one.Events.Contains(fact.Type, StringComparer.Ordinal) && IsConcerned(one, fact) && transaction.Connection.Scalar(TakenOut, one.StreamId, fact.UserId) is null);

    /// <summary>What all events of this change of this person have in common (OpenID Shared Signals Framework 1.0 §4.1.9).</summary>
    public string CauseOf(string userId) => causes.TryGetValue(userId, out var cause) ? cause : causes[userId] = RandomId.New();

    /// <summary>The beginning of the <c>jti</c> of every event that goes with this user: by it they are found when the user is erased. It tells nothing that the <c>sub</c> beside it does not.</summary>
    public static string MarkOf(HubReader reader, string userId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(reader.Sealer.KeyFor("security-event-subject"), Encoding.UTF8.GetBytes(userId)).AsSpan(0, 8));

    private bool IsConcerned(Receiver one, Fact fact) => one.AccountId is null
        ? !fact.OnlyInAccount
        : (fact.AccountId is null || fact.AccountId == one.AccountId) && transaction.Connection.Scalar(MayHear, fact.UserId, one.AccountId, fact.SessionId ?? "") is not null;
}
