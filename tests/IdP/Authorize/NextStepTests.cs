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
        ["an authenticator app not yet used"] = new("code", "login_required") { Totp = true },
        ["an authenticator app used"] = new("issue a", "issue a") { Totp = true, Amr = Two },
        ["an authenticator app, but a code by e-mail was given"] = new("code", "login_required") { Totp = true, MailCodes = true, Amr = Mail },
        ["codes by e-mail not yet used"] = new("code", "login_required") { MailCodes = true },
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
        ["an invitation, the code is owed"] = new("code", "login_required") { Places = "a ?b", Totp = true, Fresh = true },
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
        ["the client wants two factors"] = new("refuse second factor required", "access_denied") { Client = client => client.RequireMfa = true },
        ["the client wants two factors, an e-mail code was given"] = new("refuse second factor required", "access_denied") { Client = client => client.RequireMfa = true, Amr = Mail, MailCodes = true },
        ["the client wants two factors, they were given"] = new("issue a", "issue a") { Client = client => client.RequireMfa = true, Amr = Two, Totp = true },
        ["the account wants two factors"] = new("refuse second factor required", "access_denied") { Places = "r" },
        ["the account wants two factors, they were given"] = new("issue r", "issue r") { Places = "r", Amr = Two },
        ["the account wants two factors of administrators, one"] = new("refuse second factor required", "access_denied") { Places = "A" },
        ["the account wants two factors of administrators, the PRIMARY"] = new("refuse second factor required", "access_denied") { Places = "P" },
        ["the account wants two factors of administrators, a user"] = new("issue U", "issue U") { Places = "U" },
        ["an essential acr that is not met"] = new("fail unmet_authentication_requirements", "unmet_authentication_requirements") { Request = Essential("https://refeds.org/profile/mfa") },
        ["an essential acr that does not exist here"] = new("fail unmet_authentication_requirements", "unmet_authentication_requirements") { Request = Essential(), Amr = Two },
        ["the chooser asked for"] = new("choose a b", "account_selection_required") { Places = "a b", Last = "b", Chosen = "" },
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

    private static Func<AuthorizeRequest, AuthorizeRequest> Essential(params string[] acr) => request => request with { EssentialAcr = acr };

    private static Action<Client> Levels(params PermissionLevel[] levels) => client => client.PermissionLevels = [.. levels];

    private static string Describe(NextStep step) => step switch
    {
        NextStep.AskPassword => "password",
        NextStep.AskSecondFactor => "code",
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
            PutOff = Ids(one.PutOffBefore),
        };
        var request = one.Request(new AuthorizeRequest { ClientId = "app", RedirectUri = "https://a.example/cb", ResponseMode = "query", Scope = "openid" });
        return new(
            request, client, one.Fresh ? authTime : Now + TimeSpan.FromSeconds(1), one.Chosen, session,
            [.. one.Places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Place)], new(one.Totp, one.MailCodes ? "u@x.example" : null), Now)
        {
            PutOff = Ids(one.PutOff),
        };
    }

    private static string[] Ids(string places) => [.. places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => "m-" + id)];

    /// <summary>-x inactive, ?x invited; s has a seat, l a level, r an account that wants two factors, A P U one that wants them of administrators.</summary>
    private static MembershipView Place(string spelled)
    {
        var id = spelled.TrimStart('-', '?');
        return new(
            "m-" + id, "u", id, id.ToUpperInvariant(), id is "r" ? TwoFactorPolicy.Required : id is "A" or "P" or "U" ? TwoFactorPolicy.Administrators : TwoFactorPolicy.Optional,
            id is "A" ? Role.Administrator : Role.User, id is "l" ? PermissionLevel.Support : id is "P" ? PermissionLevel.Primary : null,
            spelled[0] switch { '-' => MembershipStatus.Inactive, '?' => MembershipStatus.Invited, _ => MembershipStatus.Active }, spelled[0] != '?', false, id is "s" ? ["expert-console"] : []);
    }
}
