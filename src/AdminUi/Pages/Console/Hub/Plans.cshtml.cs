using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The plans that accounts can agree to.</summary>
[Callers(Caller.Operator)]
internal sealed class PlansModel : OperatorPage
{
    public IReadOnlyList<Plan> All { get; private set; } = [];

    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public string? Description { get; private set; }

    public bool Retired { get; private set; }

    /// <summary>What is wrong, by field.</summary>
    public Dictionary<string, string> Wrong { get; } = [];

    /// <param name="id">The plan to change; null for another.</param>
    public async Task OnGetAsync(string? id)
    {
        All = await ReadAsync(reader => Plans.ListAsync(reader, withRetired: true));
        if (All.FirstOrDefault(plan => plan.Id == id) is { } chosen)
        {
            (Id, Name, Description, Retired) = (chosen.Id, chosen.Name, chosen.Description, chosen.Retired);
        }
    }

    public async Task<IActionResult> OnPostAsync(string? plan, string? name, string? description, bool retired)
    {
        switch (await WriteAsync(transaction => Plans.PutAsync(transaction, plan?.Trim() ?? "", name ?? "", description ?? "", retired)))
        {
            case Plans.PutResult.IdInvalid:
                Wrong["plan"] = $"Use 1 to {Plans.MaxIdLength} lower-case letters, digits and hyphens.";
                break;
            case Plans.PutResult.NameInvalid:
                Wrong["name"] = $"Give a name of 1 to {Plans.MaxNameLength} characters.";
                break;
            case Plans.PutResult.DescriptionInvalid:
                Wrong["description"] = $"Use {Plans.MaxDescriptionLength} characters at most.";
                break;
            case var done:
                Flash(done switch
                {
                    Plans.PutResult.Made => "The plan was made.",
                    Plans.PutResult.Changed => "The plan was changed.",
                    _ => "Nothing was changed.",
                });
                return Redirect(Request.PathBase + "/admin/hub/plans");
        }

        await OnGetAsync(null);
        (Id, Name, Description, Retired) = (plan, name, description, retired);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
