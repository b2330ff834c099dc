using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Notices;

internal enum PrimaryNotice
{
    Requested,

    /// <summary>Asked by the present Primary User or the operator, which is confirming too.</summary>
    RequestedAndConfirmed,
    Confirmed,
    Accepted,

    /// <summary>To whoever has to act.</summary>
    Reminder,

    /// <summary>To the operators: it waits for longer than promised.</summary>
    Overdue,
}

/// <summary>Tells everyone concerned how a request for another Primary User stands: who asked, the present Primary User, the candidate; the operators where they are needed.</summary>
/// <remarks>A mail names the candidate alone, and goes with them. Once the candidate leaves, it names nobody. It goes with whom it is written to as well. Who asked, and why, stands on the page.</remarks>
internal static class PrimaryNotices
{
    /// <summary>To one address about one account: ten, then one every six minutes. That the swap was made is told in any case.</summary>
    private static readonly Limit Steps = new("primary-step", 10, TimeSpan.FromMinutes(6));

    private sealed record Recipient(string UserId, string UserName, string? GivenName, string? FamilyName, string? Email)
    {
        public string Name => MailText.Person(User.NameOf(UserName, GivenName, FamilyName), UserName);

        public string? Address => EmailAddress.Of(Email, UserName);
    }

    /// <summary>Who there is to tell, and what about.</summary>
    private sealed record Concerned(PrimaryRequest Request, string Account, string Candidate, Recipient? Primary, IReadOnlyList<Recipient> People)
    {
        public Recipient? Find(string? userId) => People.FirstOrDefault(person => person.UserId == userId);
    }

    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="request">The request, at the step that it was at before, but for a swap that was made.</param>
    /// <param name="notice">What is told.</param>
    public static async Task QueueAsync(HubTransaction transaction, PrimaryRequest request, PrimaryNotice notice)
    {
        await transaction.FlushAsync();
        var concerned = await ReadAsync(transaction, request);
        foreach (var person in await ToldAsync(transaction, concerned, notice))
        {
            if (person.Address is { } address && (notice == PrimaryNotice.Accepted || Allows(transaction, request, address)))
            {
                await Notices.QueueAsync(transaction, request.CandidateUserId, TemplateFor(concerned, notice, person), ValuesFor(concerned, person, concerned.Candidate), new Addressee(person.UserId, address));
            }
        }
    }

    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="request">The request.</param>
    /// <param name="end">Why it ended.</param>
    /// <param name="leaver">Who left, where that is why: is not told, and not named.</param>
    public static async Task QueueEndAsync(HubTransaction transaction, PrimaryRequest request, PrimaryRequestEnd end, string? leaver)
    {
        await transaction.FlushAsync();
        var concerned = await ReadAsync(transaction, request);
        var isNamed = leaver is null || leaver != request.CandidateUserId;
        foreach (var person in concerned.People.Where(person => person.UserId != leaver))
        {
            if (person.Address is { } address && Allows(transaction, request, address))
            {
                var values = ValuesFor(concerned, person, isNamed ? concerned.Candidate : "another member");
                values["reason"] = Because(end);
                await Notices.QueueAsync(transaction, isNamed ? request.CandidateUserId : person.UserId, MailTemplates.PrimaryEnded, values, new Addressee(person.UserId, address));
            }
        }
    }

    private static async Task<IEnumerable<Recipient>> ToldAsync(HubTransaction transaction, Concerned concerned, PrimaryNotice notice)
    {
        var hasToAct = concerned.Request.State == PrimaryRequestState.Confirmed ? concerned.Find(concerned.Request.CandidateUserId) : concerned.Primary;
        return notice switch
        {
            PrimaryNotice.Overdue => await OperatorsAsync(transaction),
            PrimaryNotice.Reminder when hasToAct is not null => [hasToAct],
            PrimaryNotice.Reminder => concerned.Request.State == PrimaryRequestState.Requested ? await OperatorsAsync(transaction) : [],
            PrimaryNotice.Requested or PrimaryNotice.RequestedAndConfirmed => concerned.People.Concat(await OperatorsAsync(transaction)).DistinctBy(person => person.UserId),
            _ => concerned.People,
        };
    }

