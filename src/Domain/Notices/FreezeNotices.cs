using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Notices;

/// <summary>Tells that a sign-in was frozen: its owner at all their addresses, and who runs their home account.</summary>
internal static class FreezeNotices
{
    /// <param name="transaction">The transaction of the freeze.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="homeMembershipId">Their home; null for an operator without one.</param>
    public static async Task QueueAsync(HubTransaction transaction, string userId, string? homeMembershipId)
    {
        await transaction.FlushAsync();
        if (Users.Users.FindRow(transaction, userId) is not { } user)
        {
            return;
        }

        var member = homeMembershipId is null ? null : NoticeMember.Find(transaction, homeMembershipId);
        var values = ValuesOf(user, member);
        values["operator"] = user.Operator ? values["userName"] : "";
        foreach (var address in AddressesOf(transaction, userId, user))
        {
            await Notices.QueueAsync(transaction, userId, MailTemplates.Frozen, values, address);
        }

        foreach (var addressee in member is null ? [] : Recipients.OfAccount(transaction, member.AccountId, userId))
        {
            await Notices.QueueAsync(transaction, userId, MailTemplates.FrozenToPrimary, values, addressee);
        }
    }

    /// <summary>Tells its owner, wherever they read mail, that a sign-in is frozen no more and what became of it. Who was let in wrongly has it frozen again.</summary>
    /// <param name="transaction">The transaction of the thaw.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="homeMembershipId">Their home; null for an operator without one.</param>
    /// <param name="addresses">Those that were theirs before.</param>
    public static async Task QueueThawedAsync(HubTransaction transaction, string userId, string? homeMembershipId, IReadOnlyList<string> addresses)
    {
        await transaction.FlushAsync();
        if (Users.Users.FindRow(transaction, userId) is not { } user)
        {
            return;
        }

        var values = ValuesOf(user, homeMembershipId is null ? null : NoticeMember.Find(transaction, homeMembershipId));
        values["helper"] = (await SecondFactors.OfAsync(transaction, userId)).MustEnrol ? values["whom"] : "";
        values["link"] = await FreezeLinks.MakeAsync(transaction, userId);
        foreach (var address in addresses)
        {
            await Notices.QueueAsync(transaction, userId, MailTemplates.Thawed, values, address);
        }
    }

    private static Dictionary<string, string> ValuesOf(Users.Users.Row user, NoticeMember? member) => new(StringComparer.Ordinal)
    {
        ["person"] = MailText.Person(User.NameOf(user.UserName, user.GivenName, user.FamilyName), user.UserName),
        ["userName"] = MailText.UserName(user.UserName),
        ["account"] = member?.Account ?? "",
        ["whom"] = SignInNotices.WhomToAsk(member?.Account),
    };

    /// <summary>Where a user reads mail: the sign-in address, and the one for codes where they have shown that it is theirs.</summary>
    public static IEnumerable<string> AddressesOf(HubTransaction transaction, string userId, Users.Users.Row user)
    {
        var factors = SecondFactors.Of(transaction, userId);
        string?[] all = [EmailAddress.Of(user.Email, user.UserName), factors.EmailIsVerified ? factors.EmailCodesTo : null];
        return all.OfType<string>().DistinctBy(ProfileDocument.AddressKey);
    }
}
