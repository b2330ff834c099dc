using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Adding somebody to an account, whoever adds: a new user at home there, or, when the hub knows the user name already, a guest who is asked at their next sign-in.</summary>
public static class NewMembers
{
    /// <summary>Somebody as an account knows them before they are there.</summary>
    /// <param name="AccountId">The account.</param>
    /// <param name="UserName">The sign-in name.</param>
    /// <param name="Attributes">What the account has on file: a <see cref="ProfileDocument"/>. The names and the main address of a new user are taken from it.</param>
    /// <param name="Role">The role to be.</param>
    /// <param name="Level">The level to be; PRIMARY is given by <see cref="PrimaryTransfer"/> alone.</param>
    /// <param name="Active">Whether they may come in at once.</param>
    public sealed record Person(string AccountId, string UserName, JsonObject Attributes, Role Role, PermissionLevel? Level, bool Active)
    {
        public string? ExternalId { get; init; }

        /// <inheritdoc cref="Memberships.NewMember.Source"/>
        public MemberSource? Source { get; init; }
    }

    public abstract record TakeInResult
    {
        private TakeInResult() { }

        public sealed record Added(Membership Membership) : TakeInResult;

        /// <summary>The account has a member of this user name. Nothing was changed.</summary>
        public sealed record AlreadyMember(string MembershipId) : TakeInResult;

        /// <summary>Empty, too long, or with characters that no name has. Nothing was changed.</summary>
        public sealed record UserNameInvalid : TakeInResult;

        /// <summary>The main address is none to which mail could be written. Nothing was changed.</summary>
        public sealed record EmailInvalid : TakeInResult;

        /// <summary>There is more in it than an account may have on file. The caller undoes the transaction.</summary>
        public sealed record TooLarge : TakeInResult;
    }

    /// <summary>Takes somebody in.</summary>
    public static async Task<TakeInResult> TakeInAsync(HubTransaction transaction, Person person)
    {
        if (!MemberProfiles.HasPlausibleEmail(person.Attributes))
        {
            return new TakeInResult.EmailInvalid();
        }

        var facts = ProfileDocument.FactsOf(person.Attributes);
        var created = await UserLifecycle.CreateAsync(transaction, new(person.UserName, facts.GivenName, facts.FamilyName, facts.Email, EmailVerified: false, Operator: false));
        var (userId, isNew) = created switch
        {
            UserLifecycle.CreateResult.Created made => (made.User.Id, true),
            UserLifecycle.CreateResult.UserNameTaken taken => (taken.UserId, false),
            _ => (null, false),
        };
        if (userId is null)
        {
            return new TakeInResult.UserNameInvalid();
        }

        // An account does not make a member of somebody whom the hub knew before: that person does, when they are asked.
        var status = !person.Active ? MembershipStatus.Inactive : isNew ? MembershipStatus.Active : MembershipStatus.Invited;
        var added = await Memberships.AddAsync(transaction, new(userId, person.AccountId, person.Role, person.Level, status)
        {
            MayBeHome = isNew, ExternalId = person.ExternalId, Attributes = person.Attributes, Source = person.Source,
        });
        return added switch
        {
            Memberships.AddResult.Added made => new TakeInResult.Added(made.Membership),
            Memberships.AddResult.AlreadyMember present => new TakeInResult.AlreadyMember(present.MembershipId),
            _ => new TakeInResult.TooLarge(),
        };
    }

    /// <summary>A user to be added as an administrator writes them down.</summary>
    public sealed record NewUser
    {
        public string? GivenName { get; init; }
        public string? FamilyName { get; init; }

        /// <summary>The e-mail address, which is the sign-in name too.</summary>
        public required string Email { get; init; }

        public Role Role { get; init; }

        /// <summary>Any but PRIMARY.</summary>
        public PermissionLevel? Level { get; init; }

        /// <summary>Whether they may sign in at once; otherwise they are inactive and nobody is mailed an invitation.</summary>
        public bool Active { get; init; } = true;

        /// <summary>The applications of which they get a seat.</summary>
        public IReadOnlyList<string> Seats { get; init; } = [];

        public bool TwoFactorRequired { get; init; }

        /// <summary>Where codes by e-mail go; verified by the first one that is typed.</summary>
        public string? CodeAddress { get; init; }

        /// <summary>The hash of a first password that must be changed at the first sign-in; null to mail an invitation instead.</summary>
        public string? PasswordHash { get; init; }

        /// <summary><see cref="MemberSource.Pages"/> or <see cref="MemberSource.Import"/>.</summary>
        public MemberSource Source { get; init; } = MemberSource.Pages;
    }

    public abstract record AddResult
    {
        private AddResult() { }

        /// <param name="State">The member.</param>
        /// <param name="Invitation">What became of the invitation; null where none was to be sent: of a guest, who is asked at the next sign-in, with a first password, and of who is inactive.</param>
        public sealed record Added(MemberState State, Invitations.InviteResult? Invitation) : AddResult;

        /// <summary>The account has a user of this name. Nothing was changed.</summary>
        public sealed record AlreadyMember(string MembershipId) : AddResult;

