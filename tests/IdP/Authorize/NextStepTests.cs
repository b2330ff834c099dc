using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Tests.Protocol;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>The decision by itself, as a table: who is signed in how × what is asked → what comes next, aloud and silent.</summary>
public sealed class NextStepTests
{
    private const string Pwd = "pwd";
    private const string Two = "pwd otp mfa";
    private const string Mail = "pwd mca";
    private const string Key = "swk user mfa";
    private const string Mfa = "https://refeds.org/profile/mfa";
    private const string Sfa = "https://refeds.org/profile/sfa";
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private sealed record Case(string Expected, string Silent)
    {
        public string? Amr { get; init; } = Pwd;
        public int Age { get; init; } = 100;
        public bool Fresh { get; init; }
        public string Places { get; init; } = "a";
        public string PutOff { get; init; } = "";
        public string PutOffBefore { get; init; } = "";
        public string? Chosen { get; init; }
        public string? Last { get; init; }
        public bool Operator { get; init; }
        public bool Totp { get; init; }
        public bool MailCodes { get; init; }
        public bool Passkey { get; init; }
        public bool MustEnrol { get; init; }
        public bool Remembered { get; init; }
        public bool ByTemporaryCode { get; init; }
        public bool MustChangePassword { get; init; }
        public bool CodesToKeep { get; init; }
        public Func<AuthorizeRequest, AuthorizeRequest> Request { get; init; } = request => request;
        public Action<Client> Client { get; init; } = _ => { };
    }

