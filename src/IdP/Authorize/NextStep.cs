using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Authorize;

/// <summary>What is known when the next step of a sign-in is decided.</summary>
/// <param name="Request">The authorization request.</param>
/// <param name="Client">Who asks.</param>
/// <param name="StartedAt">When this request came; what was proved since counts as fresh.</param>
/// <param name="ChosenAccount">The account picked in the chooser for this request.</param>
/// <param name="Session">Who is signed in in this browser.</param>
/// <param name="Memberships">Their places, inactive ones included.</param>
/// <param name="Factors">Their second factors.</param>
/// <param name="Now">The moment of the decision.</param>
internal sealed record Situation(
    AuthorizeRequest Request, Client Client, DateTimeOffset StartedAt, string? ChosenAccount, LiveSession? Session,
    IReadOnlyList<MembershipView> Memberships, EnrolledFactors Factors, DateTimeOffset Now)
{
    /// <summary>Stands for the chosen account when the person asked for the chooser: no account has an empty id.</summary>
    public const string AskForAccount = "";

    /// <summary>Begins the mark, among what was put off, of an account of which the person put off enrolling.</summary>
    public const string PutOffEnrolment = "enrol:";

    /// <summary>The mark, among what was put off, of a sign-in in which the person has enrolled what they came for, or left it.</summary>
    public const string EnrolmentIsDone = "enrolled";

    /// <summary>The memberships that the person put off answering in this sign-in.</summary>
    public IReadOnlyCollection<string> PutOff { get; init; } = [];

    /// <summary>Fresh recovery codes are shown, and the person has not said yet that they have kept them.</summary>
    public bool HasCodesToKeep { get; init; }
}

/// <summary>What a person may come to enrol, by an authorization request of the hub's own console.</summary>
internal enum Enrolment
{
    Totp,
    Email,
    Passkey,

    /// <summary>Fresh recovery codes in place of the present ones.</summary>
    RecoveryCodes,
}

/// <summary>The values of the parameter <c>enrol</c>.</summary>
internal static class EnrolmentNames
{
    public static Enrolment? Parse(string? value) => value switch
    {
        "totp" => Enrolment.Totp,
        "email" => Enrolment.Email,
        "passkey" => Enrolment.Passkey,
        "recovery-codes" => Enrolment.RecoveryCodes,
        _ => null,
    };
}

/// <summary>The next step of a sign-in.</summary>
internal abstract record NextStep
{
    private NextStep() { }

    public sealed record AskPassword : NextStep;

    /// <param name="Needed">What the sign-in must come to: <see cref="AssuranceLevel.OneFactor"/> where a code by e-mail is all there is to ask for.</param>
    public sealed record AskSecondFactor(AssuranceLevel Needed) : NextStep;

    /// <summary>Their second factors were reset: they give the code that an administrator handed them.</summary>
    public sealed record AskTemporaryCode : NextStep;

    /// <summary>A second factor is enrolled before anything is let through, or because the person came to do so.</summary>
    /// <param name="Kind">What the person came to enrol; null for any that serves. Recovery codes also where fresh ones wait to be kept.</param>
    /// <param name="EmailServes">Whether codes by e-mail are enough for what is asked.</param>
    /// <param name="PutOff">Within the account's days of grace: the mark to put it off by, and until when that is possible. Null where it is not.</param>
    public sealed record Enrol(Enrolment? Kind, bool EmailServes, (string Mark, DateTimeOffset Until)? PutOff = null) : NextStep;

    /// <summary>Somebody else chose the password: its owner chooses another before anything is let through.</summary>
    public sealed record ChangePassword : NextStep;

    /// <summary>An account wants to add the person as a member: they are asked, once in a sign-in.</summary>
    public sealed record Accept(MembershipView Membership) : NextStep;

    public sealed record ChooseAccount(IReadOnlyList<MembershipView> Accounts) : NextStep;

    /// <summary>The person is told in plain words, and the app gets the error when they go on.</summary>
    public sealed record Refuse(Refusal Refusal) : NextStep;

    /// <summary>The app gets the error at once.</summary>
    public sealed record Fail(OAuthError Error) : NextStep;

