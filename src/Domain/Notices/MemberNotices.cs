using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells the person concerned, and who runs the account, what was changed.</summary>
internal static class MemberNotices
{
    private static readonly Statement ApplicationName = new("""SELECT "Name" FROM "Applications" WHERE "Id" = @id""", "@id");

    /// <summary>Which mails there are, and what they list.</summary>
    /// <param name="ToThem">Null where the person is told nothing, or by another mail.</param>
    /// <param name="ToPrimary">For who runs the account.</param>
    /// <param name="Lines">What was changed, as both are told.</param>
    /// <param name="Application">The only seat that it is about, or null.</param>
    private sealed record Story(string? ToThem, string ToPrimary, IReadOnlyList<string> Lines, string? Application = null);

    /// <summary>Queues what a transaction made of a member: one mail to them, one to each who runs the account. Nothing for who is gone: that was told before.</summary>
    public static async Task QueueAsync(HubTransaction transaction, MemberNotes notes)
    {
        if (NoticeMember.Find(transaction, notes.MembershipId) is not { } member)
        {
            return;
        }

        var lines = LinesOf(transaction, notes, member);
        var story = StoryOf(transaction, notes, member, lines);
        if (notes.SignIn is { OfSignIn: true } signIn)
        {
            // They have one mail: what else was changed stands in it.
            await SignInNotices.QueueAsync(transaction, signIn, member.Account, story is { ToThem: MailTemplates.Changed or MailTemplates.SeatGiven or MailTemplates.SeatTaken } ? lines : []);
        }

        var toThem = notes.SignIn is { OfSignIn: true } && story is { ToThem: MailTemplates.Changed or MailTemplates.SeatGiven or MailTemplates.SeatTaken } ? null : story?.ToThem;
        if (toThem is not null && !notes.Invited)
        {
            await TellThemAsync(transaction, member, toThem, story!, member.UserId, MailLimits.Notices);
        }

        string[] primaryLines = [.. SignInLines(transaction, notes.SignIn), .. lines];
        if (story is not null || primaryLines.Length > 0)
        {
            await TellPrimaryAsync(transaction, member, new(null, primaryLines.Length == lines.Count ? story!.ToPrimary : Several(story), primaryLines, story?.Application), member.UserId);
        }
    }

    /// <summary>Queues what must be said before the member, and perhaps all that is known of them, is gone.</summary>
    public static async Task QueueLastAsync(HubTransaction transaction, string membershipId, bool declined)
    {
        await transaction.FlushAsync();
        if (NoticeMember.Find(transaction, membershipId) is not { } member)
        {
            return;
        }

        var story = declined ? new Story(MailTemplates.Declined, MailTemplates.DeclinedToPrimary, []) : new(MailTemplates.Removed, MailTemplates.RemovedToPrimary, []);

        // A guest is not gone with the place: what is written to them and about them goes when their home erases them.
        var about = !declined && member.Home ? null : member.UserId;
        await TellThemAsync(transaction, member, story.ToThem!, story, about, declined ? MailLimits.Notices : MailLimits.LastNotices);
        await TellPrimaryAsync(transaction, member, story, about, isLast: !declined);
    }

    private static Story? StoryOf(HubTransaction transaction, MemberNotes notes, NoticeMember member, IReadOnlyList<string> lines)
    {
        if (notes.Added)
        {
            // Who is made ahead of their first day hears on that day.
            return new(
                member.Status switch { MembershipStatus.Active => MailTemplates.Added, MembershipStatus.Invited => MailTemplates.Asked, _ => null },
                MailTemplates.AddedToPrimary, lines);
        }

        if (notes.StatusBefore is { } before && before != member.Status)
        {
            return (before, member.Status) switch
            {
                (_, MembershipStatus.Inactive) => new(MailTemplates.Deactivated, MailTemplates.DeactivatedToPrimary, lines),
                (MembershipStatus.Invited, _) => new(MailTemplates.Accepted, MailTemplates.AcceptedToPrimary, lines),
                (_, MembershipStatus.Active) => new(MailTemplates.Reactivated, MailTemplates.ReactivatedToPrimary, lines),
                _ => lines.Count == 0 ? null : new(MailTemplates.Changed, MailTemplates.ChangedToPrimary, lines),
            };
        }

        return (lines.Count, notes.SeatsGiven, notes.SeatsTaken) switch
        {
            (0, _, _) => null,
            (1, [var given], []) => new(MailTemplates.SeatGiven, MailTemplates.SeatGivenToPrimary, lines, NameOf(transaction, given)),
            (1, [], [var taken]) => new(MailTemplates.SeatTaken, MailTemplates.SeatTakenToPrimary, lines, NameOf(transaction, taken)),
            _ => new(MailTemplates.Changed, MailTemplates.ChangedToPrimary, lines),
        };
    }

