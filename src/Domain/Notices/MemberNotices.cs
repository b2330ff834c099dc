using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>A mail as it waits in the outbox.</summary>
public sealed record Mail(string To, string Subject, string Text)
{
    public const string Kind = "mail";
}

/// <summary>Queues mails.</summary>
public static class Mails
{
    /// <param name="transaction">The transaction of the change that the mail is about.</param>
    /// <param name="userId">With whom the mail goes if it was not sent by then; null for a last notice, which outlives the user.</param>
    /// <param name="mail">To, subject and text.</param>
    public static Task QueueAsync(HubTransaction transaction, string? userId, Mail mail) =>
        transaction.EnqueueAsync(Mail.Kind, mail.To[(mail.To.LastIndexOf('@') + 1)..], userId, mail);
}

internal enum MemberNotice
{
    Deactivated,
    Reactivated,
    Deleted,

    /// <summary>A guest became a member.</summary>
    Accepted,

    /// <summary>A guest did not want to.</summary>
    Declined,
}

/// <summary>Tells the person concerned and the account's PRIMARY what was changed.</summary>
internal static class MemberNotices
{
    /// <summary>The account's name, the person, and the address of the PRIMARY where that is somebody else who has one.</summary>
    private static readonly Statement Concerned = new(
        """
        SELECT a."Name", u."UserName", u."GivenName", u."FamilyName", u."Email", (
            SELECT pu."Email" FROM "Memberships" p JOIN "Users" pu ON pu."Id" = p."UserId"
            WHERE p."AccountId" = a."Id" AND p."PermissionLevel" = 'PRIMARY' AND p."Status" = 'Active' AND p."UserId" <> u."Id")
        FROM "Accounts" a JOIN "Users" u ON u."Id" = @user WHERE a."Id" = @account
        """,
        "@user", "@account");

    private sealed record Told(string Account, string UserName, string DisplayName, string? Address, string? PrimaryAddress);

    public static async Task QueueAsync(HubTransaction transaction, Membership membership, MemberNotice notice)
    {
        await transaction.FlushAsync();
        var told = Read(transaction, membership);
        var (verb, subject) = notice switch
        {
            MemberNotice.Deactivated => ("was deactivated", $"Your access to {told.Account} was deactivated"),
            MemberNotice.Reactivated => ("was activated again", $"Your access to {told.Account} was activated again"),
            MemberNotice.Accepted => ("was accepted", $"You are now a member of {told.Account}"),
            MemberNotice.Declined => ("was declined", $"You are not a member of {told.Account}"),
            _ => ("was deleted, with all personal data and reports", $"You were removed from {told.Account}"),
        };
        if (told.Address is { } address)
        {
            await SendAsync(transaction, notice, membership.UserId, new(
                address, subject, $"Hello {told.DisplayName},\n\nyour access to {told.Account} {verb}.\n\nIf this surprises you, ask an administrator of {told.Account}.\n"));
        }

        if (told.PrimaryAddress is { } primary)
        {
            await SendAsync(transaction, notice, membership.UserId, new(
                primary, $"A user of {told.Account} was changed", notice == MemberNotice.Deleted
                    ? $"A user of {told.Account} was deleted, with all personal data and reports. Who it was is not kept anywhere, not even here.\n"
                    : $"The access of {told.DisplayName} ({told.UserName}) to {told.Account} {verb}.\n"));
        }
    }

    private static Told Read(HubTransaction transaction, Membership membership)
    {
        using var row = transaction.Connection.Bind(Concerned, membership.UserId, membership.AccountId).ExecuteReader();
        return row.Read()
            ? new(row.GetString(0), row.GetString(1), User.NameOf(row.GetString(1), row.Text(2), row.Text(3)), row.Text(4), row.Text(5))
            : throw new InvalidOperationException("A member has an account and a user.");
    }

    private static Task SendAsync(HubTransaction transaction, MemberNotice notice, string userId, Mail mail) =>
        Mails.QueueAsync(transaction, notice == MemberNotice.Deleted ? null : userId, mail);
}