    /// <param name="Membership">Null only for an operator who is in no account.</param>
    /// <param name="Acr">What the app is told of the strength of the sign-in.</param>
    /// <param name="GraceUntil">When the days of grace end within which it is let through; null where nothing is missing.</param>
    public sealed record Issue(MembershipView? Membership, string Acr, DateTimeOffset? GraceUntil = null) : NextStep;

    /// <summary>How long before the request the person may have proved who they are, for them to enrol a factor now.</summary>
    private static readonly TimeSpan EnrolsWithin = TimeSpan.FromMinutes(5);

    /// <summary>Decides. Pure; every step of a sign-in returns here, none goes to another.</summary>
    public static NextStep Decide(Situation situation)
    {
        var silent = situation.Request.PromptHas("none");
        var step = DecideAloud(situation, mayOffer: !silent);
        step = step is Enrol && situation.Session is { } session ? BeforeEnrolment(situation, session) ?? step : step;
        return !silent ? step : step switch
        {
            AskPassword => new Fail(new("login_required", "the user must sign in")),
            AskSecondFactor or AskTemporaryCode => new Fail(new("login_required", "the user must give a second factor")),
            Enrol => new Fail(new("interaction_required", "the user must enrol a second factor")),
            ChangePassword => new Fail(new("interaction_required", "the user must choose a password of their own")),
            ChooseAccount => new Fail(new("account_selection_required", "the user must choose an account")),
            Refuse refuse => new Fail(refuse.Refusal.Error),
            _ => step,
        };
    }

    private static NextStep DecideAloud(Situation situation, bool mayOffer)
    {
        if (situation.Session is not { } session)
        {
            return new AskPassword();
        }

        // OpenID Connect Core §3.1.2.1, §3.1.2.3: another person than the hinted one may sign in instead, but is not who was asked for.
        var isFresh = session.AuthTime >= situation.StartedAt;
        if (situation.Request.Subject is { } subject && subject != session.UserId)
        {
            return isFresh ? new Fail(new("login_required", "another user signed in than the one that was asked for")) : new AskPassword();
        }

        if (!isFresh && MustSignInAgain(situation, session))
        {
            return new AskPassword();
        }

        if (OwedFactor(situation, session) is { } owed)
        {
            return owed;
        }

        if (session.MustChangePassword)
        {
            return new ChangePassword();
        }

        if (situation.HasCodesToKeep)
        {
            return new Enrol(Enrolment.RecoveryCodes, EmailServes: false);
        }

        if (situation.Factors.MustEnrol)
        {
            return new Enrol(null, EmailServes: false);
        }

        var step = DecideAccount(situation, session);
        if (step is Issue && situation.Request.Enrol is { } wish && !situation.PutOff.Contains(Situation.EnrolmentIsDone))
        {
            return new Enrol(wish, EmailServes: true);
        }

        return mayOffer && Offered(situation, session, step) is { } place ? new Accept(place) : step;
    }

    /// <summary>
    /// Every account that wants the person asks them once. What they put off comes up again when they next prove who they are; before that it holds up no request that
    /// could be answered, and is asked only where it could be what lets them on.
    /// </summary>
    /// <returns>Null when there is nothing to ask.</returns>
    private static MembershipView? Offered(Situation situation, LiveSession session, NextStep step)
    {
        var open = situation.Memberships.Where(place => place is { Status: MembershipStatus.Invited, Home: false, AccountIsOpen: true } && !situation.PutOff.Contains(place.Id)).ToList();
        return open.Find(place => !session.PutOff.Contains(place.Id))
            ?? (step is Issue ? null : open.Find(place => MayLetOn(situation, place)));
    }

    private static bool MayLetOn(Situation situation, MembershipView place) =>
        (situation.Client.AccountId ?? place.AccountId) == place.AccountId && (situation.Request.Account ?? place.AccountId) == place.AccountId;

    /// <summary><c>prompt=login</c> and <c>max_age</c>; zero seconds are the same as the former.</summary>
    private static bool MustSignInAgain(Situation situation, LiveSession session) =>
        situation.Request.PromptHas("login")
        || (situation.Request.MaxAge ?? situation.Client.DefaultMaxAge) is { } maxAge
        && (situation.Now - session.AuthTime).TotalSeconds is var age && (age > maxAge || maxAge == 0);

