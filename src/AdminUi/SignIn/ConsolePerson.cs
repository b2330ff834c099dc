using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>Who is signed in to the console, as of this request.</summary>
public sealed record ConsolePerson
{
    public required string UserId { get; init; }
    public required string UserName { get; init; }
    public required string DisplayName { get; init; }

    /// <summary>Whether they run the hub, and nothing holds them.</summary>
    public required bool Operator { get; init; }

    /// <summary>When they last proved who they are.</summary>
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>RFC 8176 values, separated by spaces.</summary>
    public required string Amr { get; init; }

    public required string SessionId { get; init; }
    public required string GrantId { get; init; }

    /// <summary>The place in which they act; null for an operator who is in no account.</summary>
    public required MembershipView? Place { get; init; }

    /// <summary>Every place where they may go.</summary>
    public required IReadOnlyList<MembershipView> Places { get; init; }

    /// <summary>The seats of the account in which they act, always in sight for who manages users.</summary>
    public IReadOnlyList<Seats.PoolOfAccount> SeatPools { get; init; } = [];

    /// <summary>How pages look: <c>light</c>, <c>dark</c>, or null for what the machine prefers.</summary>
    public string? Theme { get; init; }

    /// <summary>In which times are shown: as the person chose, UTC where they chose none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Until when they hold no administrator's right, because their second factors were reset; null where nothing holds them. See <see cref="RecoveryHold"/>.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>The strongest sign-in that their second factors allow.</summary>
    public AssuranceLevel Reach { get; init; } = AssuranceLevel.OneFactor;

    /// <summary>How strongly they signed in.</summary>
    public AssuranceLevel Level => Assurance.LevelOf(Amr);

    /// <summary>Whether they have a second factor and did not give it: their browser is remembered, or they enrolled it since.</summary>
    public bool OwesFactor => Level < AssuranceLevel.TwoFactors && Reach >= AssuranceLevel.TwoFactors;

    /// <summary>Whether codes by e-mail are all they have beside the password.</summary>
    public bool HasMailedCodesOnly { get; init; }

    /// <summary>Whether they gave what they have beside the password: for what wants a fresh sign-in, a code by e-mail too, though it opens no page by itself.</summary>
    public bool GaveFactors => !OwesFactor && (!HasMailedCodesOnly || Level >= AssuranceLevel.TwoFactors || Assurance.HasEmailCode(Amr));

    public bool May(string permission) => HeldUntil is null && Place is { } place && PermissionMatrix.Allows(place.Role, place.PermissionLevel, permission);
}
