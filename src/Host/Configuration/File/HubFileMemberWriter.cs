using System.Collections.Immutable;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>Applies memberships. First all that adds (<see cref="PutAsync"/>), then for all of them what takes away (<see cref="FinishAsync"/>).</summary>
internal sealed class HubFileMemberWriter(HubTransaction transaction, HubFileOutcome outcome)
{
    private const string LastAdministrator = "the account would be left without an administrator; name another one";

    private readonly List<Member> members = [];

    private sealed record Member(string Id, HubFileMembership Wanted, string Place, IReadOnlyList<string> SeatsBefore);

    /// <summary>Adds the memberships that are missing, lets in whom the file lets in, and raises roles and levels.</summary>
    public async Task PutAsync(string userId, ImmutableArray<HubFileMembership> memberships, string userPlace)
    {
        if (memberships.IsEmpty)
        {
            return;
        }

        var present = await Memberships.OfUserAsync(transaction, userId);
        for (var i = 0; i < memberships.Length; i++)
        {
            var wanted = memberships[i];
            var place = $"{userPlace}.memberships[{i}]";
            var id = present.SingleOrDefault(view => view.AccountId == wanted.Account) is { } view
                ? await RaiseAsync(view, wanted, place)
                : await AddAsync(userId, wanted, place);
            members.Add(new(id, wanted, place, present.SingleOrDefault(one => one.Id == id)?.Seats ?? []));
        }
    }

    /// <summary>Lowers roles, deactivates, frees seats, then assigns seats.</summary>
    public async Task FinishAsync()
    {
        foreach (var member in members)
        {
            await LowerAsync(member);
            await transaction.SettleAsync();
        }

        foreach (var member in members)
        {
            foreach (var application in member.SeatsBefore.Except(member.Wanted.Seats, StringComparer.Ordinal))
            {
                outcome.Count(await Seats.ReleaseAsync(transaction, member.Id, application));
            }
        }

        foreach (var member in members)
        {
            await AssignAsync(member);
            await transaction.SettleAsync();
        }
    }

    private async Task<string> AddAsync(string userId, HubFileMembership wanted, string place)
    {
        var status = wanted.Active ? MembershipStatus.Active : MembershipStatus.Inactive;
        var level = wanted.Level == PermissionLevel.Primary ? null : wanted.Level;
        var added = await Memberships.AddAsync(transaction, new(userId, wanted.Account, wanted.Role, level, status));
        var id = added switch
        {
            Memberships.AddResult.Added fresh => fresh.Membership.Id,
            Memberships.AddResult.AlreadyMember former => former.MembershipId,
            _ => throw new InvalidOperationException($"{added} is no answer to adding a member."),
        };
        outcome.Count(true);
        await AppointAsync(id, wanted, place);
        return id;
    }

    private async Task<string> RaiseAsync(MembershipView present, HubFileMembership wanted, string place)
    {
        if (wanted.Active && present.Status != MembershipStatus.Active)
        {
            outcome.Count(await UserLifecycle.ReactivateAsync(transaction, present.Id) == UserLifecycle.StatusResult.Changed);

            // A guest whom the file calls active is, as one whom it adds: it is the operator's.
            outcome.Count(await Memberships.AdmitAsync(transaction, present.Id));
        }

        if (wanted.Role == Role.Administrator)
        {
            outcome.Count(await Memberships.ChangeRoleAsync(transaction, present.Id, Role.Administrator) is Memberships.ChangeResult.Changed);
        }

        if (wanted.Level != PermissionLevel.Primary)
        {
            var changed = await Memberships.ChangeLevelAsync(transaction, present.Id, wanted.Level);
            outcome.Count(changed is Memberships.ChangeResult.Changed);
            outcome.Refuse(
                changed is Memberships.ChangeResult.PrimaryIsTransferred, $"{place}.permissionLevel",
                "this member is the PRIMARY of the account; a PRIMARY changes by transfer only, so keep PRIMARY here");
        }

        await AppointAsync(present.Id, wanted, place);
        return present.Id;
    }

    private async Task AppointAsync(string membershipId, HubFileMembership wanted, string place)
    {
        if (wanted.Level != PermissionLevel.Primary)
        {
            return;
        }

        var appointed = await PrimaryTransfer.AppointFirstAsync(transaction, membershipId);
        outcome.Count(appointed is PrimaryTransfer.AppointResult.Appointed);
        outcome.Refuse(
            appointed is PrimaryTransfer.AppointResult.HeldByAnother, $"{place}.permissionLevel",
            "another member is the PRIMARY of this account; a PRIMARY changes by transfer only");
    }

    private async Task LowerAsync(Member member)
    {
        if (member.Wanted.Role == Role.User)
        {
            var changed = await Memberships.ChangeRoleAsync(transaction, member.Id, Role.User);
            outcome.Count(changed is Memberships.ChangeResult.Changed);
            outcome.Refuse(changed is Memberships.ChangeResult.LastAdministrator, $"{member.Place}.role", LastAdministrator);
        }

        if (!member.Wanted.Active)
        {
            var changed = await UserLifecycle.DeactivateAsync(transaction, member.Id);
            outcome.Count(changed == UserLifecycle.StatusResult.Changed);
            outcome.Refuse(changed == UserLifecycle.StatusResult.LastAdministrator, $"{member.Place}.active", LastAdministrator);
            outcome.Refuse(changed == UserLifecycle.StatusResult.LastOperator, $"{member.Place}.active", "nobody would be left to run the hub; name another operator");
        }
    }

    private async Task AssignAsync(Member member)
    {
        for (var i = 0; i < member.Wanted.Seats.Length; i++)
        {
            var place = $"{member.Place}.seats[{i}]";
            var application = HubFileFaults.Quote(member.Wanted.Seats[i]);
            var account = HubFileFaults.Quote(member.Wanted.Account);
            switch (await Seats.AssignAsync(transaction, member.Id, member.Wanted.Seats[i]))
            {
                case Seats.AssignResult.Assigned:
                    outcome.Count(true);
                    break;
                case Seats.AssignResult.AlreadyAssigned:
                    break;
                case Seats.AssignResult.PoolExhausted exhausted:
                    outcome.Refuse(place, $"no seat is left: all {exhausted.Capacity} of {account} for {application} are taken, also by members that the file does not name");
                    break;
                case Seats.AssignResult.NoPool:
                    outcome.Refuse(place, $"{account} has no seats of {application}; give it some under accounts");
                    break;
                case var refusal:
                    throw new InvalidOperationException($"A member just written was refused a seat: {refusal}.");
            }
        }
    }
}
