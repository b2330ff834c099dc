using System.Collections.Immutable;
using static IdentityHub.IdP.Tests.Epochs.Artefact;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>What a person, their apps and their account hold that lets somebody in, or keeps them in.</summary>
public enum Artefact
{
    /// <summary>The hub's own session, by its cookie.</summary>
    Session,

    /// <summary>An authorization code that was not redeemed yet.</summary>
    Code,

    /// <summary>A JWT access token, at UserInfo and introspection.</summary>
    AccessJwt,

    /// <summary>An opaque access token of another app, there too.</summary>
    AccessOpaque,
    Refresh,
    OfflineRefresh,

    /// <summary>A live connection that an app holds: whether the hub vouches for it.</summary>
    Presence,

    /// <summary>A sign-in in another browser that waits for its second factor. A code by e-mail and a passkey's challenge stand in the same row and go with it.</summary>
    SignInUnderWay,

    /// <summary>A mailed link to choose another password.</summary>
    ResetLink,

    /// <summary>Somebody else's invitation to the same account; what happens to a membership happens to theirs as well.</summary>
    InvitationLink,
    RememberedBrowser,
    ConsoleSession,

    /// <summary>The HR system's token of the account.</summary>
    ProvisioningToken,
}

/// <summary>What ends access.</summary>
public enum Trigger
{
    Deactivated,
    Deleted,
    PasswordChanged,
    FactorReplaced,
    RoleLowered,
    LevelLowered,
    SeatTaken,
    ClientDisabled,
    AccountSuspended,
    SignedOutAtTheHub,
    SignedOutByAnApp,
    SignedOutByAdministrator,
    SessionEndedByOwner,
    AppDisconnected,
    RefreshTokenRevoked,
    AccessTokenRevoked,
    IdleTooLong,
    LifetimeOver,
}

/// <summary>What each trigger leaves alive, why, and whether the app that had the tokens is told. Every trigger has its line; a test says so.</summary>
internal static class RevocationTable
{
    /// <param name="Survivors">What lives on.</param>
    /// <param name="Told">Whether the app hears by back-channel logout.</param>
    /// <param name="Why">Why what lives on does.</param>
    public sealed record Line(ImmutableArray<Artefact> Survivors, bool Told, string Why);

    private static readonly ImmutableArray<Artefact> OfOthers = [ProvisioningToken];
    private static readonly ImmutableArray<Artefact> OfMail = [InvitationLink, .. OfOthers];
    private static readonly ImmutableArray<Artefact> OfAnotherBrowser = [SignInUnderWay, ResetLink, RememberedBrowser, .. OfMail];

    public static readonly IReadOnlyDictionary<Trigger, Line> Lines = new Dictionary<Trigger, Line>
    {
        [Trigger.Deactivated] = new(OfOthers, true, "The HR system's token is the account's, not the person's."),
        [Trigger.Deleted] = new(OfOthers, true, "As with a deactivation."),
        [Trigger.PasswordChanged] = new(OfMail, true, "An invitation is another person's."),
        [Trigger.FactorReplaced] = new(OfMail, true, "An invitation is another person's."),
        [Trigger.RoleLowered] = new([Session, SignInUnderWay, ResetLink, .. OfMail], true, "The person is the same; what was granted under the higher role is not."),
        [Trigger.LevelLowered] = new([Session, .. OfAnotherBrowser], true, "As with a role."),
        [Trigger.SeatTaken] = new([Session, AccessOpaque, ResetLink, RememberedBrowser, ConsoleSession, .. OfMail], true, "Only the application that needs the seat is concerned."),
        [Trigger.ClientDisabled] = new(
            [Session, AccessOpaque, ResetLink, RememberedBrowser, ConsoleSession, .. OfMail], false, "Only the one app is shut out, and nobody talks to it any more."),
        [Trigger.AccountSuspended] = new([Session, ResetLink, RememberedBrowser], true, "The person's own: they may belong to another account."),
        [Trigger.SignedOutAtTheHub] = new([OfflineRefresh, .. OfAnotherBrowser], true, "Offline access was granted for when the person is away; another browser is another session."),
        [Trigger.SignedOutByAnApp] = new([OfflineRefresh, .. OfAnotherBrowser], true, "As at the hub."),
        [Trigger.SignedOutByAdministrator] = new(OfMail, true, "An invitation is another person's."),
        [Trigger.SessionEndedByOwner] = new([OfflineRefresh, .. OfAnotherBrowser], true, "As with signing out."),
        [Trigger.AppDisconnected] = new([Session, AccessOpaque, ConsoleSession, .. OfAnotherBrowser], true, "Only the one app was taken back from."),
        [Trigger.RefreshTokenRevoked] = new(
            [Session, Code, AccessOpaque, OfflineRefresh, ConsoleSession, .. OfAnotherBrowser], false, "The app gave back one grant itself (RFC 7009); its others are its own."),
        [Trigger.AccessTokenRevoked] = new(
            [Session, Code, AccessOpaque, Refresh, OfflineRefresh, ConsoleSession, .. OfAnotherBrowser], false, "The app gave back one token itself (RFC 7009)."),
        [Trigger.IdleTooLong] = new([OfflineRefresh, RememberedBrowser, .. OfMail], true, "Offline access and what is remembered have limits of their own; the other links' time was over too."),
        [Trigger.LifetimeOver] = new([OfflineRefresh, RememberedBrowser, .. OfMail], true, "As with idleness."),
    };

    /// <summary>What a person cannot hold in this situation: who administers is never remembered.</summary>
    public static bool IsHeld(Trigger trigger, Artefact artefact) => !(trigger == Trigger.RoleLowered && artefact == RememberedBrowser);
}
