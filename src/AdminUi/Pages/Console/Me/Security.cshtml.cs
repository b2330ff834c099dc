using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>What besides the password the person signs in with, and who asks for it.</summary>
[Callers(Caller.Person)]
internal sealed class SecurityModel : OwnPage
{
    public EnrolledFactors Factors { get; private set; } = null!;

    public async Task OnGetAsync() => Factors = await ReadAsync(reader => SecondFactors.OfAsync(reader, Person.UserId));
}
