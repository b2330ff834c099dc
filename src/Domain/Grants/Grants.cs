using System.Data.Common;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Sessions;

namespace IdentityHub.Domain.Grants;

/// <summary>What an authorization grants, and the single use of its codes and refresh tokens.</summary>
public static class Grants
{
    /// <summary>How long an authorization code may be redeemed (RFC 6749 §4.1.2, OpenID FAPI 2.0: at most 60 seconds).</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long a grant that outlives its session can be refreshed, counted from the authorization (ASVS 5.0, 10.4.8).</summary>
    public static readonly TimeSpan OfflineLifetime = TimeSpan.FromDays(30);

    /// <summary>How long the token that was just rotated still gives the same successor, for clients whose answer got lost.</summary>
    public static readonly TimeSpan RotationLeeway = TimeSpan.FromSeconds(30);

    /// <summary>What to grant. The user and the moment of sign-in come from the session.</summary>
    public sealed record Request(
        string ClientId, string SessionId, DateTimeOffset SessionExpiresAt, string? MembershipId, string Scope, bool Offline, string? ClaimsRequest, string Acr,
        string? RedirectUri, string? CodeChallenge, string? Nonce)
    {
        /// <summary>From where it was asked for: the user's report says so. Null where nobody knows.</summary>
        public ConnectionOrigin? Origin { get; init; }

        /// <summary>When the user last proved who they are in the session: lifetimes are counted from then.</summary>
        public DateTimeOffset? AuthTime { get; init; }

        /// <summary>What the client wants of a sign-in.</summary>
        public SessionLimits OfClient { get; init; } = SessionLimits.None;

        /// <summary>What the account wants of a session. Without use the session itself ends; what outlives the session has this limit of its own.</summary>
        public SessionLimits OfAccount { get; init; } = SessionLimits.None;

        /// <summary>When it ends at the latest, whatever else would let it go on: with the days of grace within which it was given. Null for no such end.</summary>
        public DateTimeOffset? NotAfter { get; init; }

        internal TimeSpan? Idle => Offline ? OfClient.And(OfAccount).Idle : OfClient.Idle;

        internal DateTimeOffset ExpiresAt(DateTimeOffset now)
        {
            var expires = Offline ? now + OfflineLifetime : SessionExpiresAt;
            expires = OfClient.And(OfAccount).Lifetime is { } lifetime && (AuthTime ?? now) + lifetime < expires ? (AuthTime ?? now) + lifetime : expires;
            return NotAfter < expires ? NotAfter.Value : expires;
        }
    }

    public sealed record StoredCode(
        string GrantId, string ClientId, string? RedirectUri, string? CodeChallenge, string? Nonce, DateTimeOffset ExpiresAt, bool Redeemed);

    public enum RedeemResult
    {
        /// <summary>This call redeemed it.</summary>
        Redeemed,

        /// <summary>It had been redeemed before: its grant is now dead (RFC 6749 §4.1.2).</summary>
        Replayed,

        /// <summary>It expired, or what it hangs on has died.</summary>
        Dead,
    }

    public abstract record RotateResult
    {
        private RotateResult() { }

        /// <param name="Generation">Of the one good token from now on. The same again for a repeat within <see cref="RotationLeeway"/>.</param>
        public sealed record Rotated(int Generation) : RotateResult;

        /// <summary>A spent token was used after the leeway: the family is dead from now on.</summary>
        public sealed record Stolen : RotateResult;

        /// <summary>The grant expired, or what it hangs on has died.</summary>
        public sealed record Dead : RotateResult;
    }

    /// <summary>Grants and writes the code, unless session, user, client, membership or seat stopped being good meanwhile.</summary>
    /// <returns>The code, 256 random bits; null when it was refused.</returns>
    public static string? Issue(HubTransaction transaction, Request request)
    {
        var id = RandomId.New();
        var now = transaction.Now.ToUnixTimeMilliseconds();
        var issued = transaction.Connection.Execute(
            GrantStatements.Issue, id, request.ClientId, request.MembershipId, request.SessionId, request.Offline, request.Scope,
            request.ClaimsRequest, request.Acr, now, request.ExpiresAt(transaction.Now).ToUnixTimeMilliseconds(), (long?)request.Idle?.TotalMilliseconds);
        if (issued == 0)
        {
            return null;
        }

        Connections.Start(transaction, id, request.ClientId, request.Origin);
        var code = RandomId.Secret();
        transaction.Connection.Execute(
            GrantStatements.AddCode, RandomId.HashOf(code), id, request.ClientId, request.RedirectUri, request.CodeChallenge, request.Nonce,
            (transaction.Now + CodeLifetime).ToUnixTimeMilliseconds());
        return code;
    }

    /// <returns>The code as stored, redeemed and expired ones included; null when there is none.</returns>
    public static StoredCode? FindCode(HubReader reader, string code)
    {
        using var row = reader.Connection.Bind(GrantStatements.FindCode, RandomId.HashOf(code)).ExecuteReader();
        return row.Read()
            ? new(row.GetString(0), row.GetString(1), row.Text(2), row.Text(3), row.Text(4), row.Moment(5), !row.IsDBNull(6))
            : null;
    }