        /// <summary>Nothing was changed, for these reasons.</summary>
        public sealed record Refused(IReadOnlyList<MemberRefusal> Reasons) : AddResult;
    }

    /// <summary>Adds a user with everything that the form has, or nothing. When it is refused the whole transaction is undone.</summary>
    /// <param name="transaction">The transaction and who adds; what they may is asked of <see cref="AdministrationRules"/>.</param>
    /// <param name="accountId">An existing account.</param>
    /// <param name="person">The user.</param>
    /// <param name="issuer">The hub's own address, for the link of the invitation.</param>
    public static async Task<AddResult> AddAsync(HubTransaction transaction, string accountId, NewUser person, string issuer)
    {
        var user = person with { GivenName = Kept(person.GivenName), FamilyName = Kept(person.FamilyName), Email = person.Email.Trim(), CodeAddress = Kept(person.CodeAddress) };
        await transaction.FlushAsync();
        var reasons = Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), user);
        if (reasons.Count > 0)
        {
            return new AddResult.Refused(reasons);
        }

        var document = ProfileDocument.Parse(ProfileDocument.Change(null, new(user.GivenName, user.FamilyName, user.Email)));
        var taken = await TakeInAsync(transaction, new(accountId, user.Email, document, user.Role, user.Level, user.Active) { Source = user.Source });
        if (taken is not TakeInResult.Added { Membership: var membership })
        {
            return transaction.RollBack<AddResult>(
                taken is TakeInResult.AlreadyMember present ? new AddResult.AlreadyMember(present.MembershipId) : new AddResult.Refused([Explain(taken)]));
        }

        reasons = await EquipAsync(transaction, membership, user);
        if (reasons.Count > 0)
        {
            return transaction.RollBack<AddResult>(new AddResult.Refused(reasons));
        }

        var invitation = membership is { Home: true, Status: MembershipStatus.Active } && user.PasswordHash is null
            ? await Invitations.InviteAsync(transaction, membership.Id, issuer)
            : null;
        await transaction.SettleAsync();
        return new AddResult.Added(MemberStates.Find(transaction, accountId, membership.Id)!, invitation);
    }

    /// <summary>What would be said against adding somebody, as far as that shows without doing it: for previews.</summary>
    public static IReadOnlyList<MemberRefusal> Check(ActingAdministrator actor, NewUser user)
    {
        var reasons = new List<MemberRefusal>();
        void Add(MemberField field, string? sentence)
        {
            if (sentence is not null)
            {
                reasons.Add(new(field, sentence));
            }
        }

        if (AdministrationRules.CheckGrant(actor, null, user.Role, user.Level) is { } refusal)
        {
            Add(
                refusal switch
                {
                    AdministrationRefusal.NoAdministrator => MemberField.Member,
                    AdministrationRefusal.PrimaryIsTransferred => MemberField.Level,
                    _ => MemberField.Role,
                },
                AdministrationRules.Explain(refusal, MemberAct.ChangeStanding));
        }

        Add(MemberField.Name, MemberTexts.CheckName(Kept(user.GivenName), Kept(user.FamilyName)));
        Add(MemberField.Email, MemberTexts.CheckAddress(user.Email.Trim()) ?? MemberTexts.CheckUserName(user.Email));
        Add(MemberField.CodeAddress, MemberTexts.CheckAddress(Kept(user.CodeAddress)));
        Add(MemberField.Seats, !user.Active && user.Seats.Count > 0 ? "A user who is not active holds no seat." : null);
        return reasons;
    }

    /// <summary>Seats, second factor and first password. A guest's factors and password are their own and not touched.</summary>
    private static async Task<List<MemberRefusal>> EquipAsync(HubTransaction transaction, Membership membership, NewUser user)
    {
        var reasons = new List<MemberRefusal>();
        if (user.TwoFactorRequired && MemberChanges.ExplainChange(await Memberships.RequireTwoFactorAsync(transaction, membership.Id, true), MemberField.TwoFactor) is { } refusal)
        {
            reasons.Add(refusal);
        }

        if (membership.Home && user.CodeAddress is { } address)
        {
            await SecondFactors.NameEmailCodesAsync(transaction, membership.UserId, address);
        }

        if (membership.Home && user.PasswordHash is { } hash)
        {
            await Passwords.SetAsync(transaction, membership.UserId, hash, mustChange: true);
        }

        foreach (var seat in user.Seats.Distinct())
        {
            if (await MemberChanges.AssignAsync(transaction, membership.Id, seat) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons;
    }

    private static MemberRefusal Explain(TakeInResult result) => result switch
    {
        TakeInResult.EmailInvalid => new(MemberField.Email, MemberTexts.CheckAddress("")!),
        TakeInResult.TooLarge => new(MemberField.Name, "This is more than can be kept."),
        _ => new(MemberField.Email, MemberTexts.CheckUserName("")!),
    };

    private static string? Kept(string? text) => text?.Trim() is { Length: > 0 } kept ? kept : null;
}
