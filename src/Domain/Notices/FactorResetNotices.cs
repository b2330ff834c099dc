using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells of resets of second factors. Nothing else is in the way of these mails: whoever had one done in somebody's name would begin by hiding it.</summary>
internal static class FactorResetNotices
{
    /// <summary>To one address: ten, then one every six minutes.</summary>
    private static readonly Limit ToOne = new("factor-reset", 10, TimeSpan.FromMinutes(6));

    /// <summary>The factors are reset: to the person at every address that was theirs, and to who runs the account.</summary>
    public static async Task QueueDoneAsync(HubTransaction transaction, string membershipId, IReadOnlyList<string> addresses, string why)
    {
        if (NoticeMember.Find(transaction, membershipId) is not { } member)
        {
            return;
        }

        var values = ValuesOf(member, why);
        values["link"] = await FreezeLinks.MakeAsync(transaction, member.UserId);
        foreach (var address in addresses)
        {
            await SendAsync(transaction, member.UserId, MailTemplates.FactorsReset, values, new(member.UserId, address));
        }

        foreach (var addressee in Recipients.OfAccount(transaction, member.AccountId, member.UserId))
        {
            // One each: that somebody used theirs takes it from nobody.
            var own = new Dictionary<string, string>(values, StringComparer.Ordinal) { ["link"] = await FreezeLinks.MakeAsync(transaction, member.UserId) };
            await SendAsync(transaction, member.UserId, MailTemplates.FactorsResetToPrimary, own, addressee);
        }
    }

    /// <summary>It is asked for: to the person at all their addresses, to the account's other administrators, to the operators.</summary>
    public static async Task QueueRequestedAsync(HubTransaction transaction, MemberState target, string requestedBy, string why, DateTimeOffset until)
    {
        await transaction.FlushAsync();
        if (NoticeMember.Find(transaction, target.Id) is not { } member || Users.Users.FindRow(transaction, target.UserId) is not { } user)
        {
            return;
        }

        var values = ValuesOf(member, why);
        values["requester"] = NameOf(transaction, requestedBy);
        values["until"] = MailText.Moment(until);
        var toThem = new Dictionary<string, string>(values, StringComparer.Ordinal) { ["link"] = await FreezeLinks.MakeAsync(transaction, member.UserId) };
        foreach (var address in FreezeNotices.AddressesOf(transaction, member.UserId, user))
        {
            await SendAsync(transaction, member.UserId, MailTemplates.ResetRequested, toThem, new(member.UserId, address));
        }

        foreach (var addressee in await ApproversAsync(transaction, target, requestedBy))
        {
            await SendAsync(transaction, member.UserId, MailTemplates.ResetToApprove, values, addressee);
        }
    }

    /// <summary>It came to nothing: to the person and to who asked.</summary>
    public static async Task QueueEndedAsync(HubTransaction transaction, MemberState target, string requestedBy, FactorResetOutcome outcome)
    {
        await transaction.FlushAsync();
        if (NoticeMember.Find(transaction, target.Id) is not { } member)
        {
            return;
        }

        var values = ValuesOf(member, "");
        values["requester"] = NameOf(transaction, requestedBy);
        values["what"] = outcome switch
        {
            FactorResetOutcome.Withdrawn => "it was taken back",
            FactorResetOutcome.Expired => "nobody agreed in time",
            _ => "it was refused",
        };
        foreach (var userId in new[] { target.UserId, requestedBy }.Distinct())
        {
            if (Users.Users.FindRow(transaction, userId) is { } user && EmailAddress.Of(user.Email, user.UserName) is { } address)
            {
                await SendAsync(transaction, target.UserId, MailTemplates.ResetEnded, values, new(userId, address));
            }
        }
    }

    private static Dictionary<string, string> ValuesOf(NoticeMember member, string why)
    {
        var values = member.Values(toThem: true);
        values["reason"] = why;
        values["whom"] = SignInNotices.WhomToAsk(member.Account);
        return values;
    }

    private static async Task<IReadOnlyList<Addressee>> ApproversAsync(HubTransaction transaction, MemberState target, string requestedBy)
    {
        var db = transaction.Db;
        var people = await db.Users.AsNoTracking()
            .Where(user => user.Active && user.Id != requestedBy && user.Id != target.UserId && (user.Operator || (!target.PrimaryElsewhere && db.Memberships.Any(place =>
                place.UserId == user.Id && place.AccountId == target.AccountId && place.Role == Permissions.Role.Administrator && place.Status == MembershipStatus.Active))))
            .OrderBy(user => user.CreatedAt).Take(20).Select(user => new { user.Id, user.UserName, user.Email }).ToListAsync();
        return [.. people.Select(person => (person.Id, Address: EmailAddress.Of(person.Email, person.UserName))).Where(one => one.Address is not null).Select(one => new Addressee(one.Id, one.Address!))];
    }

    private static string NameOf(HubTransaction transaction, string userId) =>
        Users.Users.FindRow(transaction, userId) is { } user ? MailText.Person(User.NameOf(user.UserName, user.GivenName, user.FamilyName), user.UserName) : "";

    private static Task SendAsync(HubTransaction transaction, string about, string template, Dictionary<string, string> values, Addressee to) =>
        MailLimits.Allows(transaction, ToOne, $"{template}|{ProfileDocument.AddressKey(to.Address)}") ? Notices.QueueAsync(transaction, about, template, values, to) : Task.CompletedTask;
}