    private static string TemplateFor(Concerned concerned, PrimaryNotice notice, Recipient person)
    {
        var request = concerned.Request;
        var isCandidate = person.UserId == request.CandidateUserId;
        return notice switch
        {
            // Who asked and is no Primary User has nothing to confirm; a candidate never has.
            PrimaryNotice.Requested when isCandidate || (person.UserId == request.RequestedByUserId && person != concerned.Primary) => MailTemplates.PrimaryRequested,
            PrimaryNotice.Requested => MailTemplates.PrimaryToConfirm,
            PrimaryNotice.RequestedAndConfirmed or PrimaryNotice.Confirmed => isCandidate ? MailTemplates.PrimaryToAccept : MailTemplates.PrimaryConfirmed,
            PrimaryNotice.Accepted when isCandidate => MailTemplates.PrimaryAcceptedToNew,
            PrimaryNotice.Accepted => person.UserId == request.FormerUserId ? MailTemplates.PrimaryAcceptedToFormer : MailTemplates.PrimaryAccepted,
            PrimaryNotice.Reminder => isCandidate ? MailTemplates.PrimaryReminderToAccept : MailTemplates.PrimaryReminderToConfirm,
            _ => MailTemplates.PrimaryOverdue,
        };
    }

    private static Dictionary<string, string> ValuesFor(Concerned concerned, Recipient person, string candidate) => new(StringComparer.Ordinal)
    {
        ["account"] = concerned.Account,
        ["person"] = person.Name,
        ["candidate"] = person.UserId == concerned.Request.CandidateUserId ? "you" : candidate,
        ["until"] = concerned.Request.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC",
    };

    private static string Because(PrimaryRequestEnd end) => end switch
    {
        PrimaryRequestEnd.ByCandidate => "It was declined by the one whom it was for.",
        PrimaryRequestEnd.ByPrimary => "It was declined by the present Primary User.",
        PrimaryRequestEnd.ByOperator => "It was declined by the operator.",
        PrimaryRequestEnd.ByRequester => "It was taken back by whoever asked.",
        PrimaryRequestEnd.CandidateLeft => "The one whom it was for can no longer sign in to the account.",
        PrimaryRequestEnd.PrimaryLeft => "The present Primary User can no longer sign in to the account. Ask anew, and the operator can confirm.",
        PrimaryRequestEnd.RequesterLeft => "Whoever asked can no longer sign in to the account.",
        PrimaryRequestEnd.Overtaken => "The account was given a Primary User meanwhile.",
        _ => "Nobody acted within 72 hours.",
    };

    private static bool Allows(HubTransaction transaction, PrimaryRequest request, string address) =>
        MailLimits.Allows(transaction, Steps, $"{request.AccountId}|{ProfileDocument.AddressKey(address)}");

    /// <summary>Whoever left the account is told no more of what goes on there.</summary>
    private static async Task<Concerned> ReadAsync(HubTransaction transaction, PrimaryRequest request)
    {
        var db = transaction.Db;
        var account = await db.Accounts.Where(row => row.Id == request.AccountId).Select(row => row.Name).SingleAsync();
        var primary = await PrimaryRequests.HolderAsync(transaction, request.AccountId);
        string?[] ids = [request.RequestedByUserId, request.CandidateUserId, primary?.UserId, request.FormerUserId];
        var people = await db.Users.AsNoTracking()
            .Where(user => ids.Contains(user.Id) && user.Active && (user.Operator || db.Memberships.Any(place =>
                place.UserId == user.Id && place.AccountId == request.AccountId && place.Status == MembershipStatus.Active)))
            .Select(user => new Recipient(user.Id, user.UserName, user.GivenName, user.FamilyName, user.Email)).ToListAsync();
        return new(
            request, MailText.Account(account), people.Find(person => person.UserId == request.CandidateUserId)?.Name ?? "another member",
            primary is { MaySignIn: true } ? people.Find(person => person.UserId == primary.UserId) : null, people);
    }

    private static Task<List<Recipient>> OperatorsAsync(HubTransaction transaction) => transaction.Db.Users.AsNoTracking().Where(user => user.Operator && user.Active)
        .Select(user => new Recipient(user.Id, user.UserName, user.GivenName, user.FamilyName, user.Email)).ToListAsync();
}