    /// <summary>What the one mail about several things is called.</summary>
    private static string Several(Story? story) =>
        story is null || story.ToPrimary is MailTemplates.SeatGivenToPrimary or MailTemplates.SeatTakenToPrimary ? MailTemplates.ChangedToPrimary : story.ToPrimary;

    private static IReadOnlyList<string> LinesOf(HubTransaction transaction, MemberNotes notes, NoticeMember member)
    {
        var given = notes.SeatsGiven.Select(seat => $"Seat for {NameOf(transaction, seat)}: given");
        if (notes.Added)
        {
            return
            [
                "Role: " + PermissionNames.Of(member.Role), .. member.Level is { } level ? ["Permission level: " + PermissionNames.Of(level)] : Array.Empty<string>(),
                .. given, .. member.TwoFactorRequired ? ["Second factor: required"] : Array.Empty<string>(),
            ];
        }

        // Who is deactivated loses every seat: that is not said seat by seat.
        var taken = member.Status == MembershipStatus.Inactive ? [] : notes.SeatsTaken.Select(seat => $"Seat for {NameOf(transaction, seat)}: taken away");
        var names = notes.SignIn is { Name: true } change ? [$"Name: {NameOf(change.Before)} \u2192 {NameOf(change.After)}"] : Array.Empty<string>();
        return [.. names, .. notes.Changes.Select(change => $"{change.What}: {change.Before} \u2192 {change.After}"), .. given, .. taken];
    }

    /// <summary>What who runs the account is told of how a member signs in: that a person chose another password themself is theirs to know.</summary>
    private static IEnumerable<string> SignInLines(HubTransaction transaction, SignInChange? change)
    {
        if (change is { Email: true })
        {
            yield return $"E-mail address: {AddressOf(change.Before.Email)} \u2192 {AddressOf(change.After.Email)}";
        }

        if (change is { UserName: true })
        {
            yield return $"User name: {MailText.UserName(change.Before.UserName)} \u2192 {MailText.UserName(change.After.UserName)}";
        }

        if (change is { Password: true } && (transaction.Actor as Actor.Person)?.UserId != change.UserId)
        {
            yield return "Password: replaced";
        }

        foreach (var factor in (transaction.Actor as Actor.Person)?.UserId == change?.UserId ? [] : change?.Factors ?? [])
        {
            yield return $"Second factors: {factor}";
        }

        if (change is { CodeAddress: true })
        {
            yield return $"Address for sign-in codes: {AddressOf(change.FormerCodes)} \u2192 {AddressOf(change.Codes)}";
        }
    }

    private static string AddressOf(string? address) => address is { } email ? MailText.Name(email) ?? "an address" : "none";

    private static string NameOf(Users.Users.Row row) => MailText.Person(User.NameOf(row.UserName, row.GivenName, row.FamilyName), row.UserName);

    private static string NameOf(HubTransaction transaction, string applicationId) =>
        MailText.Name(transaction.Connection.Scalar(ApplicationName, applicationId) as string ?? "") ?? MailText.Name(applicationId) ?? "an application";

    private static async Task TellThemAsync(HubTransaction transaction, NoticeMember member, string template, Story story, string? about, Credentials.Limit limit)
    {
        if (member.Address is { } address && MailLimits.Allows(transaction, limit, ProfileDocument.AddressKey(address)))
        {
            await Notices.QueueAsync(transaction, about, template, ValuesOf(member, story, toThem: true), address);
        }
    }

    private static async Task TellPrimaryAsync(HubTransaction transaction, NoticeMember member, Story story, string? about, bool isLast = false)
    {
        var addressees = Recipients.OfAccount(transaction, member.AccountId, member.UserId);
        if (addressees.Count == 0 || !MailLimits.AllowsToPrimary(transaction, member.AccountId, isLast ? null : member.MembershipId))
        {
            return;
        }

        foreach (var addressee in addressees)
        {
            await Notices.QueueAsync(transaction, about, story.ToPrimary, ValuesOf(member, story, toThem: false), addressee);
        }
    }

    private static Dictionary<string, string> ValuesOf(NoticeMember member, Story story, bool toThem)
    {
        var values = member.Values(toThem);
        values["changes"] = string.Join('\n', story.Lines);
        values["application"] = story.Application ?? "";
        return values;
    }
}