    /// <summary>Redeems a code once. Whoever comes second kills the grant.</summary>
    public static RedeemResult TryRedeem(HubTransaction transaction, string code, string clientId)
    {
        var now = transaction.Now.ToUnixTimeMilliseconds();
        if (transaction.Connection.Execute(GrantStatements.Redeem, RandomId.HashOf(code), clientId, now) == 1)
        {
            return RedeemResult.Redeemed;
        }

        if (FindCode(transaction, code) is not { Redeemed: true } stored || stored.ClientId != clientId)
        {
            return RedeemResult.Dead;
        }

        Revoke(transaction, stored.GrantId, ConnectionEnd.UsedTwice);
        return RedeemResult.Replayed;
    }

    /// <summary>Spends one generation of a refresh token family.</summary>
    public static RotateResult TryRotate(HubTransaction transaction, string grantId, string clientId, int generation)
    {
        var now = transaction.Now.ToUnixTimeMilliseconds();
        if (transaction.Connection.Execute(GrantStatements.Rotate, grantId, clientId, generation, now) == 1)
        {
            // Who uses an app is there, though the browser does not come by here.
            Sessions.Sessions.TouchByGrant(transaction, grantId, Sessions.Sessions.TouchInterval);
            return new RotateResult.Rotated(generation + 1);
        }

        int present;
        DateTimeOffset? rotatedAt;
        using (var row = transaction.Connection.Bind(GrantStatements.Position, grantId, clientId, now).ExecuteReader())
        {
            if (!row.Read() || row.GetInt32(0) <= generation)
            {
                return new RotateResult.Dead();
            }

            present = row.GetInt32(0);
            rotatedAt = row.MomentOrNull(1);
        }

        if (present == generation + 1 && rotatedAt + RotationLeeway > transaction.Now)
        {
            return new RotateResult.Rotated(present);
        }

        Revoke(transaction, grantId, ConnectionEnd.UsedTwice);
        return new RotateResult.Stolen();
    }

    /// <summary>Ends a grant with every token of it.</summary>
    public static void Revoke(HubTransaction transaction, string grantId, ConnectionEnd how = ConnectionEnd.EndedByAdministrator)
    {
        if (transaction.Connection.Execute(GrantStatements.Revoke, grantId, transaction.Now.ToUnixTimeMilliseconds()) == 1)
        {
            Connections.End(transaction, grantId, how);
        }
    }

    /// <summary>Ends a grant for the client that holds it.</summary>
    /// <returns>False when it is another's, unknown, or was ended before.</returns>
    public static bool RevokeOf(HubTransaction transaction, string grantId, string clientId)
    {
        if (transaction.Connection.Execute(GrantStatements.RevokeOfClient, grantId, clientId, transaction.Now.ToUnixTimeMilliseconds()) == 0)
        {
            return false;
        }

        Connections.End(transaction, grantId, ConnectionEnd.AppRevoked);
        return true;
    }

    /// <param name="reader">Where to read.</param>
    /// <param name="grantId">The grant.</param>
    /// <param name="tokenId">The access token that is being used, whose own revocation counts as well; empty where none is.</param>
    /// <returns>The grant with what it says about the user, as of now; null once it or what it hangs on is dead.</returns>
    public static LiveGrant? FindLive(HubReader reader, string grantId, string tokenId = "")
    {
        using var row = reader.Connection.Bind(GrantStatements.FindLive, grantId, reader.Now.ToUnixTimeMilliseconds(), tokenId).ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var seats = new List<string>();
        var grant = Read(row, grantId, seats);
        do
        {
            if (row.Text(23) is { } application)
            {
                seats.Add(application);
            }
        }
        while (row.Read());
        return grant;
    }

    /// <summary>The accounts that the user may switch to at the grant's client.</summary>
    public static IReadOnlyList<AccountChoice> AccountsOf(HubReader reader, string grantId)
    {
        var accounts = new List<AccountChoice>();
        using var row = reader.Connection.Bind(GrantStatements.AccountsOf, grantId).ExecuteReader();
        while (row.Read())
        {
            accounts.Add(new(row.GetString(0), row.GetString(1)));
        }

        return accounts;
    }

    /// <summary>Revokes one access token by its <c>jti</c>, leaving its grant as it is (RFC 7009 §2.1).</summary>
    public static bool RevokeToken(HubTransaction transaction, string tokenId, DateTimeOffset expiresAt) =>
        transaction.Connection.Execute(GrantStatements.RevokeToken, tokenId, expiresAt.ToUnixTimeMilliseconds()) == 1;

    public static bool IsTokenRevoked(HubReader reader, string tokenId) =>
        reader.Connection.Bind(GrantStatements.IsTokenRevoked, tokenId).ExecuteScalar() is not null;

    private static LiveGrant Read(DbDataReader row, string id, IReadOnlyList<string> seats) => new()
    {
        Id = id,
        ClientId = row.GetString(0),
        SessionId = row.GetString(1),
        Offline = row.GetBoolean(2),
        Scope = row.GetString(3),
        ClaimsRequest = row.Text(4),
        AuthTime = row.Moment(5),
        Amr = row.GetString(6),
        Acr = row.GetString(21),
        CreatedAt = row.Moment(22),
        Generation = row.GetInt32(7),
        ExpiresAt = row.Moment(8),
        User = new(row.GetString(9), row.GetString(10), row.Text(11), row.Text(12), row.Text(13), row.GetBoolean(14), row.Moment(15))
        {
            Locale = row.Text(24), ZoneInfo = row.Text(25), Theme = Enum.Parse<Users.Theme>(row.GetString(26)),
        },
        Member = row.IsDBNull(16)
            ? null
            : new(row.GetString(16), row.GetString(17), row.GetString(18), row.Role(19), row.Level(20), seats),
    };
}
