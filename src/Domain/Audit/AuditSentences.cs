using System.Collections.Frozen;

namespace IdentityHub.Domain.Audit;

/// <summary>What kind of thing was done: how an audit is narrowed.</summary>
public enum AuditFamily
{
    People,
    SignIns,
    Credentials,
    Seats,
    Groups,
    Provisioning,
    Account,
    Apps,
    Hub,
}

/// <summary>What every action of the audit means in words: the one table. A test holds that it has every action that the code writes.</summary>
/// <remarks>
/// A sentence goes on after the name of who did it. <c>{subject}</c> is whom it was done to; <c>{word}</c> a fact of the details; <c>{word.before}</c> and <c>{word.after}</c> the two
/// sides of a change. An entry <c>action:field</c> is for an entry in which that field changed, and comes before the one of the action; <c>action:self</c> is for what people do
/// to themselves.
/// </remarks>
public static class AuditSentences
{
    private const string Own = ":self";

    public sealed record Sentence(AuditFamily Family, string Text);

    /// <summary>Every action, and every field of one that has words of its own.</summary>
    public static FrozenDictionary<string, Sentence> All { get; } = new Dictionary<string, Sentence>(StringComparer.Ordinal)
    {
        ["user.created"] = new(AuditFamily.People, "made a sign-in for {subject}"),
        ["user.changed"] = new(AuditFamily.People, "changed the profile of {subject}"),
        ["user.changed:operator"] = new(AuditFamily.People, "changed whether {subject} runs the hub"),
        ["user.renamed"] = new(AuditFamily.People, "gave {subject} another user name"),
        ["user.email-verified"] = new(AuditFamily.People, "verified the e-mail address of {subject}"),
        ["member.added"] = new(AuditFamily.People, "added {subject} as {role}"),
        ["member.invited"] = new(AuditFamily.People, "invited {subject} by e-mail"),
        ["member.invitation-skipped"] = new(AuditFamily.People, "did not invite {subject} again: too soon after the last invitation"),
        ["invitation.redeemed"] = new(AuditFamily.People, "used the invitation of {subject} and chose a password"),
        ["member.accepted"] = new(AuditFamily.People, "accepted the invitation of {subject} to this account"),
        ["member.admitted"] = new(AuditFamily.People, "took {subject} into this account"),
        ["member.declined"] = new(AuditFamily.People, "declined the invitation of {subject} to this account"),
        ["member.changed"] = new(AuditFamily.People, "changed {subject}"),
        ["member.changed:role"] = new(AuditFamily.People, "changed the role of {subject} from {role.before} to {role.after}"),
        ["member.changed:level"] = new(AuditFamily.People, "changed the permission level of {subject} from {level.before} to {level.after}"),
        ["member.changed:twoFactorRequired"] = new(AuditFamily.People, "changed whether {subject} must give a second factor"),
        ["member.profile-changed"] = new(AuditFamily.People, "changed what the account has on file about {subject}"),
        ["member.deactivated"] = new(AuditFamily.People, "deactivated {subject}"),
        ["member.reactivated"] = new(AuditFamily.People, "reactivated {subject}"),
        ["member.signed-out"] = new(AuditFamily.SignIns, "signed {subject} out everywhere"),
        ["member.invitation-link-made"] = new(AuditFamily.People, "made a link for {subject} to choose a password"),
        ["member.invitation-withdrawn"] = new(AuditFamily.People, "withdrew the invitation of {subject}"),
        ["user.preferences-changed"] = new(AuditFamily.People, "changed the language and look of {subject}"),
        ["user.preferences-changed:self"] = new(AuditFamily.People, "changed the language and look of their pages"),
        ["primary.requested"] = new(AuditFamily.People, "asked that {subject} become Primary User"),
        ["primary.confirmed"] = new(AuditFamily.People, "agreed that {subject} become Primary User"),
        ["primary.transferred"] = new(AuditFamily.People, "made {subject} Primary User"),
        ["primary.transferred:self"] = new(AuditFamily.People, "accepted and became Primary User"),
        ["primary.declined"] = new(AuditFamily.People, "declined that {subject} become Primary User"),
        ["primary.expired"] = new(AuditFamily.People, "let the request for {subject} to become Primary User run out"),
        ["primary.cancelled"] = new(AuditFamily.People, "withdrew the request for {subject} to become Primary User"),
        ["job.started"] = new(AuditFamily.People, "began a change of many users: {Kind}"),
        ["job.cancelled"] = new(AuditFamily.People, "stopped a change of many users: {Kind}"),
        ["job.preview"] = new(AuditFamily.People, "looked at a change of many users before making it: {Kind}"),
        ["job.done"] = new(AuditFamily.People, "finished a change of many users: {Kind}"),
        ["job.failed"] = new(AuditFamily.People, "could not go on with a change of many users: {Kind}"),
        ["member.deleted"] = new(AuditFamily.People, "deleted a user"),
        ["session.started"] = new(AuditFamily.SignIns, "signed {subject} in"),
        ["session.started:self"] = new(AuditFamily.SignIns, "signed in"),
        ["session.stepped-up:self"] = new(AuditFamily.SignIns, "proved again who they are"),
        ["session.account-chosen:self"] = new(AuditFamily.SignIns, "signed in to this account"),
        ["session.ended:self"] = new(AuditFamily.SignIns, "ended a sign-in: {reason}"),
        ["password.set:self"] = new(AuditFamily.Credentials, "set their password"),
        ["second-factor.enrolled:self"] = new(AuditFamily.Credentials, "set up a second factor ({method})"),
        ["member.accepted:self"] = new(AuditFamily.People, "accepted the invitation to this account"),
        ["member.declined:self"] = new(AuditFamily.People, "declined the invitation to this account"),
        ["invitation.redeemed:self"] = new(AuditFamily.People, "used their invitation and chose a password"),
        ["session.stepped-up"] = new(AuditFamily.SignIns, "had {subject} prove again who they are"),
        ["session.account-chosen"] = new(AuditFamily.SignIns, "signed {subject} in to this account"),
        ["session.ended"] = new(AuditFamily.SignIns, "ended a sign-in of {subject}: {reason}"),
        ["password.set"] = new(AuditFamily.Credentials, "set a password for {subject}"),
        ["password.first-set"] = new(AuditFamily.Credentials, "set a first password for {subject}, to be changed at the next sign-in"),
        ["password.changed"] = new(AuditFamily.Credentials, "changed the password of {subject}"),
        ["password.changed:self"] = new(AuditFamily.Credentials, "changed their password"),
        ["password.reset-sent"] = new(AuditFamily.Credentials, "had a link to choose a new password sent to {subject}"),
        ["password.reset-used"] = new(AuditFamily.Credentials, "chose a new password for {subject} with a link"),
        ["second-factor.removed"] = new(AuditFamily.Credentials, "removed a second factor ({method}) of {subject}"),
        ["second-factor.removed:self"] = new(AuditFamily.Credentials, "removed a second factor ({method})"),
        ["second-factor.enrolled"] = new(AuditFamily.Credentials, "set up a second factor ({method}) for {subject}"),
        ["second-factor.renamed"] = new(AuditFamily.Credentials, "renamed a second factor ({method}) of {subject}"),
        ["second-factor.renamed:self"] = new(AuditFamily.Credentials, "renamed a second factor ({method})"),
        ["recovery-codes.replaced"] = new(AuditFamily.Credentials, "made new recovery codes for {subject}"),
        ["recovery-codes.replaced:self"] = new(AuditFamily.Credentials, "made new recovery codes"),
        ["recovery-code.used"] = new(AuditFamily.Credentials, "used a recovery code of {subject}"),
        ["recovery-code.used:self"] = new(AuditFamily.Credentials, "used a recovery code"),
        ["temporary-code.issued"] = new(AuditFamily.Credentials, "made a code for {subject} to set up a second factor with"),
        ["device.remembered"] = new(AuditFamily.Credentials, "had a browser of {subject} remembered"),
        ["device.remembered:self"] = new(AuditFamily.Credentials, "had a browser remembered"),
        ["device.forgotten"] = new(AuditFamily.Credentials, "had browsers of {subject} asked for the second factor again: {count}"),
        ["device.forgotten:self"] = new(AuditFamily.Credentials, "had browsers asked for the second factor again: {count}"),
        ["passkey.counter-went-back"] = new(AuditFamily.Credentials, "refused a passkey of {subject}: its count of uses did not move on, as that of a copied one does not"),
        ["temporary-code.used"] = new(AuditFamily.Credentials, "used the temporary code of {subject}"),
        ["temporary-code.used:self"] = new(AuditFamily.Credentials, "used the temporary code that an administrator gave them"),
        ["second-factor.reset"] = new(AuditFamily.Credentials, "reset the second factors of {subject}, who had {factors.before}. Why: {reason}"),
        ["factor-reset.requested"] = new(AuditFamily.Credentials, "asked that the second factors of {subject} be reset. Why: {reason}"),
        ["factor-reset.approved"] = new(AuditFamily.Credentials, "agreed that the second factors of {subject} be reset"),
        ["factor-reset.refused"] = new(AuditFamily.Credentials, "refused that the second factors of {subject} be reset"),
        ["factor-reset.refused:self"] = new(AuditFamily.Credentials, "refused that their second factors be reset"),
        ["factor-reset.withdrawn"] = new(AuditFamily.Credentials, "took back the request to reset the second factors of {subject}"),
        ["factor-reset.expired"] = new(AuditFamily.Credentials, "let the request to reset the second factors of {subject} run out"),
        ["user.frozen"] = new(AuditFamily.Credentials, "froze the sign-in of {subject}"),
        ["user.frozen:self"] = new(AuditFamily.Credentials, "froze their sign-in: a change was not theirs"),
        ["user.thawed"] = new(AuditFamily.Credentials, "let {subject} sign in again, with a new password"),
        ["member.session-ended"] = new(AuditFamily.SignIns, "ended one sign-in of {subject}"),
        ["seat.assigned"] = new(AuditFamily.Seats, "gave {subject} a seat for {application}"),
        ["seat.released"] = new(AuditFamily.Seats, "took the seat for {application} from {subject}"),
        ["seats.resized"] = new(AuditFamily.Seats, "changed the number of seats for {application} from {capacity.before} to {capacity.after}"),
        ["group.created"] = new(AuditFamily.Groups, "made a group"),
        ["group.changed"] = new(AuditFamily.Groups, "changed a group"),
        ["group.deleted"] = new(AuditFamily.Groups, "deleted a group"),
        ["group.members-changed"] = new(AuditFamily.Groups, "changed the members of a group: {added} added, {removed} removed"),
        ["provisioning-token.made"] = new(AuditFamily.Provisioning, "made the provisioning token {name}"),
        ["provisioning-token.revoked"] = new(AuditFamily.Provisioning, "revoked the provisioning token {Name}"),
        ["account.opened"] = new(AuditFamily.Account, "opened the account"),
        ["account.changed"] = new(AuditFamily.Account, "changed the settings of the account"),
        ["account.security-changed"] = new(AuditFamily.Account, "changed what the account asks of a sign-in"),
        ["account.suspended"] = new(AuditFamily.Account, "suspended the account"),
        ["account.resumed"] = new(AuditFamily.Account, "opened the account again"),
        ["account.closed"] = new(AuditFamily.Account, "closed the account"),
        ["billing.changed"] = new(AuditFamily.Account, "changed the billing details ({fields})"),
        ["plan.chosen"] = new(AuditFamily.Account, "changed the plan from {plan.before} to {plan.after}"),
        ["plan.made"] = new(AuditFamily.Apps, "made the plan {name}"),
        ["plan.changed"] = new(AuditFamily.Apps, "changed the plan {plan}"),
        ["app.disconnected"] = new(AuditFamily.Apps, "took back what {subject} had granted the app {client_id}"),
        ["app.disconnected:self"] = new(AuditFamily.Apps, "took back what they had granted the app {client_id}"),
        ["client.disabled"] = new(AuditFamily.Apps, "disabled the app {client_id}"),
        ["client.enabled"] = new(AuditFamily.Apps, "enabled the app {client_id}"),
        ["client.secret-rotated"] = new(AuditFamily.Apps, "made a new secret for the app {client_id}"),
        ["application.changed"] = new(AuditFamily.Apps, "changed the application {application}"),
        ["client.registered"] = new(AuditFamily.Apps, "registered the app {client_id}"),
        ["client.changed"] = new(AuditFamily.Apps, "changed the app {client_id}"),
        ["hub.restored"] = new(AuditFamily.Hub, "restored the database from a backup"),
        ["erasures.ledger-rewritten"] = new(AuditFamily.Hub, "wrote the ledger of erasures anew"),
        ["member.erased-again"] = new(AuditFamily.People, "erased somebody again whom a restored backup had brought back"),
        ["event-stream.created"] = new(AuditFamily.Apps, "made a stream of security events for the app {client_id}"),
        ["event-stream.changed"] = new(AuditFamily.Apps, "changed the stream of security events of the app {client_id}"),
        ["event-stream.status-changed"] = new(AuditFamily.Apps, "set the stream of security events of the app {client_id} to {status}"),
        ["event-stream.deleted"] = new(AuditFamily.Apps, "deleted the stream of security events of the app {client_id}"),
        ["outbox.sent-again"] = new(AuditFamily.Hub, "had messages sent again"),
        ["audit.erased"] = new(AuditFamily.Hub, "took a deleted person out of the audit: out of {AsActor} entries as who did it, out of {AsSubject} as whom it was done to"),
        ["signing-key.added"] = new(AuditFamily.Hub, "added a signing key ({algorithm})"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every action of a family.</summary>
    public static IReadOnlyList<string> ActionsOf(AuditFamily family) =>
        [.. All.Where(entry => entry.Value.Family == family && !entry.Key.Contains(':', StringComparison.Ordinal)).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>What was done, in words. An action that the table does not know, of a newer hub, is said as it stands.</summary>
    internal static string Of(string action, AuditDetails details, string? subject, bool isOwn)
    {
        var field = details.Changes.Select(change => change.Field).FirstOrDefault(name => All.ContainsKey($"{action}:{name}"));
        return All.TryGetValue(isOwn ? action + Own : action, out var sentence) && field is null || All.TryGetValue(field is null ? action : $"{action}:{field}", out sentence)
            ? Filled(sentence.Text, details, isOwn ? "themself" : subject)
            : action;
    }

    internal static AuditFamily? FamilyOf(string action) => All.TryGetValue(action, out var sentence) ? sentence.Family : null;

    private static string Filled(string text, AuditDetails details, string? subject)
    {
        var parts = text.Split('{', '}');
        for (var i = 1; i < parts.Length; i += 2)
        {
            parts[i] = parts[i] switch
            {
                "subject" => subject ?? "someone",
                [.. var field, '.', 'b', 'e', 'f', 'o', 'r', 'e'] => details.Changes.FirstOrDefault(change => change.Field == field)?.Before ?? "none",
                [.. var field, '.', 'a', 'f', 't', 'e', 'r'] => details.Changes.FirstOrDefault(change => change.Field == field)?.After ?? "none",
                var fact => details.Facts.TryGetValue(fact, out var value) && value is not null ? value : "(erased)",
            };
        }

        return string.Concat(parts);
    }
}
