using System.Collections.Frozen;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>What a form acts on.</summary>
internal enum Subject
{
    /// <summary>The person's own things, which nothing in the form names.</summary>
    Own,

    /// <summary>The account's things, which nothing in the form names.</summary>
    Account,

    /// <summary>Something that the form or the address names: where it is another account's, or the PRIMARY's, it is refused in words.</summary>
    Named,

    /// <summary>Many members at once: whoever may not be acted on is passed over.</summary>
    Many,

    /// <summary>Nothing: a form that only shows something.</summary>
    Shown,

    /// <summary>The whole hub, which is its operator's.</summary>
    Hub,
}

/// <summary>One form's handler.</summary>
/// <param name="Subject">What it acts on.</param>
/// <param name="Forms">
/// What is filled in, as <c>field=value&amp;…</c>. <c>{member}</c>, <c>{name}</c>, <c>{version}</c>, <c>{token}</c>, <c>{request}</c>, <c>{session}</c> and <c>{place}</c> are those of whoever it is tried on, <c>{new}</c> is nobody's.
/// A form that begins with <c>@</c> is sent to the address of a colleague and names the target in its fields alone.
/// </param>
internal sealed record ActionEntry(Subject Subject, params string[] Forms);

/// <summary>What every form of the console acts on, written down apart from the pages: the matrix is walked by the handlers, and one that is not in here fails.</summary>
internal static class ActionTable
{
    private const string Accounts = "/admin/accounts/{account}";
    private const string Hub = "/admin/hub";
    private const string Member = Accounts + "/users/{member}";

