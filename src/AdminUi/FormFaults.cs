using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityHub.AdminUi;

/// <summary>What is wrong in a form, as its fields say it.</summary>
public static class FormFaults
{
    /// <returns>The value of <c>aria-invalid</c> for a field: absent where nothing is wrong.</returns>
    public static string? Invalid(this ModelStateDictionary state, string field) => state.TryGetValue(field, out var entry) && entry.Errors.Count > 0 ? "true" : null;
}
