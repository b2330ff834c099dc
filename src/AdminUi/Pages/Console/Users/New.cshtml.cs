using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>Adds a user: by an invitation, or with a first password that must be changed.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class NewModel(FirstPassword passwords) : AccountPage
{
    public UserForm Form { get; private set; } = new() { Role = PermissionNames.Of(Role.User), Level = "", Status = nameof(MembershipStatus.Active) };

    public IReadOnlyList<MemberRefusal> Reasons { get; private set; } = [];

    public string Here => $"{Request.PathBase}/admin/accounts/{AccountId}/users";

    public string? Wrong(MemberField what) => string.Join(' ', Reasons.Where(reason => reason.Field == what).Select(reason => reason.Sentence)) is { Length: > 0 } sentences ? sentences : null;

    public IActionResult OnGet() => Page();

    /// <summary>For who means to do what asks for a fresh sign-in: before anything is typed.</summary>
    public async Task<IActionResult> OnGetFreshAsync() => await RequireFreshAsync() ?? LocalRedirect($"~/admin/accounts/{AccountId}/users/new");

    public async Task<IActionResult> OnPostAsync(UserForm form)
    {
        Form = form;

        // Another administrator, or a password that somebody knows, would outlive the session in which it was made.
        if ((PermissionNames.RoleOf(form.Role) == Role.Administrator || form.Access == "password") && await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var person = new NewMembers.NewUser
        {
            GivenName = form.Given, FamilyName = form.Family, Email = form.Email ?? "", Role = PermissionNames.RoleOf(form.Role) ?? Role.User, Level = PermissionNames.Level(form.Level),
            Active = form.Status != nameof(MembershipStatus.Inactive), Seats = form.Seats ?? [], TwoFactorRequired = form.TwoFactor, CodeAddress = form.CodeAddress,
        };
        var reasons = form.Strange()
            .Concat(await ReadAsync(reader => Task.FromResult(NewMembers.Check(MemberStates.Administrator(reader, Actor, AccountId), person)))).ToList();
        var (hash, wrong) = form.Access == "password" ? await passwords.TakeAsync(form.Password, person.Email) : (null, null);
        if (wrong is not null)
        {
            reasons.Add(new(MemberField.Password, wrong));
        }

        return reasons.Count > 0
            ? Refuse(reasons)
            : await WriteAsync(transaction => NewMembers.AddAsync(transaction, AccountId, person with { PasswordHash = hash }, Options.Issuer)) switch
            {
                NewMembers.AddResult.Added added => Added(added),
                NewMembers.AddResult.AlreadyMember present => AlreadyHere(present),
                NewMembers.AddResult.Refused refused => Refuse(refused.Reasons),
                var other => throw new InvalidOperationException(other.ToString()),
            };
    }

    private LocalRedirectResult Added(NewMembers.AddResult.Added added)
    {
        var member = added.State;
        Flash(member switch
        {
            { Home: false } => $"{member.DisplayName} has a sign-in of another account already. They are asked at their next sign-in whether they want to be a guest here, and keep their own password and second factor.",
            { Status: MembershipStatus.Inactive } => $"{member.DisplayName} was added and is inactive. Nobody was told.",
            _ when added.Invitation is Invitations.InviteResult.Invited invited => $"{member.DisplayName} was added. An invitation went to {member.Email}; it is good until {Times.Text(Person, invited.Until)}.",
            _ when added.Invitation is not null => $"{member.DisplayName} was added, but no invitation could be sent. Copy a link for them below.",
            _ => $"{member.DisplayName} was added. Tell them the first password yourself: it is not mailed. They choose their own when they first sign in.",
        });
        return LocalRedirect($"~/admin/accounts/{AccountId}/users/{member.Id}");
    }

    private LocalRedirectResult AlreadyHere(NewMembers.AddResult.AlreadyMember present)
    {
        FlashError("This account has a user with that e-mail address already. Here they are. Nothing was changed.");
        return LocalRedirect($"~/admin/accounts/{AccountId}/users/{present.MembershipId}");
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(IReadOnlyList<MemberRefusal> reasons)
    {
        Reasons = reasons;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