    private static readonly Dictionary<string, Case> Table = new()
    {
        ["nobody is signed in"] = new("password", "login_required") { Amr = null },
        ["a session"] = new("issue a", "issue a"),
        ["prompt=login"] = new("password", "") { Request = Prompt("login") },
        ["prompt=login, just signed in"] = new("issue a", "") { Request = Prompt("login"), Fresh = true },
        ["max_age met"] = new("issue a", "issue a") { Request = MaxAge(100) },
        ["max_age exceeded"] = new("password", "login_required") { Request = MaxAge(99) },
        ["max_age=0"] = new("password", "login_required") { Request = MaxAge(0), Age = 0 },
        ["max_age=0, just signed in"] = new("issue a", "issue a") { Request = MaxAge(0), Fresh = true },
        ["max_age=1, signed in for this request a while ago"] = new("issue a", "issue a") { Request = MaxAge(1), Fresh = true, Age = 60 },
        ["default_max_age exceeded"] = new("password", "login_required") { Client = client => client.DefaultMaxAge = 10 },
        ["default_max_age exceeded, the request asks for less"] = new("issue a", "issue a") { Client = client => client.DefaultMaxAge = 10, Request = MaxAge(1000) },
        ["another subject"] = new("password", "login_required") { Request = request => request with { Subject = "other" } },
        ["another subject, just signed in"] = new("fail login_required", "login_required") { Request = request => request with { Subject = "other" }, Fresh = true },
        ["the same subject"] = new("issue a", "issue a") { Request = request => request with { Subject = "u" } },
        ["an authenticator app not yet used"] = new("code 2", "login_required") { Totp = true },
        ["an authenticator app used"] = new("issue a", "issue a") { Totp = true, Amr = Two },
        ["an authenticator app, but a code by e-mail was given"] = new("code 2", "login_required") { Totp = true, MailCodes = true, Amr = Mail },
        ["codes by e-mail not yet used"] = new("code 1", "login_required") { MailCodes = true },
        ["codes by e-mail used"] = new("issue a", "issue a") { MailCodes = true, Amr = Mail },
        ["two accounts, none chosen"] = new("choose a b", "account_selection_required") { Places = "a b" },
        ["two accounts, the last choice"] = new("issue b", "issue b") { Places = "a b", Last = "b" },
        ["two accounts, the last choice is inactive"] = new("issue a", "issue a") { Places = "a -b", Last = "b" },
        ["two accounts, one asked for"] = new("issue b", "issue b") { Places = "a b", Last = "a", Request = Account("b") },
        ["an account asked for that is not theirs"] = new("fail access_denied", "access_denied") { Request = Account("c") },
        ["an account asked for that is inactive"] = new("fail access_denied", "access_denied") { Places = "a -b", Request = Account("b") },
        ["select_account"] = new("choose a b", "") { Places = "a b", Last = "b", Request = Prompt("select_account") },
        ["select_account, one account"] = new("choose a", "") { Request = Prompt("select_account") },
        ["select_account, chosen"] = new("issue b", "") { Places = "a b", Last = "a", Chosen = "b", Request = Prompt("select_account") },
        ["select_account, what was chosen is inactive meanwhile"] = new("choose a", "") { Places = "a -b", Chosen = "b", Request = Prompt("select_account") },
        ["no account"] = new("refuse no active membership in this account", "access_denied") { Places = "" },
        ["no active account"] = new("refuse no active membership in this account", "access_denied") { Places = "-a -b" },
        ["an invitation only"] = new("accept a", "access_denied") { Places = "?a" },
        ["an invitation only, put off"] = new("refuse no active membership in this account", "access_denied") { Places = "?a", PutOff = "a" },
        ["an invitation, just signed in"] = new("accept b", "issue a") { Places = "a ?b", Fresh = true },
        ["an invitation, just signed in for a client of another account"] = new("accept b", "issue a") { Places = "a ?b", Fresh = true, Client = client => client.AccountId = "a" },
        ["an invitation, just signed in to another account"] = new("accept b", "issue a") { Places = "a ?b", Fresh = true, Request = Account("a") },
        ["two invitations, just signed in"] = new("accept b", "issue a") { Places = "a ?b ?c", Fresh = true },
        ["two invitations, the first put off"] = new("accept c", "issue a") { Places = "a ?b ?c", Fresh = true, PutOff = "b" },
        ["two invitations, both put off"] = new("issue a", "issue a") { Places = "a ?b ?c", Fresh = true, PutOff = "c b" },
        ["an invitation, signed in before"] = new("accept b", "issue a") { Places = "a ?b" },
        ["an invitation put off earlier"] = new("issue a", "issue a") { Places = "a ?b", PutOffBefore = "b" },
        ["an invitation put off earlier, a new one"] = new("accept c", "issue a") { Places = "a ?b ?c", PutOffBefore = "b" },
        ["an invitation put off earlier, the account is asked for"] = new("accept b", "access_denied") { Places = "a ?b", Request = Account("b"), PutOffBefore = "b" },
        ["an invitation put off for this request, the account is asked for"] = new("fail access_denied", "access_denied") { Places = "a ?b", Request = Account("b"), PutOff = "b", PutOffBefore = "b" },
        ["an invitation put off earlier, a third account is asked for"] = new("fail access_denied", "access_denied") { Places = "a ?b", Request = Account("c"), PutOffBefore = "b" },
        ["an invitation put off earlier, a client of that account"] = new("accept b", "access_denied") { Places = "a ?b", Client = client => client.AccountId = "b", PutOffBefore = "b" },
        ["an invitation put off earlier, a client of a third account"] = new("refuse no active membership in this account", "access_denied") { Places = "a ?b", Client = client => client.AccountId = "c", PutOffBefore = "b" },
        ["an invitation put off earlier, the chooser comes anyway"] = new("accept b", "account_selection_required") { Places = "a c ?b", PutOffBefore = "b" },
        ["an invitation, the password is owed"] = new("password", "login_required") { Places = "a ?b", Amr = null },
        ["an invitation, the code is owed"] = new("code 2", "login_required") { Places = "a ?b", Totp = true, Fresh = true },
        ["an invitation, the code was given"] = new("accept b", "issue a") { Places = "a ?b", Totp = true, Amr = Two, Fresh = true },
        ["an invitation, another subject just signed in"] = new("fail login_required", "login_required") { Places = "a ?b", Request = request => request with { Subject = "other" }, Fresh = true },
        ["an invitation by an account that wants two factors"] = new("accept r", "issue a") { Places = "a ?r", Fresh = true },
        ["an operator without account"] = new("issue -", "issue -") { Places = "", Operator = true },
        ["an operator without account at a client of one"] = new("refuse no active membership in this account", "access_denied") { Places = "", Operator = true, Client = client => client.AccountId = "a" },
        ["an operator without account at a seated client"] = new("refuse no seat for expert-console", "access_denied") { Places = "", Operator = true, Client = client => client.RequireSeat = "expert-console" },
        ["a client of another account"] = new("refuse no active membership in this account", "access_denied") { Client = client => client.AccountId = "b" },
        ["a client of one of two accounts"] = new("issue b", "issue b") { Places = "a b", Last = "a", Client = client => client.AccountId = "b" },
        ["no seat"] = new("refuse no seat for expert-console", "access_denied") { Client = client => client.RequireSeat = "expert-console" },
        ["a seat"] = new("issue s", "issue s") { Places = "s", Client = client => client.RequireSeat = "expert-console" },
        ["no level where one is asked"] = new("refuse permission level not allowed", "access_denied") { Client = Levels(PermissionLevel.Acatr) },
        ["another level"] = new("refuse permission level not allowed", "access_denied") { Places = "l", Client = Levels(PermissionLevel.Acatr) },
        ["the level"] = new("issue l", "issue l") { Places = "l", Client = Levels(PermissionLevel.Acatr, PermissionLevel.Support) },
        ["the client wants two factors"] = new("enrol", "interaction_required") { Client = client => client.RequireMfa = true },
        ["the client wants two factors, an e-mail code was given"] = new("enrol", "interaction_required") { Client = client => client.RequireMfa = true, Amr = Mail, MailCodes = true },
        ["the client wants two factors, they were given"] = new("issue a", "issue a") { Client = client => client.RequireMfa = true, Amr = Two, Totp = true },
        ["the account wants two factors"] = new("enrol", "interaction_required") { Places = "r" },
        ["the account wants two factors, they were given"] = new("issue r", "issue r") { Places = "r", Amr = Two },
        ["the account wants two factors of administrators, one"] = new("enrol", "interaction_required") { Places = "A" },
        ["the account wants two factors of administrators, the PRIMARY"] = new("enrol", "interaction_required") { Places = "P" },
        ["the account wants two factors of administrators, a user"] = new("issue U", "issue U") { Places = "U" },
        ["an essential acr that enrolling meets"] = new("enrol", "interaction_required") { Request = Essential(Mfa) },
        ["an essential acr that the enrolled factor meets"] = new("code 2", "login_required") { Request = Essential(Mfa), Totp = true },
        ["an essential acr beyond the enrolled factor"] = new("fail unmet_authentication_requirements", "unmet_authentication_requirements") { Request = Essential("phr"), Totp = true, Amr = Two },
        ["an essential acr beyond the enrolled factor, no factor given yet"] = new("code 2", "login_required") { Request = Essential("phr"), Totp = true },
        ["an essential acr that only a passkey meets, none is enrolled"] = new("fail unmet_authentication_requirements", "unmet_authentication_requirements") { Request = Essential("phr") },
        ["an essential acr that a passkey meets"] = new("code 3", "login_required") { Request = Essential("phr"), Passkey = true, Amr = Two },
        ["an essential acr, of two values the one in reach"] = new("code 2", "login_required") { Request = Essential("phr", Mfa), Totp = true },
        ["an essential acr, met by what is stronger"] = new("issue a", "issue a") { Request = Essential(Mfa), Passkey = true, Amr = Key },
        ["an essential acr that does not exist here"] = new("fail unmet_authentication_requirements", "unmet_authentication_requirements") { Request = Essential(), Amr = Two },
        ["the chooser asked for"] = new("choose a b", "account_selection_required") { Places = "a b", Last = "b", Chosen = "" },
        // Remembered browsers: they spare asking where nothing requires the factor, and nothing else.
        ["a remembered browser"] = new("issue a", "issue a") { Totp = true, Remembered = true },
        ["a remembered browser, codes by e-mail"] = new("issue a", "issue a") { MailCodes = true, Remembered = true },
        ["a remembered browser, the client wants two factors"] = new("code 2", "login_required") { Totp = true, Remembered = true, Client = client => client.RequireMfa = true },
        ["a remembered browser, the account wants two factors"] = new("code 2", "login_required") { Totp = true, Remembered = true, Places = "r" },
        ["a remembered browser, this member must give two"] = new("code 2", "login_required") { Totp = true, Remembered = true, Places = "o" },
        ["a remembered browser, two factors are asked for"] = new("code 2", "login_required") { Totp = true, Remembered = true, Request = Values(Mfa) },
        ["a remembered browser, one factor is asked for"] = new("issue a", "issue a") { Totp = true, Remembered = true, Request = Values(Sfa) },
        ["a remembered browser, a fresh sign-in is asked for"] = new("code 2", "login_required") { Totp = true, Remembered = true, Request = MaxAge(300) },
        ["a remembered browser, a fresh sign-in is asked for, codes by e-mail"] = new("code 1", "login_required") { MailCodes = true, Remembered = true, Request = MaxAge(300) },
        ["a remembered browser, prompt=login was answered"] = new("code 2", "") { Totp = true, Remembered = true, Request = Prompt("login"), Fresh = true },
        ["a remembered browser, prompt=login was answered, codes by e-mail"] = new("code 1", "") { MailCodes = true, Remembered = true, Request = Prompt("login"), Fresh = true },
        ["a remembered browser, codes by e-mail that count"] = new("code 1", "login_required") { MailCodes = true, Remembered = true, Places = "c" },
        ["a remembered browser enrols nothing"] = new("code 2", "login_required") { Totp = true, Remembered = true, Request = Wish(Enrolment.Passkey) },
        ["a remembered browser enrols nothing, codes by e-mail"] = new("code 1", "login_required") { MailCodes = true, Remembered = true, Request = Wish(Enrolment.Totp) },
        ["a remembered browser enrols nothing that is required either"] = new("code 1", "login_required") { MailCodes = true, Remembered = true, Client = client => client.RequireMfa = true },

        // After a reset.
        ["reset, the password was given"] = new("temporary code", "login_required") { MustEnrol = true },
        ["reset, in a remembered browser"] = new("temporary code", "login_required") { MustEnrol = true, Remembered = true },
        ["reset, the temporary code was given"] = new("enrol", "interaction_required") { MustEnrol = true, ByTemporaryCode = true },
        ["reset, a code by e-mail does not serve"] = new("enrol", "interaction_required") { MustEnrol = true, ByTemporaryCode = true, Places = "c", MailCodes = true },
        ["reset and a first password"] = new("new password", "interaction_required") { MustEnrol = true, ByTemporaryCode = true, MustChangePassword = true },
        ["a temporary code when another factor is enrolled by now"] = new("code 2", "login_required") { ByTemporaryCode = true, Totp = true },

        // Days of grace.
        ["grace, first asked"] = new("enrol or by 7 days", "interaction_required") { Places = "g" },
        ["grace, put off for this request"] = new("issue g", "issue g") { Places = "g", PutOff = "!g" },
        ["grace, put off earlier"] = new("issue g", "issue g") { Places = "g", PutOffBefore = "!g" },
        ["grace, another account's was put off"] = new("enrol or by 7 days", "interaction_required") { Places = "g", PutOff = "!h" },
        ["grace, asked before"] = new("enrol or by 4 days", "issue h") { Places = "h" },
        ["grace, over"] = new("enrol", "interaction_required") { Places = "e" },
        ["grace, over, put off before"] = new("enrol", "interaction_required") { Places = "e", PutOff = "!e", PutOffBefore = "!e" },
        ["grace is the account's: the client gives none"] = new("enrol", "interaction_required") { Places = "g", PutOff = "!g", Client = client => client.RequireMfa = true },
        ["grace is for who has no factor"] = new("code 2", "login_required") { Places = "g", Totp = true, PutOff = "!g" },

        // What the app asks for.
        ["two factors are preferred and in reach"] = new("code 2", "login_required") { Request = Values(Mfa), Totp = true },
        ["two factors are preferred and not in reach"] = new("issue a", "issue a") { Request = Values(Mfa) },
        ["of two values the first in reach"] = new("code 2", "login_required") { Request = Values("phr", Mfa), Totp = true },
        ["of two values the first in reach, given"] = new("issue a", "issue a") { Request = Values("phr", Mfa), Totp = true, Amr = Two },
        ["a passkey is preferred to what was given"] = new("code 3", "login_required") { Request = Values("phr", Mfa), Totp = true, Passkey = true, Amr = Two },
        ["two factors are enough to who prefers them"] = new("issue a", "issue a") { Request = Values(Mfa, "phr"), Totp = true, Passkey = true, Amr = Two },
        ["one factor is preferred, two are enrolled"] = new("code 2", "login_required") { Request = Values(Sfa), Totp = true },
        ["a passkey is asked for and owed"] = new("code 3", "login_required") { Request = Values("phr"), Passkey = true },
        ["signed in with a passkey"] = new("issue a", "issue a") { Passkey = true, Totp = true, Amr = Key, Client = client => client.RequireMfa = true },

        // Codes by e-mail count where the account says so, and nowhere else.
        ["codes by e-mail count, none was given"] = new("code 1", "login_required") { Places = "c", MailCodes = true },
        ["codes by e-mail count, one was given"] = new("issue c", "issue c") { Places = "c", MailCodes = true, Amr = Mail },
        ["codes by e-mail count, there are none"] = new("enrol e-mail too", "interaction_required") { Places = "c" },
        ["codes by e-mail count, but not for the client"] = new("enrol", "interaction_required") { Places = "c", MailCodes = true, Amr = Mail, Client = client => client.RequireMfa = true },
        ["codes by e-mail count, but not for an essential acr"] = new("enrol", "interaction_required") { Places = "c", MailCodes = true, Amr = Mail, Request = Essential(Mfa) },
        ["codes by e-mail do not count here"] = new("enrol", "interaction_required") { Places = "r", MailCodes = true, Amr = Mail },

        // Who came to enrol something.
        ["a wish"] = new("enrol Totp e-mail too", "interaction_required") { Request = Wish(Enrolment.Totp) },
        ["a wish, done"] = new("issue a", "issue a") { Request = Wish(Enrolment.Totp), PutOff = "done" },
        ["a wish, the present factor was given"] = new("enrol Passkey e-mail too", "interaction_required") { Request = Wish(Enrolment.Passkey), Totp = true, Amr = Two },
        ["a wish, the present factor is owed"] = new("code 2", "login_required") { Request = Wish(Enrolment.Passkey), Totp = true },
        ["a wish, the code by e-mail is owed"] = new("code 1", "login_required") { Request = Wish(Enrolment.Totp), MailCodes = true },
        ["a wish of who must enrol anyway"] = new("enrol", "interaction_required") { Request = Wish(Enrolment.Passkey), Places = "r" },
        ["a wish for recovery codes"] = new("enrol RecoveryCodes e-mail too", "interaction_required") { Request = Wish(Enrolment.RecoveryCodes), Totp = true, Amr = Two },
        ["a wish in a session that proved long ago"] = new("password", "login_required") { Request = Wish(Enrolment.Totp), Age = 302 },
        ["what is required is not enrolled in a session that proved long ago either"] = new("password", "login_required") { Places = "r", Age = 302 },
        ["what is required is enrolled however long that takes"] = new("enrol", "interaction_required") { Places = "r", Fresh = true, Age = 1500 },
        ["recovery codes wait to be kept"] = new("enrol RecoveryCodes", "interaction_required") { CodesToKeep = true, Totp = true, Amr = Two },
        ["recovery codes wait to be kept, the factor is owed"] = new("code 2", "login_required") { CodesToKeep = true, Totp = true },

        ["an essential acr that is met"] = new("issue a", "issue a") { Request = Essential("https://refeds.org/profile/mfa"), Amr = Two },
    };

