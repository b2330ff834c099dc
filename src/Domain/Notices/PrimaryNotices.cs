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
/// <remarks>A mail names the candidate and goes with them. Once the candidate leaves, it names nobody and goes with whom it is written to.</remarks>
internal static class PrimaryNotices
{
    /// <summary>To one address about one account: ten, then one every six minutes. That the swap was made is told in any case.</summary>
    private static readonly Limit Steps = new("primary-step", 10, TimeSpan.FromMinutes(6));

    private sealed record Recipient(string UserId, string UserName, string? GivenName, string? FamilyName, string? Email)
    {
        public string Name => MailText.Person(User.NameOf(UserName, GivenName, FamilyName), UserName);
    }

    /// <summary>Who there is to tell, and what about.</summary>
    private sealed record Concerned(string Account, string Candidate, string? PrimaryUserId, IReadOnlyList<Recipient> People)
    {
        public Recipient? Find(string? userId) => People.FirstOrDefault(person => person.UserId == userId);
    }

    public static async Task QueueAsync(HubTransaction transaction, PrimaryRequest request, PrimaryNotice notice)
    {
        await transaction.FlushAsync();
        var concerned = await ReadAsync(transaction, request);
        var operators = notice is PrimaryNotice.Requested or PrimaryNotice.RequestedAndConfirmed or PrimaryNotice.Overdue
            || (notice == PrimaryNotice.Reminder && request.State == PrimaryRequestState.Requested && concerned.Find(concerned.PrimaryUserId) is null)
            ? await OperatorsAsync(transaction) : [];
        foreach (var person in notice switch
        {
            PrimaryNotice.Overdue => operators,
            PrimaryNotice.Reminder => [.. WhoHasToAct(request, concerned) is { } one ? [one] : operators],
            _ => concerned.People.Concat(operators).DistinctBy(person => person.UserId),
        })
        {
            await SendAsync(transaction, request, person, request.CandidateUserId, notice == PrimaryNotice.Accepted, Letter(request, concerned, notice, person));
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
        var named = leaver is null || leaver != request.CandidateUserId;
        foreach (var person in concerned.People.Where(person => person.UserId != leaver))
        {
            var about = person.UserId == request.CandidateUserId ? "you" : named ? concerned.Candidate : "another member";
            await SendAsync(transaction, request, person, named ? request.CandidateUserId : person.UserId, inAnyCase: false, new(
                $"The request for another Primary User of {concerned.Account} has ended",
                $"the request to make {about} the Primary User of {concerned.Account} has ended: {Because(end)}. Nothing was changed.\n"));
        }
    }

    private sealed record Words(string Subject, string Body);

    private static Words Letter(PrimaryRequest request, Concerned concerned, PrimaryNotice notice, Recipient person)
    {
        var account = concerned.Account;
        var isCandidate = person.UserId == request.CandidateUserId;
        var whom = isCandidate ? "you" : concerned.Candidate;
        var until = $"The request ends on {request.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC if nobody acts.\n";
        var accept = isCandidate ? "Sign in and accept or decline it under Your settings, Primary User. " : "They accept or decline it next. ";
        var confirm = person.UserId == concerned.PrimaryUserId || (!isCandidate && person.UserId != request.RequestedByUserId)
            ? "Sign in and confirm or decline it on the account's page Primary User. "
            : "The present Primary User, or the operator, confirms or declines it next. ";
        return notice switch
        {
            PrimaryNotice.Requested => new(
                $"A request for another Primary User of {account}", $"it was asked to make {whom} the Primary User of {account}.\n\n{confirm}{until}"),
            PrimaryNotice.RequestedAndConfirmed => new(
                $"A request for another Primary User of {account}", $"it was asked, and confirmed, to make {whom} the Primary User of {account}.\n\n{accept}{until}"),
            PrimaryNotice.Confirmed => new(
                $"The request for another Primary User of {account} is confirmed", $"the request to make {whom} the Primary User of {account} was confirmed.\n\n{accept}{until}"),
            PrimaryNotice.Accepted => new(
                $"{account} has another Primary User", isCandidate
                    ? $"you are the Primary User of {account} now.\n"
                    : $"{whom} is the Primary User of {account} now.\n{(person.UserId == request.FormerUserId ? "You are an Administrator of it from now on, without a permission level.\n" : "")}"),
            PrimaryNotice.Reminder => new(
                $"Reminder: a request for another Primary User of {account}",
                $"the request to make {whom} the Primary User of {account} waits for you.\n\n{(request.State == PrimaryRequestState.Confirmed ? accept : "Sign in and confirm or decline it. ")}{until}"),
            _ => new(
                $"A request for another Primary User of {account} has waited for more than 24 hours",
                $"nobody has confirmed or declined the request to make {whom} the Primary User of {account} yet.\n\n{until}"),
        };
    }

    private static string Because(PrimaryRequestEnd end) => end switch
    {
        PrimaryRequestEnd.ByCandidate => "it was declined by the one whom it was for",
        PrimaryRequestEnd.ByPrimary => "it was declined by the present Primary User",
        PrimaryRequestEnd.ByOperator => "it was declined by the operator",
        PrimaryRequestEnd.ByRequester => "it was taken back by whoever asked",
        PrimaryRequestEnd.CandidateLeft => "the one whom it was for can no longer sign in to the account",
        PrimaryRequestEnd.PrimaryLeft => "the present Primary User can no longer sign in to the account. Ask anew, and the operator can confirm",
        PrimaryRequestEnd.RequesterLeft => "whoever asked can no longer sign in to the account",
        PrimaryRequestEnd.Overtaken => "the account was given a Primary User meanwhile",
        _ => "nobody acted within 72 hours",
    };

    private static Recipient? WhoHasToAct(PrimaryRequest request, Concerned concerned) =>
        concerned.Find(request.State == PrimaryRequestState.Confirmed ? request.CandidateUserId : concerned.PrimaryUserId);

    private static async Task SendAsync(HubTransaction transaction, PrimaryRequest request, Recipient person, string? goesWith, bool inAnyCase, Words words)
    {
        if (person.Email is { } address && EmailAddress.IsPlausible(address)
            && (inAnyCase || MailLimits.Allows(transaction, Steps, $"{request.AccountId}|{ProfileDocument.AddressKey(address)}")))
        {
            await Mails.QueueAsync(transaction, goesWith, new(address, words.Subject, $"Hello {person.Name},\n\n{words.Body}"));
        }
    }

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
        var candidate = people.Find(person => person.UserId == request.CandidateUserId)?.Name ?? "another member";
        return new(MailText.Account(account), candidate, primary?.UserId, people);
    }

    private static Task<List<Recipient>> OperatorsAsync(HubTransaction transaction) => transaction.Db.Users.AsNoTracking().Where(user => user.Operator && user.Active)
        .Select(user => new Recipient(user.Id, user.UserName, user.GivenName, user.FamilyName, user.Email)).ToListAsync();
}
