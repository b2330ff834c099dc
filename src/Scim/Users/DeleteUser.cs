using IdentityHub.Domain.Users;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>DELETE /Users/{id} (RFC 7644 §3.6): the one deletion of the directory.</summary>
internal sealed class DeleteUser(ProvisioningWrites writes, UserAnswers answers)
{
    public Task<ScimAnswer> RunAsync(ScimCall call, string id, ScimRequest request) => writes.RunAsync(call, HttpMethods.Delete, "User", id, async transaction =>
    {
        if (answers.Find(transaction, call, id) is not { } before)
        {
            return ScimAnswer.Of(UserAnswers.NotFound);
        }

        if (!request.AllowsChangeOf(before.Version))
        {
            return ScimAnswer.Of(UserAnswers.PreconditionFailed);
        }

        if (MemberReconciler.CheckPrimary(call, before.Member) is { } primary)
        {
            return ScimAnswer.Of(primary);
        }

        return MemberReconciler.Explain(await UserLifecycle.DeleteAsync(transaction, id)) is { } error ? ScimAnswer.Of(error) : ScimAnswer.NoContent;
    });
}