    public static TheoryData<string> Names() => [.. Table.Keys];

    [Theory, MemberData(nameof(Names))]
    [Spec("OpenID Connect Core", "3.1.2.3"), Spec("OpenID Connect Core", "3.1.2.6")]
    public void The_next_step_follows_from_the_situation(string name)
    {
        var one = Table[name];
        Assert.Equal(one.Expected, Describe(NextStep.Decide(Situation(one))));
        if (one.Silent.Length > 0)
        {
            var silent = one with { Request = request => one.Request(request) with { Prompt = ["none"] } };
            var step = NextStep.Decide(Situation(silent));
            Assert.Equal(one.Silent, step is NextStep.Fail fail ? fail.Error.Code : Describe(step));
        }
    }

    private static Func<AuthorizeRequest, AuthorizeRequest> Prompt(string value) => request => request with { Prompt = [value] };

    private static Func<AuthorizeRequest, AuthorizeRequest> MaxAge(int seconds) => request => request with { MaxAge = seconds };

    private static Func<AuthorizeRequest, AuthorizeRequest> Account(string id) => request => request with { Account = id };

    private static Func<AuthorizeRequest, AuthorizeRequest> Values(params string[] acr) => request => request with { AcrValues = acr };

    private static Func<AuthorizeRequest, AuthorizeRequest> Wish(Enrolment wish) => request => request with { Enrol = wish };

