using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Accounts;

/// <summary>What is to become of a member. What is null stays; what already is so is no change.</summary>
public sealed record MemberChange
{
    /// <summary>The <see cref="MemberState.Version"/> on the ground of which the change is made; null to make it on whatever is.</summary>
    public string? ExpectedVersion { get; init; }

    /// <summary>At home only.</summary>
    public NewName? Name { get; init; }

    /// <summary>At home only.</summary>
    public string? UserName { get; init; }

    /// <summary>At home only. With null or an empty text in it, the user has no address any more.</summary>
    public NewText? Email { get; init; }

    public Role? Role { get; init; }

    /// <summary>With null in it, the member has no permission level any more. Never PRIMARY.</summary>
    public NewLevel? Level { get; init; }

    /// <summary>Active or Inactive.</summary>
    public MembershipStatus? Status { get; init; }

    public bool? TwoFactorRequired { get; init; }

    /// <summary>Where codes by e-mail go. At home only; verified by the first code that is typed. With null or an empty text in it, no such codes any more.</summary>
    public NewText? CodeAddress { get; init; }

    /// <summary>Applications of which the member is to hold a seat, beside the ones held.</summary>
    public IReadOnlyList<string> SeatsToAdd { get; init; } = [];

    /// <summary>Applications of which the member is to hold no seat.</summary>
    public IReadOnlyList<string> SeatsToRemove { get; init; } = [];

    public sealed record NewName(string? Given, string? Family);

    public sealed record NewText(string? Value);

    public sealed record NewLevel(PermissionLevel? Value);

    /// <summary>Whether nothing is asked for.</summary>
    public bool IsEmpty => this is
    {
        Name: null, UserName: null, Email: null, Role: null, Level: null, Status: null, TwoFactorRequired: null, CodeAddress: null, SeatsToAdd.Count: 0, SeatsToRemove.Count: 0,
    };

    /// <summary>Whether it changes with what the member signs in, or what they are here: what somebody who found a console open would begin with.</summary>
    public bool IsTakeover(MemberState state) => AgainstState(state) is not { Email: null, UserName: null, CodeAddress: null, Role: null };

    /// <summary>The same without what the member is already, and with texts as they would be kept.</summary>
    internal MemberChange AgainstState(MemberState state)
    {
        var (given, family) = (Kept(Name?.Given), Kept(Name?.Family));
        var userName = UserName?.Trim();
        return this with
        {
            Name = Name is null || (given, family) == (state.GivenName, state.FamilyName) ? null : new(given, family),
            UserName = userName == state.UserName ? null : userName,
            Email = Email is null || Kept(Email.Value) == state.Email ? null : new(Kept(Email.Value)),
            Role = Role == state.Role ? null : Role,
            Level = Level?.Value == state.Level ? null : Level,
            Status = Status == state.Status ? null : Status,
            TwoFactorRequired = TwoFactorRequired == state.TwoFactorRequired ? null : TwoFactorRequired,
            CodeAddress = CodeAddress is null || Kept(CodeAddress.Value) == state.CodeAddress ? null : new(Kept(CodeAddress.Value)),
            SeatsToAdd = [.. SeatsToAdd.Distinct().Except(state.Seats)],
            SeatsToRemove = [.. SeatsToRemove.Distinct().Intersect(state.Seats)],
        };
    }

    private static string? Kept(string? text) => text?.Trim() is { Length: > 0 } kept ? kept : null;
}

/// <summary>What became of a change.</summary>
public abstract record MemberChangeResult
{
    private MemberChangeResult() { }

    /// <param name="State">The member as they are now.</param>
    /// <param name="Differences">What became different, as it is found afterwards: a deactivation frees seats too.</param>
    public sealed record Changed(MemberState State, IReadOnlyList<MemberDifference> Differences) : MemberChangeResult;

    /// <summary>The member is like that already.</summary>
    public sealed record Unchanged(MemberState State) : MemberChangeResult;

    /// <summary>This account has no such member.</summary>
    public sealed record NoSuchMember : MemberChangeResult;

    /// <summary>Somebody else changed the member since. Nothing was changed.</summary>
    public sealed record Stale(MemberState Current) : MemberChangeResult;

    /// <summary>Nothing was changed, for these reasons.</summary>
    public sealed record Refused(MemberState Current, IReadOnlyList<MemberRefusal> Reasons) : MemberChangeResult;
}

/// <summary>What became of something done to a member that changes none of their fields, or that takes them away.</summary>
public abstract record MemberActResult
{
    private MemberActResult() { }

    /// <param name="State">The member as they were.</param>
    public sealed record Done(MemberState State) : MemberActResult;

    /// <summary>This account has no such member.</summary>
    public sealed record NoSuchMember : MemberActResult;

    /// <summary>Nothing was changed, for this reason.</summary>
    public sealed record Refused(MemberRefusal Reason) : MemberActResult;
}
