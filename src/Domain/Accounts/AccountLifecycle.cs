using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;

namespace IdentityHub.Domain.Accounts;

/// <summary>Open, rename, suspend, resume, close: one operation each, and the operator's alone.</summary>
public static class AccountLifecycle
{
    public const int MaxIdLength = 64;
    public const int MaxNameLength = 256;

    private static readonly Statement Shut = new(
        """UPDATE "Accounts" SET "Status" = @status, "Epoch" = "Epoch" + 1 WHERE "Id" = @id AND "Status" = @from""", "@id", "@from", "@status");

    private static readonly Statement Reopen = new(
        """UPDATE "Accounts" SET "Status" = 'Open' WHERE "Id" = @id AND "Status" = 'Suspended'""", "@id");

    /// <summary>What a client of the account holds in its own name dies with this.</summary>
    private static readonly Statement MoveClientsOn = new("""UPDATE "Clients" SET "Epoch" = "Epoch" + 1 WHERE "AccountId" = @id""", "@id");

    public enum OpenResult
    {
        Opened,

        /// <summary>There is an account of this id. Nothing was changed.</summary>
        IdTaken,

        /// <summary>Not 1 to <see cref="MaxIdLength"/> lower-case letters, digits and inner hyphens. Nothing was changed.</summary>
        IdInvalid,

        /// <summary>Empty, longer than <see cref="MaxNameLength"/> characters, or with control characters. Nothing was changed.</summary>
        NameInvalid,
    }

    public enum ChangeResult
    {
        Changed,
        Unchanged,
        NoSuchAccount,

        /// <summary>See <see cref="OpenResult.NameInvalid"/>. Nothing was changed.</summary>
        NameInvalid,

        /// <summary>What was typed to confirm is not the account's name. Nothing was changed.</summary>
        NotConfirmed,

        /// <summary>It was closed, for good. Nothing was changed.</summary>
        Closed,
    }

    /// <summary>Opens an account that nobody is in yet.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="id">Stands in tokens, configuration files and addresses; never changes.</param>
    /// <param name="name">What people read.</param>
    public static async Task<OpenResult> OpenAsync(HubTransaction transaction, string id, string name)
    {
        if (!IsId(id))
        {
            return OpenResult.IdInvalid;
        }

        if (!IsName(name))
        {
            return OpenResult.NameInvalid;
        }

        if (await Accounts.ExistsAsync(transaction, id))
        {
            return OpenResult.IdTaken;
        }

        await Accounts.PutAsync(transaction, id, name.Trim(), TwoFactorPolicy.Optional, new());
        return OpenResult.Opened;
    }

    public static async Task<ChangeResult> RenameAsync(HubTransaction transaction, string accountId, string name)
    {
        if (!IsName(name))
        {
            return ChangeResult.NameInvalid;
        }

        if (await Accounts.FindAsync(transaction, accountId) is not { } account)
        {
            return ChangeResult.NoSuchAccount;
        }

        var put = await Accounts.PutAsync(transaction, accountId, name.Trim(), account.TwoFactor, account.Scim);
        return put is Accounts.PutResult.Changed ? ChangeResult.Changed : ChangeResult.Unchanged;
    }

    /// <summary>Shuts the account for now. From the commit on nobody signs in to it, and no token of it, of its clients or of its HR system works; apps are told right after.</summary>
    public static Task<ChangeResult> SuspendAsync(HubTransaction transaction, string accountId) =>
        ShutAsync(transaction, accountId, AccountStatus.Suspended, "account.suspended");