    private static Func<AuthorizeRequest, AuthorizeRequest> Essential(params string[] acr) => request => request with { EssentialAcr = acr };

    private static Action<Client> Levels(params PermissionLevel[] levels) => client => client.PermissionLevels = [.. levels];

    private static string Describe(NextStep step) => step switch
    {
        NextStep.AskPassword => "password",
        NextStep.AskSecondFactor ask => "code " + (int)(ask.Needed - AssuranceLevel.None),
        NextStep.AskTemporaryCode => "temporary code",
        NextStep.ChangePassword => "new password",
        NextStep.Enrol enrol => "enrol" + (enrol.Kind is { } kind ? " " + kind : "") + (enrol.EmailServes ? " e-mail too" : "") + (enrol.PutOff is var (_, until) ? $" or by {(until - Now).TotalDays:0} days" : ""),
        NextStep.Accept accept => "accept " + accept.Membership.AccountId,
        NextStep.ChooseAccount choose => "choose " + string.Join(' ', choose.Accounts.Select(place => place.AccountId)),
        NextStep.Refuse refuse => "refuse " + refuse.Refusal.Error.Description,
        NextStep.Fail fail => "fail " + fail.Error.Code,
        NextStep.Issue issue => "issue " + (issue.Membership?.AccountId ?? "-"),
        _ => step.ToString(),
    };