    /// <summary>
    /// Whoever enrolled a second factor is asked for it at every sign-in, a remembered browser aside; who could give a stronger one than they did is asked when the app wants
    /// it. Who comes to change how they sign in is asked in any case.
    /// </summary>
    private static NextStep? OwedFactor(Situation situation, LiveSession session)
    {
        var (factors, level) = (situation.Factors, Assurance.LevelOf(session.Amr));
        if (factors.MustEnrol)
        {
            return session.ByTemporaryCode ? null : new AskTemporaryCode();
        }

        // Where the app wants a fresh sign-in, what a browser remembers proves nothing.
        var spared = session.Remembered && situation.Request is { Enrol: null, MaxAge: null } && !situation.Request.PromptHas("login");
        if (factors.MakesTwo && level < AssuranceLevel.TwoFactors && !spared)
        {
            return new AskSecondFactor(NeededWith(situation.Request, factors));
        }

        if (AskedLevel(situation.Request, factors) is var asked && asked > level)
        {
            return new AskSecondFactor(asked);
        }

        return factors is { MakesTwo: false, EmailCodesTo: not null } && !Assurance.HasEmailCode(session.Amr) && level < AssuranceLevel.TwoFactors && !spared
            ? new AskSecondFactor(AssuranceLevel.OneFactor)
            : null;
    }

    /// <summary>
    /// Who adds to how they sign in has proved the factors that they have, and who they are, lately: neither a remembered browser nor one that somebody left open enrols
    /// anything. The way that leads there asks for no more than the enrolment itself takes.
    /// </summary>
    /// <returns>Null when they have.</returns>
    private static NextStep? BeforeEnrolment(Situation situation, LiveSession session)
    {
        if (session.AuthTime < situation.StartedAt - EnrolsWithin)
        {
            return new AskPassword();
        }

        if (situation.Factors.MustEnrol)
        {
            return null;
        }

        var level = Assurance.LevelOf(session.Amr);
        if (situation.Factors.MakesTwo)
        {
            return level < AssuranceLevel.TwoFactors ? new AskSecondFactor(AssuranceLevel.TwoFactors) : null;
        }

        return situation.Factors.EmailCodesTo is not null && level < AssuranceLevel.TwoFactors && !Assurance.HasEmailCode(session.Amr)
            ? new AskSecondFactor(AssuranceLevel.OneFactor)
            : null;
    }

    /// <summary>What the second factors of somebody who gave their password come to, for this request: the strongest that it asks, and two factors wherever they have them.</summary>
    public static AssuranceLevel NeededWith(AuthorizeRequest request, EnrolledFactors factors) =>
        !factors.MakesTwo ? AssuranceLevel.OneFactor
        : AskedLevel(request, factors) > AssuranceLevel.TwoFactors ? AssuranceLevel.PhishingResistant
        : AssuranceLevel.TwoFactors;

    /// <summary>How strong a sign-in the app prefers among those that this person can give (OpenID Connect Core §3.1.2.1: in order of preference); what it insists on comes first.</summary>
    private static AssuranceLevel AskedLevel(AuthorizeRequest request, EnrolledFactors factors)
    {
        var values = request.EssentialAcr is { Length: > 0 } essential ? essential.AsEnumerable() : request.AcrValues;
        return values.Select(Assurance.LevelAsked).FirstOrDefault(asked => asked <= factors.Reach) ?? AssuranceLevel.OneFactor;
    }

