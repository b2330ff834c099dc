using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Authorize;

/// <summary>Why someone who has signed in is not let on to an app: in plain words for the person, as an error for the app.</summary>
internal abstract record Refusal
{
    private Refusal() { }

    public abstract OAuthError Error { get; }
    public abstract string Title { get; }
    public abstract string WhatToDo { get; }

    /// <summary>Whether another account of the user's could do.</summary>
    public virtual bool AnotherAccountMayDo => true;

    public sealed record NotAMember : Refusal
    {
        public override OAuthError Error { get; } = OAuthError.AccessDenied("no active membership in this account");
        public override string Title => "You have no access to this account";
        public override string WhatToDo => "Ask an administrator of the account to add you or to activate your access.";
    }

    /// <summary>The app learns no more than that nobody is let in.</summary>
    public sealed record AccountIsShut : Refusal
    {
        public override OAuthError Error { get; } = new NotAMember().Error;
        public override string Title => "Your account lets nobody in at the moment";
        public override string WhatToDo => "The operator of this hub has suspended or closed the account that you belong to. Ask your organisation.";
        public override bool AnotherAccountMayDo => false;
    }

    public sealed record NoSeat(string Application) : Refusal
    {
        public override OAuthError Error => OAuthError.AccessDenied($"no seat for {Application}");
        public override string Title => "You have no seat for this application";
        public override string WhatToDo => "Only people with a seat can use it. Ask an administrator of your account to give you one, or to move one to you.";
    }

    public sealed record LevelNotAllowed : Refusal
    {
        public override OAuthError Error { get; } = OAuthError.AccessDenied("permission level not allowed");
        public override string Title => "Your permission level does not include this application";
        public override string WhatToDo => "If you need it for your work, ask the Primary User of your account to change your permission level.";
    }
}