    /// <summary>Opens a suspended account again. Its HR system's tokens and its clients work again; nothing that people were granted before comes back.</summary>
    public static async Task<ChangeResult> ResumeAsync(HubTransaction transaction, string accountId)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Execute(Reopen, accountId) == 0)
        {
            return await Accounts.FindAsync(transaction, accountId) switch
            {
                null => ChangeResult.NoSuchAccount,
                { Status: AccountStatus.Closed } => ChangeResult.Closed,
                _ => ChangeResult.Unchanged,
            };
        }

        await transaction.AuditAsync("account.resumed", accountId);
        return ChangeResult.Changed;
    }

    /// <summary>Shuts the account for good. The data stay until they are deleted by command; the account cannot be opened again.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="typedName">The account's name, typed by whoever closes it.</param>
    public static async Task<ChangeResult> CloseAsync(HubTransaction transaction, string accountId, string typedName) =>
        await Accounts.FindAsync(transaction, accountId) is { } account && !string.Equals(account.Name, typedName.Trim(), StringComparison.Ordinal)
            ? ChangeResult.NotConfirmed
            : await ShutAsync(transaction, accountId, AccountStatus.Closed, "account.closed");

    private static async Task<ChangeResult> ShutAsync(HubTransaction transaction, string accountId, AccountStatus status, string action)
    {
        await transaction.FlushAsync();
        if (await Accounts.FindAsync(transaction, accountId) is not { } account)
        {
            return ChangeResult.NoSuchAccount;
        }

        if (account.Status == AccountStatus.Closed)
        {
            return status == AccountStatus.Closed ? ChangeResult.Unchanged : ChangeResult.Closed;
        }

        if (account.Status == status || transaction.Connection.Execute(Shut, accountId, account.Status.ToString(), status.ToString()) == 0)
        {
            return ChangeResult.Unchanged;
        }

        transaction.Connection.Execute(MoveClientsOn, accountId);
        await transaction.AuditAsync(action, accountId);
        await Jobs.Jobs.EndAllAsync(transaction, accountId);

        // One account can have a hundred thousand members signed in: apps are told after the commit, in bites, and however often the hub is killed meanwhile.
        await transaction.EnqueueAsync(AccountShut.Kind, "", userId: null, new AccountShut(accountId, account.Epoch + 1));
        return ChangeResult.Changed;
    }

    internal static bool IsName(string name) => name.Trim().Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl);

    internal static bool IsId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && id[0] != '-' && id[^1] != '-';
}

/// <summary>Waits in the outbox until every app at which somebody was signed in to an account has its notice that they are no more.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Epoch">The account's after it was shut: what was granted since is left alone.</param>
public sealed record AccountShut(string AccountId, int Epoch)
{
    public const string Kind = "account-shut";

    /// <summary>Whether it is open still, and everybody only signs in to its apps anew: it asks more of sign-ins than before.</summary>
    public bool IsOpen { get; init; }

    private const int Bite = 500;

    private static readonly Statement Members = new(
        """SELECT "Id", "UserNameKey" FROM "Memberships" WHERE "AccountId" = @account AND "UserNameKey" > @after ORDER BY "UserNameKey" LIMIT @bite""",
        "@account", "@after", "@bite");

    /// <summary>Ends what the next members were granted, and queues the notices about it.</summary>
    /// <param name="transaction">A transaction of its own.</param>
    /// <param name="after">Where the bite before ended; empty for the first.</param>
    /// <returns>Where this bite ended; null when it was the last.</returns>
    internal async Task<string?> TellNextAsync(HubTransaction transaction, string after)
    {
        var (members, last) = Next(transaction, after);
        if (members.Count > 0)
        {
            await Revocation.EndGrantsOfMembersAsync(transaction, members, Epoch, IsOpen ? ConnectionEnd.AccessChanged : ConnectionEnd.AccountShut);
        }

        return members.Count == Bite ? last : null;
    }

    private (List<string> Members, string Last) Next(HubReader reader, string after)
    {
        var members = new List<string>();
        using var row = reader.Connection.Bind(Members, AccountId, after, Bite).ExecuteReader();
        while (row.Read())
        {
            members.Add(row.GetString(0));
            after = row.GetString(1);
        }

        return (members, after);
    }
}
