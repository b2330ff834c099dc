using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Credentials;

/// <summary>What may be taken from a user's second factors, and where a place asks for one.</summary>
public static class FactorRules
{
    /// <summary>Whether these factors give what a place asks of its members: one that makes two factors of a sign-in, or a code by e-mail where the account lets that count.</summary>
    public static bool AreEnoughFor(this EnrolledFactors factors, MembershipView place)
    {
        ArgumentNullException.ThrowIfNull(factors);
        ArgumentNullException.ThrowIfNull(place);
        return !place.RequiresSecondFactor || factors.MakesTwo || (place.EmailCodesCount && factors.EmailCodesTo is not null);
    }

    /// <summary>Whether a sign-in of this <c>amr</c> is enough for what a place asks of its members.</summary>
    public static bool IsEnoughFor(string amr, MembershipView place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return !place.RequiresSecondFactor || Assurance.LevelOf(amr) >= AssuranceLevel.TwoFactors || (place.EmailCodesCount && Assurance.HasEmailCode(amr));
    }

    /// <summary>Why a user who has these factors may not be left with those.</summary>
    /// <returns>The name of an account that has enough now and would not then; null when there is none. What is missing somewhere already keeps nobody from anything.</returns>
    public static async Task<string?> RequiredByAsync(HubReader reader, string userId, EnrolledFactors factors, EnrolledFactors remaining)
    {
        var places = await Memberships.OfUserAsync(reader, userId);
        return places.FirstOrDefault(place => place.LetsIn && factors.AreEnoughFor(place) && !remaining.AreEnoughFor(place))?.AccountName;
    }
}
