using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>A page about one user of the account.</summary>
internal abstract class OneMemberPage : AccountPage
{
    /// <summary>The member as they are.</summary>
    public MemberState Member { get; private protected set; } = null!;

    /// <summary>What the person who looks may do.</summary>
    public ActingAdministrator Acting { get; private set; } = ActingAdministrator.Nobody;

    public string Users => $"{Request.PathBase}/admin/accounts/{AccountId}/users";

    public string Here => $"{Users}/{Member.Id}";

    /// <summary>Why the person may not do something to this member; null when they may.</summary>
    public string? Refusal(MemberAct act) => AdministrationRules.Check(Acting, Member.ActedOn, act) is { } refusal ? AdministrationRules.Explain(refusal, act) : null;

    /// <returns>False when this account has no such member.</returns>
    protected async Task<bool> FindAsync(string member)
    {
        (var found, Acting) = await ReadAsync(reader => Task.FromResult((MemberStates.Find(reader, AccountId, member), MemberStates.Administrator(reader, Actor, AccountId))));
        Member = found!;
        return found is not null;
    }

    protected string PathOf(string member, string more = "") => $"~/admin/accounts/{AccountId}/users/{member}{more}";
}