    private static Situation Situation(Case one)
    {
        var client = RedirectUrisTests.Client("web", "https://a.example/cb");
        one.Client(client);
        var authTime = Now - TimeSpan.FromSeconds(one.Age);
        var session = one.Amr is null ? null : new LiveSession("s", "u", "user", one.Operator, authTime, one.Amr, one.Last, authTime, Now.AddHours(1), false)
        {
            PutOff = Ids(one.PutOffBefore), Remembered = one.Remembered, ByTemporaryCode = one.ByTemporaryCode, MustChangePassword = one.MustChangePassword,
        };
        var request = one.Request(new AuthorizeRequest { ClientId = "app", RedirectUri = "https://a.example/cb", ResponseMode = "query", Scope = "openid" });
        return new(
            request, client, one.Fresh ? authTime : Now + TimeSpan.FromSeconds(1), one.Chosen, session,
            [.. one.Places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Place)], new(one.Totp, one.MailCodes ? "u@x.example" : null) { Passkeys = one.Passkey ? 1 : 0, MustEnrol = one.MustEnrol }, Now)
        {
            PutOff = Ids(one.PutOff), HasCodesToKeep = one.CodesToKeep,
        };
    }

    private static string[] Ids(string places) => [.. places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => id == "done" ? IdentityHub.IdP.Authorize.Situation.EnrolmentIsDone : id.StartsWith('!') ? IdentityHub.IdP.Authorize.Situation.PutOffEnrolment + "m-" + id[1..] : "m-" + id)];

    /// <summary>
    /// -x inactive, ?x invited; s has a seat, l a level, r an account that wants two factors, A P U one that wants them of administrators, o one that wants them of this member; like r: c where
    /// codes by e-mail count, g with days of grace of which none has passed, h of which some have, e of which all have.
    /// </summary>
    private static MembershipView Place(string spelled)
    {
        var id = spelled.TrimStart('-', '?');
        return new(
            "m-" + id, "u", id, id.ToUpperInvariant(), id is "r" or "c" or "g" or "h" or "e" ? TwoFactorPolicy.Required : id is "A" or "P" or "U" ? TwoFactorPolicy.Administrators : TwoFactorPolicy.Optional,
            id is "A" ? Role.Administrator : Role.User, id is "l" ? PermissionLevel.Support : id is "P" ? PermissionLevel.Primary : null,
            spelled[0] switch { '-' => MembershipStatus.Inactive, '?' => MembershipStatus.Invited, _ => MembershipStatus.Active }, spelled[0] != '?', id is "o", id is "s" ? ["expert-console"] : [])
        {
            EmailCodesCount = id is "c", TwoFactorGraceDays = id is "g" or "h" or "e" ? 7 : 0, SecondFactorAskedAt = id is "h" ? Now.AddDays(-3) : id is "e" ? Now.AddDays(-7) : null,
        };
    }
}