    /// <summary>By the address and, after a blank, the handler's name, which is empty where it has none.</summary>
    public static readonly FrozenDictionary<string, ActionEntry> Entries = new Dictionary<string, ActionEntry>(StringComparer.Ordinal)
    {
        ["/admin/switch "] = new(Subject.Named, "account={place}&return=/me"),
        ["/admin/sign-out "] = new(Subject.Own, ""),
        ["/me Preferences"] = new(Subject.Own, "locale=en&zone=Europe/Paris&theme=Dark"),
        ["/me Names"] = new(Subject.Own, "givenName=Ann&familyName=Other"),
        ["/me/password "] = new(Subject.Own, "present=not it&next=a long new password 17&endOthers=true"),
        ["/me/security Enrol"] = new(Subject.Own, "what=totp", "what=email", "what=passkey", "what=recovery-codes", "what=anything"),
        ["/me/security Remove"] = new(Subject.Own, "kind=Totp&endOthers=true", "kind=Passkey&passkey={session}", "kind=17"),
        ["/me/security Rename"] = new(Subject.Named, "passkey={session}&name=Mine"),
        ["/me/security Forget"] = new(Subject.Named, "device={session}"),
        ["/me/security Refuse"] = new(Subject.Named, "request={request}"),
        ["/me/sessions End"] = new(Subject.Named, "session={session}"),
        ["/me/sessions Others"] = new(Subject.Own, ""),
        ["/me/apps "] = new(Subject.Own, "app=portal"),
        ["/me/primary Accept"] = new(Subject.Named, "request={request}"),
        ["/me/primary Decline"] = new(Subject.Named, "request={request}"),

        [Accounts + "/bulk "] = new(Subject.Many, "member={member}&step=choose&do=deactivate", "member={member}&step=choose&do=delete", "member={member}&step=choose&do=role-administrator"),
        [Accounts + "/import "] = new(Subject.Account, ""),
        [Accounts + "/import/{id} "] = new(Subject.Named, "column=UserName"),
        [Accounts + "/jobs/{id} Confirm"] = new(Subject.Named, "typed=1"),
        [Accounts + "/jobs/{id} Cancel"] = new(Subject.Named, ""),
        [Accounts + "/users/new "] = new(Subject.Account, "Given=Nova&Family=New&Email=nova@house.example&Role=User&Level=&Status=Active"),
        [Member + " "] = new(
            Subject.Named,
            "Given=Changed&Family=Changed&UserName={new}@house.example&Email={new}@house.example&Role=Administrator&Level=ACATR&Status=Active&TwoFactor=true&Version={version}",
            "Given=Changed&Family=Changed&UserName={name}&Email=&Role=User&Level=&Status=Inactive&Version={version}"),
        [Member + " Give"] = new(Subject.Named, "application=desk"),
        [Member + " Take"] = new(Subject.Named, "application=tool"),
        [Member + " Move"] = new(Subject.Named, "application=tool&to=other@house.example", "application=tool&from=other@house.example", "@application=tool&from={name}", "@application=tool&to={name}"),
        [Member + " Deactivate"] = new(Subject.Named, ""),
        [Member + " Reactivate"] = new(Subject.Named, ""),
        [Member + " SignOut"] = new(Subject.Named, ""),
        [Member + " Invite"] = new(Subject.Named, ""),
        [Member + " Withdraw"] = new(Subject.Named, ""),
        [Member + " Reset"] = new(Subject.Named, ""),
        [Member + " Link"] = new(Subject.Named, ""),
        [Member + "/delete "] = new(Subject.Named, "name={name}"),
        [Member + "/password "] = new(Subject.Named, "password=a long first password 42"),
        [Member + "/factors Reset"] = new(Subject.Named, "reason=Lost the phone"),
        [Member + "/factors Code"] = new(Subject.Named, ""),
        [Member + "/factors Approve"] = new(Subject.Named, "request={request}"),
        [Member + "/factors Refuse"] = new(Subject.Named, "request={request}"),
        [Member + "/factors Withdraw"] = new(Subject.Named, "request={request}"),
        [Member + "/factors Thaw"] = new(Subject.Named, ""),
        [Member + "/sessions End"] = new(Subject.Named, "session={session}"),
        [Member + "/sessions All"] = new(Subject.Named, ""),
        [Accounts + "/security "] = new(Subject.Account, "TwoFactor=Optional&EmailCodesCount=true&GraceDays=5&RememberedDays=10&IdleMinutes=30&LifetimeMinutes=&Version=Optional|False|0|30||", "TwoFactor=nobody&GraceDays=x"),
        [Accounts + "/reports "] = new(Subject.Account, "days=400&sure=true"),
        [Accounts + "/primary "] = new(Subject.Named, "Candidate={member}&Why=Because"),
        [Accounts + "/primary Find"] = new(Subject.Shown, "Find=guest&Candidate={member}"),
        [Accounts + "/primary Confirm"] = new(Subject.Named, "request={request}"),
        [Accounts + "/primary Decline"] = new(Subject.Named, "request={request}"),
        [Accounts + "/primary Cancel"] = new(Subject.Named, "request={request}"),
        [Accounts + "/plan Plan"] = new(Subject.Account, "plan=none"),
        [Accounts + "/plan Seats"] = new(Subject.Account, "application=tool&capacity=2001&seen=2000"),
        [Accounts + "/plan/free "] = new(Subject.Named, "application=tool&capacity=1000&Chosen={member}"),
        [Accounts + "/plan/free Choose"] = new(Subject.Shown, "application=tool&capacity=0&Find=guest&Chosen={member}"),
        [Accounts + "/billing "] = new(Subject.Account, "Typed[City]=Town&Typed[Country]=US&Typed[AddressLine1]=1 Street"),
        [Accounts + "/provisioning Make"] = new(Subject.Account, "Name=another&Days=30"),
        [Accounts + "/provisioning Rotate"] = new(Subject.Named, "token={token}&Days=30&Overlap=24"),
        [Accounts + "/provisioning Revoke"] = new(Subject.Named, "token={token}"),

        [Hub + "/accounts Open"] = new(Subject.Hub, "id=another&name=Another&email=first@another.example"),
        [Hub + "/accounts/{id} Rename"] = new(Subject.Hub, "name=Renamed"),
        [Hub + "/accounts/{id} Suspend"] = new(Subject.Hub, ""),
        [Hub + "/accounts/{id} Resume"] = new(Subject.Hub, ""),
        [Hub + "/accounts/{id} Close"] = new(Subject.Hub, "confirm={place}"),
        [Hub + "/accounts/{id} First"] = new(Subject.Hub, "email={name}"),
        [Hub + "/accounts/{id} Seats"] = new(Subject.Hub, "application=tool&capacity=1"),
        [Hub + "/accounts/{id} Plan"] = new(Subject.Hub, "plan="),
        [Hub + "/applications "] = new(Subject.Hub, "application=another&name=Another&seated=true"),
        [Hub + "/plans "] = new(Subject.Hub, "plan=another&name=Another&description=x"),
        [Hub + "/clients/{id} "] = new(Subject.Hub, "Name=Renamed"),
        [Hub + "/clients/{id} Secret"] = new(Subject.Hub, ""),
        [Hub + "/clients/{id} Disable"] = new(Subject.Hub, ""),
        [Hub + "/clients/{id} Enable"] = new(Subject.Hub, ""),
        [Hub + "/register-client "] = new(Subject.Hub, "Name=Another"),
        [Hub + "/people End"] = new(Subject.Hub, "user={session}&session={session}"),
        [Hub + "/people All"] = new(Subject.Hub, "user={session}"),
        [Hub + "/people Thaw"] = new(Subject.Hub, "user={session}"),
        [Hub + "/people Approve"] = new(Subject.Hub, "request={request}"),
        [Hub + "/people Refuse"] = new(Subject.Hub, "request={request}"),
        [Hub + "/primary Confirm"] = new(Subject.Hub, "account={place}&request={request}"),
        [Hub + "/primary Decline"] = new(Subject.Hub, "account={place}&request={request}"),
        [Hub + "/queues Again"] = new(Subject.Hub, "message=1"),
        [Hub + "/queues All"] = new(Subject.Hub, "queue=mail"),
        [Hub + "/streams Status"] = new(Subject.Hub, "stream=1&status=Paused"),
        [Hub + "/streams Delete"] = new(Subject.Hub, "stream=1"),
        [Hub + "/keys "] = new(Subject.Hub, ""),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
