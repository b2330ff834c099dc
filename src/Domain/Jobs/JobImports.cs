using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Jobs;

/// <summary>Adds or changes the member of one line of a file. The same line again changes nothing.</summary>
internal static class JobImports
{
    private const string Unreadable = "This line cannot be read any more. Import the file again.";
    private const string Invited = "Invited by mail.";
    private const string NotMailed = "Added without an invitation: too many were mailed just now. Mail one later, from their page.";
    private const string Guest = "Known here from another account: asked at the next sign-in.";
    private const string NotInvited = "Inactive, so nobody is mailed.";
    private const string NamesAreElsewhere = "The name stays: it belongs to another account.";
    private const string OwnRole = "You cannot change your own role here: the rest of the file would not be yours to import.";

    private static readonly Statement OfName = new(
        """SELECT "Id" FROM "Memberships" WHERE "AccountId" = @account AND "UserNameKey" = @name""", "@account", "@name");

    public static async Task<ItemResult> ApplyAsync(HubTransaction transaction, JobWork work, JobAction.Import import, ItemRow item)
    {
        if (await ImportLines.OpenAsync(transaction, work.Id, item) is not { } cells)
        {
            return ItemResult.Failed(Unreadable);
        }

        var kept = ImportLine.Kept(import.Columns, cells);
        var (line, fault) = ImportLine.Read(import.Columns, cells, Seats.Seats.PoolsOf(transaction, work.AccountId));
        if (line is null)
        {
            return ItemResult.Failed(fault!) with { Line = new(kept, CanonicalName.Of(ImportLine.UserNameOf(import.Columns, cells)), null, null) };
        }

        var state = transaction.Connection.Scalar(OfName, work.AccountId, line.UserNameKey) is string id ? MemberStates.Find(transaction, work.AccountId, id) : null;
        var result = state is null ? await AddAsync(transaction, work.AccountId, import.Issuer, line) : await ChangeAsync(transaction, work, state, line);
        return result with { Line = new(kept, line.UserNameKey, state?.UserId, state?.Id) };
    }

    private static async Task<ItemResult> AddAsync(HubTransaction transaction, string accountId, string issuer, ImportLine line)
    {
        var user = new NewMembers.NewUser
        {
            GivenName = line.GivenName, FamilyName = line.FamilyName, Email = line.UserName, Role = line.Role ?? Role.User, Level = line.Level, Active = line.Active ?? true,
            Seats = line.Seats ?? [], TwoFactorRequired = line.TwoFactorRequired ?? false, Source = MemberSource.Import,
        };
        return await NewMembers.AddAsync(transaction, accountId, user, issuer) switch
        {
            NewMembers.AddResult.Added added => new(JobOutcome.Added, Explain(added))
            {
                MembershipId = added.State.Id,
            },
            NewMembers.AddResult.Refused refused => ItemResult.Failed(JobChanges.Explain(refused.Reasons)),
            _ => ItemResult.Unchanged,
        };
    }

    private static string Explain(NewMembers.AddResult.Added added) => added.Invitation switch
    {
        null => added.State.Status == MembershipStatus.Invited ? Guest : NotInvited,
        Invitations.InviteResult.TooMany or Invitations.InviteResult.TooSoon => NotMailed,
        _ => Invited,
    };

    private static async Task<ItemResult> ChangeAsync(HubTransaction transaction, JobWork work, MemberState state, ImportLine line)
    {
        if (state.UserId == work.ActorUserId && line.Role is { } role && role != state.Role)
        {
            return ItemResult.Skipped(OwnRole);
        }

        // Of a guest, an account does not own the name: the rest of the line is carried out all the same, and it is said.
        var isSame = (line.GivenName is null && line.FamilyName is null) || line.FullName == state.DisplayName;
        var name = isSame ? null : new MemberChange.NewName(line.GivenName ?? state.GivenName, line.FamilyName ?? state.FamilyName);
        var keepsName = name is not null && !state.Home && (name.Given, name.Family) != (state.GivenName, state.FamilyName);
        var change = new MemberChange
        {
            Name = state.Home ? name : null,
            Role = line.Role,
            Level = line.SaysLevel ? new(line.Level) : null,
            Status = line.Active switch
            {
                null => null,
                false => MembershipStatus.Inactive,
                true => state.Status == MembershipStatus.Invited ? null : MembershipStatus.Active,
            },
            TwoFactorRequired = line.TwoFactorRequired,
            SeatsToAdd = line.Seats ?? [],
            SeatsToRemove = line.Seats is null ? [] : [.. state.Seats.Except(line.Seats)],
        };
        var note = keepsName ? NamesAreElsewhere : null;
        return await MemberChanges.ApplyAsync(transaction, work.AccountId, state.Id, change) switch
        {
            MemberChangeResult.Changed changed => new(JobOutcome.Changed, string.Join(". ", new[] { JobChanges.Explain(changed.Differences), note }.OfType<string>())),
            MemberChangeResult.Unchanged => new(JobOutcome.Unchanged, note),
            MemberChangeResult.Refused refused => ItemResult.Failed(JobChanges.Explain(refused.Reasons)),
            _ => ItemResult.Failed(Unreadable),
        };
    }
}
