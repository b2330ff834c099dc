using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>GET /Users/{id} (RFC 7644 §3.4.1).</summary>
internal sealed class GetUser(IHubStore store, UserAnswers answers)
{
    private static readonly ScimError NobodysOwn = new(
        StatusCodes.Status501NotImplemented, null, "This token is no person's. /Me answers to access tokens that a person granted.");

    /// <summary>GET /Me (RFC 7644 §3.11): the member who granted the access token. A provisioning token is nobody's.</summary>
    public async Task<ScimAnswer> OwnAsync(ScimCall call, ScimRequest request) => call.MembershipId is { } id
        ? await RunAsync(call, id, request)
        : ScimAnswer.Of(NobodysOwn);

    public async Task<ScimAnswer> RunAsync(ScimCall call, string id, ScimRequest request)
    {
        var projection = Projection.Parse(UserSchemas.User, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return ScimAnswer.Of(projection.Error);
        }

        var found = await store.ReadAsync(reader => Task.FromResult(answers.Find(reader, call, id)));
        if (found is null)
        {
            return ScimAnswer.Of(UserAnswers.NotFound);
        }

        return request.HasAlready(found.Version)
            ? new ScimAnswer(StatusCodes.Status304NotModified) { Version = found.Version }
            : answers.Show(found, projection.Value);
    }
}
