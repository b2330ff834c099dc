using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>People whom a receiver takes out of its stream, and puts back. By default a stream has everybody whom its client may hear of.</summary>
/// <remarks>What is done says nothing about whether there is such a person: the answer is the same (OpenID Shared Signals Framework 1.0 §9.1).</remarks>
public static class StreamSubjects
{
    private static readonly Statement TakeOut = new(
        """
        INSERT INTO "EventStreamSubjects" ("StreamId", "UserId") SELECT @stream, "Id" FROM "Users" WHERE "Id" = @user ON CONFLICT ("StreamId", "UserId") DO NOTHING
        """,
        "@stream", "@user");

    private static readonly Statement PutBack = new("""DELETE FROM "EventStreamSubjects" WHERE "StreamId" = @stream AND "UserId" = @user""", "@stream", "@user");

    private static readonly Statement IsMember = new("""SELECT 1 FROM "Memberships" WHERE "UserId" = @user AND "AccountId" = @account""", "@user", "@account");

    private static readonly Statement ByName = new("""SELECT "Id" FROM "Users" WHERE "UserNameKey" = @name""", "@name");

    /// <summary>Takes a person out of the stream, or puts them back.</summary>
    /// <param name="transaction">The transaction; the actor is the receiver.</param>
    /// <param name="stream">Its stream.</param>
    /// <param name="accountId">The account whose client it is; null for every account's.</param>
    /// <param name="userId">By <c>sub</c>; null where an address was given.</param>
    /// <param name="email">By the address with which they sign in, or their verified e-mail address; null where a <c>sub</c> was given.</param>
    /// <param name="wanted">Whether events about them are to come.</param>
    public static async Task SetAsync(HubTransaction transaction, StreamView stream, string? accountId, string? userId, string? email, bool wanted)
    {
        await transaction.FlushAsync();
        foreach (var one in email is null ? [userId ?? ""] : await ByEmailAsync(transaction, accountId, email))
        {
            if (accountId is null || transaction.Connection.Scalar(IsMember, one, accountId) is not null)
            {
                transaction.Connection.Execute(wanted ? PutBack : TakeOut, stream.Id, one);
            }
        }
    }

    /// <summary>A user name is one person's; a verified address is looked for among an account's members only, where there are few.</summary>
    private static async Task<IReadOnlyList<string>> ByEmailAsync(HubTransaction transaction, string? accountId, string email)
    {
        var named = CanonicalName.Of(email) is { } key ? transaction.Connection.Texts(ByName, key) : [];
        return named.Count > 0 || accountId is null
            ? named
            : await transaction.Db.Memberships.Where(member => member.AccountId == accountId)
                .Join(transaction.Db.Users, member => member.UserId, user => user.Id, (_, user) => user)
                .Where(user => user.EmailVerified && user.Email == email).Select(user => user.Id).ToListAsync();
    }
}
