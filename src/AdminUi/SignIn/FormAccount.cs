using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.AdminUi.SignIn;

/// <summary>Binds every form to the person and the account for whom it was shown: sent under another, it changes nothing.</summary>
internal sealed class FormAccount : IAntiforgeryAdditionalDataProvider
{
    public string GetAdditionalData(HttpContext context) =>
        context.Items[typeof(ConsolePerson)] is ConsolePerson person ? $"{person.UserId}|{person.Place?.AccountId}" : "";

    public bool ValidateAdditionalData(HttpContext context, string additionalData) => additionalData == GetAdditionalData(context);
}