    private static NextStep DecideAccount(Situation situation, LiveSession session)
    {
        var places = situation.Memberships
            .Where(place => place.LetsIn && (situation.Client.AccountId is null || place.AccountId == situation.Client.AccountId))
            .ToList();
        if (situation.Request.Account is { } asked && situation.ChosenAccount is null)
        {
            return places.Find(place => place.AccountId == asked) is { } place ? DecidePolicy(situation, session, place) : new Fail(new Refusal.NotAMember().Error);
        }

        if (places.Count == 0)
        {
            return session.Operator && situation.Client.AccountId is null
                ? DecidePolicy(situation, session, null)
                : new Refuse(situation.Memberships.Any(place => place is { Status: MembershipStatus.Active, AccountIsOpen: false }) ? new Refusal.AccountIsShut() : new Refusal.NotAMember());
        }

        if (situation.ChosenAccount is { } chosen && places.Find(place => place.AccountId == chosen) is { } picked)
        {
            return DecidePolicy(situation, session, picked);
        }

        if (situation.Request.PromptHas("select_account") || situation.ChosenAccount is Situation.AskForAccount)
        {
            return new ChooseAccount(places);
        }

        if (places.Count == 1)
        {
            return DecidePolicy(situation, session, places[0]);
        }

        return places.Find(place => place.AccountId == session.AccountId) is { } last ? DecidePolicy(situation, session, last) : new ChooseAccount(places);
    }

    private static NextStep DecidePolicy(Situation situation, LiveSession session, MembershipView? place)
    {
        var client = situation.Client;
        if (!client.PermissionLevels.IsEmpty && !(place?.PermissionLevel is { } level && client.PermissionLevels.Contains(level)))
        {
            return new Refuse(new Refusal.LevelNotAllowed());
        }

        if (client.RequireSeat is { } application && place?.Seats.Contains(application) != true)
        {
            return new Refuse(new Refusal.NoSeat(application));
        }

        // A sign-in older than the account or the app lets one last is no sign-in there.
        if (SessionLimits.Of(client).And(SessionLimits.Of(place)).Lifetime is { } lifetime && situation.Now - session.AuthTime >= lifetime)
        {
            return new AskPassword();
        }

        if (RequiredFactor(situation, session, place) is { } missing)
        {
            return missing;
        }

        if (situation.Request.EssentialAcr is { } essential && !essential.Any(value => Acr.Meets(session.Amr, value)))
        {
            // Who has no second factor may come to one here; a stronger sign-in than their factors allow is not to be had by enrolling.
            return !situation.Factors.MakesTwo && essential.Contains(Assurance.MultiFactor)
                ? new Enrol(null, EmailServes: false)
                : new Fail(new("unmet_authentication_requirements", "the user cannot sign in as strongly as was asked"));
        }

        return new Issue(place, Acr.Answer(session.Amr, situation.Request.AcrValues), place is null || FactorRules.IsEnoughFor(session.Amr, place) ? null : GraceOf(situation, place));
    }

    /// <returns>How the person comes to what the client and the place require; null when they have it.</returns>
    private static NextStep? RequiredFactor(Situation situation, LiveSession session, MembershipView? place)
    {
        var factors = situation.Factors;
        if (situation.Client.RequireMfa && Assurance.LevelOf(session.Amr) < AssuranceLevel.TwoFactors)
        {
            return factors.MakesTwo ? new AskSecondFactor(AssuranceLevel.TwoFactors) : new Enrol(null, EmailServes: false);
        }

        if (place is null || FactorRules.IsEnoughFor(session.Amr, place))
        {
            return null;
        }

        if (factors.MakesTwo)
        {
            return new AskSecondFactor(AssuranceLevel.TwoFactors);
        }

        if (factors.AreEnoughFor(place) && !Assurance.HasEmailCode(session.Amr))
        {
            return new AskSecondFactor(AssuranceLevel.OneFactor);
        }

        var mark = Situation.PutOffEnrolment + place.Id;
        var until = GraceOf(situation, place);
        if (until <= situation.Now)
        {
            return new Enrol(null, place.EmailCodesCount);
        }

        // Once in a sign-in, and at no request that could not show it.
        var wasAsked = session.PutOff.Contains(mark) || situation.PutOff.Contains(mark) || (situation.Request.PromptHas("none") && place.SecondFactorAskedAt is not null);
        return wasAsked ? null : new Enrol(null, place.EmailCodesCount, (mark, until));
    }

    /// <returns>Until when the account lets the person go on without what it requires of them.</returns>
    private static DateTimeOffset GraceOf(Situation situation, MembershipView place) =>
        (place.SecondFactorAskedAt ?? situation.Now) + TimeSpan.FromDays(place.TwoFactorGraceDays);
}
