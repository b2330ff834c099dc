using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>The account's users: found, filtered, sorted; the address holds the view.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class IndexModel : AccountPage
{
    public const int PageSize = 50;

    public MemberQuery View { get; private set; } = null!;

    public MemberPage Members { get; private set; } = null!;

    public string Root => $"{Request.PathBase}/admin/accounts/{AccountId}";

    public string Here => Root + "/users";

    /// <summary>The columns by which the table can be sorted from the list of choices, as small screens do.</summary>
    public IEnumerable<(string Value, string Words)> Sorts()
    {
        foreach (var column in Enum.GetValues<MemberColumn>().Where(column => column != MemberColumn.Seat))
        {
            yield return (MemberQuery.SortWord(new(column)), MemberWords.Of(column));
            yield return (MemberQuery.SortWord(new(column, true)), MemberWords.Of(column) + ", reversed");
        }

        foreach (var pool in SeatPools)
        {
            yield return (MemberQuery.SortWord(new(MemberColumn.Seat, false, pool.ApplicationId)), $"Seat of {pool.ApplicationName}");
            yield return (MemberQuery.SortWord(new(MemberColumn.Seat, true, pool.ApplicationId)), $"Seat of {pool.ApplicationName}, reversed");
        }
    }

    public string? SortOf(MemberColumn column, string? seat = null) =>
        View.Order.Column == column && View.Order.Seat == seat ? View.Order.Descending ? "descending" : "ascending" : null;

    public async Task<IActionResult> OnGetAsync()
    {
        View = MemberQuery.Read(name => Request.Query[name]);
        if (Request.Query.Any(pair => string.IsNullOrEmpty(pair.Value)))
        {
            // What a form leaves empty says nothing: the address is short enough to be passed on.
            return Redirect(Here + View.ToQuery());
        }

        Members = await ReadAsync(reader => MemberList.ReadAsync(reader, new(AccountId, View.Filter, View.Order, View.Page, PageSize)));
        View = View with { Page = Members.Page };
        return Page();
    }
}
