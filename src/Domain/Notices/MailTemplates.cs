using System.Collections.Frozen;

namespace IdentityHub.Domain.Notices;

/// <summary>The names of the notices. Each is a file <c>Templates/{name}.mail</c>, and that file is all that says what the mail says.</summary>
public static class MailTemplates
{
    /// <summary>A member was added: to them, and to who runs the account.</summary>
    public const string Added = "added";
    public const string AddedToPrimary = "added-primary";

    /// <summary>An account wants to add somebody who is at home elsewhere.</summary>
    public const string Asked = "asked";

    public const string Changed = "changed";
    public const string ChangedToPrimary = "changed-primary";
    public const string SeatGiven = "seat-given";
    public const string SeatGivenToPrimary = "seat-given-primary";
    public const string SeatTaken = "seat-taken";
    public const string SeatTakenToPrimary = "seat-taken-primary";
    public const string Deactivated = "deactivated";
    public const string DeactivatedToPrimary = "deactivated-primary";
    public const string Reactivated = "reactivated";
    public const string ReactivatedToPrimary = "reactivated-primary";
    public const string Accepted = "accepted";
    public const string AcceptedToPrimary = "accepted-primary";
    public const string Declined = "declined";
    public const string DeclinedToPrimary = "declined-primary";
    public const string Removed = "removed";
    public const string RemovedToPrimary = "removed-primary";

    /// <summary>The link with which somebody without a password chooses one.</summary>
    public const string Invitation = "invitation";

    /// <summary>How somebody signs in was changed: at the address that is theirs now, and at the former one.</summary>
    public const string SignInChanged = "sign-in-changed";
    public const string SignInChangedToFormer = "sign-in-changed-former";

    /// <summary>The link with which somebody who forgot their password chooses another.</summary>
    public const string PasswordReset = "password-reset";

    /// <summary>The same, sent by an administrator.</summary>
    public const string PasswordResetByAdministrator = "password-reset-administrator";

    public const string NewDevice = "new-device";

    /// <summary>A passkey was refused, for there seem to be two of it.</summary>
    public const string PasskeyCopied = "passkey-copied";
    /// <summary>Somebody's second factors were reset by an administrator: to them, and to who runs the account.</summary>
    public const string FactorsReset = "factors-reset";
    public const string FactorsResetToPrimary = "factors-reset-primary";

    /// <summary>That the Primary User's second factors be reset was asked for: to them, and to whoever can agree. And that it came to nothing.</summary>
    public const string ResetRequested = "factor-reset-requested";
    public const string ResetToApprove = "factor-reset-to-approve";
    public const string ResetEnded = "factor-reset-ended";

    /// <summary>Somebody's sign-in was frozen: to them, and to who runs their home account.</summary>
    public const string Frozen = "frozen";
    public const string FrozenToPrimary = "frozen-primary";

    /// <summary>It is no longer.</summary>
    public const string Thawed = "thawed";

    /// <summary>An account asks other things of a sign-in than before: to who runs it.</summary>
    public const string AccountSecurity = "account-security";

    /// <summary>One-time codes: to sign in, and to prove an address.</summary>
    public const string SignInCode = "sign-in-code";
    public const string AddressCode = "address-code";

    /// <summary>The same, to prove an address to which codes are to go.</summary>
    public const string EnrolmentCode = "enrolment-code";

    /// <summary>A recovery code was used.</summary>
    public const string RecoveryCodeUsed = "recovery-code-used";

    /// <summary>A request for another Primary User: to who asked and who shall be it; to who confirms it; to the candidate when it is confirmed, and to the others.</summary>
    public const string PrimaryRequested = "primary-requested";
    public const string PrimaryToConfirm = "primary-to-confirm";
    public const string PrimaryToAccept = "primary-to-accept";
    public const string PrimaryConfirmed = "primary-confirmed";

    /// <summary>The swap was made.</summary>
    public const string PrimaryAccepted = "primary-accepted";
    public const string PrimaryAcceptedToNew = "primary-accepted-new";
    public const string PrimaryAcceptedToFormer = "primary-accepted-former";

    /// <summary>It ended without one.</summary>
    public const string PrimaryEnded = "primary-ended";

    public const string PrimaryReminderToConfirm = "primary-reminder-confirm";
    public const string PrimaryReminderToAccept = "primary-reminder-accept";

    /// <summary>To the operators: it waits for longer than promised.</summary>
    public const string PrimaryOverdue = "primary-overdue";

    private const string Folder = "IdentityHub.Domain.Notices.Templates.";
    private const string Extension = ".mail";

    private static readonly Lazy<FrozenDictionary<string, MailTemplate>> Files = new(() =>
        typeof(MailTemplates).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal) && resource.EndsWith(Extension, StringComparison.Ordinal))
            .Select(resource => resource[Folder.Length..^Extension.Length])
            .ToFrozenDictionary(name => name, name => MailTemplate.Parse(name, Read(name)), StringComparer.Ordinal));

    /// <summary>Every template that there is a file of.</summary>
    internal static IReadOnlyDictionary<string, MailTemplate> All => Files.Value;

    /// <summary>Says what a mail says.</summary>
    /// <param name="mail">The mail. A link in it that is a path of the hub is completed.</param>
    /// <param name="issuer">The hub's issuer without trailing slash.</param>
    /// <exception cref="MailTemplateException">There is no such template, or it and the values do not go together. Never worth another try.</exception>
    public static RenderedMail Render(Mail mail, string issuer = "")
    {
        ArgumentNullException.ThrowIfNull(mail);
        var values = mail.Values.TryGetValue("link", out var link) && link.StartsWith('/')
            ? new Dictionary<string, string>(mail.Values, StringComparer.Ordinal) { ["link"] = issuer + link }
            : mail.Values;
        return Files.Value.TryGetValue(mail.Template, out var template)
            ? template.Render(values)
            : throw new MailTemplateException($"There is no template {MailText.Name(mail.Template)}.");
    }

    private static string Read(string name)
    {
        using var stream = typeof(MailTemplates).Assembly.GetManifestResourceStream(Folder + name + Extension)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
